package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.equirepro.base.ClassMetric;
import org.equirepro.base.UserError;
import org.equirepro.tensor.ClassifierOps;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.data.Split;

/** The classes of some pictures: how a linear head learns them and how its answers are scored. */
interface Labelling {

    /**
     * A score of the answers.
     *
     * @param floor what a constant answer scores
     */
    record Score(String metric, double value, double floor) {}

    /**
     * Of the given pictures of a split: several classes a picture in Pascal VOC, else one.
     *
     * @throws UserError if a class of the set has none of them
     */
    static Labelling of(ShardSet data, Split split, int[] pictures) {
        ClassMetric metric = ClassMetric.of(data.receipt().at("config").text("kind"));
        Labelling labels = metric == ClassMetric.MAP11 ? ManyClasses.of(data, split, pictures)
                : OneClass.of(data, metric == ClassMetric.MEAN_PER_CLASS, split, pictures);
        labels.requireEveryClass(data, split);
        return labels;
    }

    /** Refuses a class without a picture: it could be neither learnt nor scored. */
    private void requireEveryClass(ShardSet data, Split split) {
        absent(data).ifPresent(name -> {
            throw UserError.badData(data.folder(), "class " + name + " has no picture among the " + count()
                    + " used of split " + split.name() + "; use more of them, or prepare the data without it");
        });
    }

    /** The first class of the set that no picture shows. */
    default Optional<String> absent(ShardSet data) {
        int absent = present().nextClearBit(0);
        return absent < classes() ? Optional.of(data.classes().get(absent)) : Optional.empty();
    }

    int classes();

    /** Pictures. */
    int count();

    /** Classes that one of the pictures shows. */
    IntStream shown(int picture);

    /** Classes that any picture shows. */
    default BitSet present() {
        BitSet present = new BitSet(classes());
        IntStream.range(0, count()).flatMap(this::shown).forEach(present::set);
        return present;
    }

    /**
     * Derivatives of the sums of the pictures' losses by the logits, [H C, B].
     *
     * @param logits [H, C, B] of the pictures {@code members}; may be overwritten
     * @param losses [H], to which the means over the pictures are added
     */
    NDArray errors(ClassifierOps ops, NDArray logits, int[] members, NDArray losses);

    /** The data set's own metric of the pictures {@code rows} in per cent; {@code logits} [rows, classes]. */
    double score(float[] logits, int[] rows);

    /** All metrics of all pictures; {@code train}: from which the constant answer is learnt. */
    List<Score> scores(float[] logits, Labelling train);

    /** Adds what was answered for each picture. */
    void predictions(float[] logits, ProbePart part, String features, String protocol, IntFunction<String> keys);
}
