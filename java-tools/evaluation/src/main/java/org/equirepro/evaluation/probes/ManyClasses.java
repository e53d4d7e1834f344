package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.equirepro.base.ClassMetric;
import org.equirepro.evaluation.metrics.AveragePrecision;
import org.equirepro.tensor.ClassifierOps;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.data.MultiLabels;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.data.Split;

/**
 * Several classes a picture, each told by a sigmoid of its own; the metric is the mean over classes of Pascal VOC's average
 * precision at eleven recalls (Everingham et al., IJCV 2010). Pictures in which a class is difficult neither teach nor count for it.
 *
 * @param labels [pictures][classes], values of {@link MultiLabels}
 */
record ManyClasses(byte[][] labels, int classes) implements Labelling {

    static ManyClasses of(ShardSet data, Split split, int[] pictures) {
        byte[][] all = MultiLabels.of(split, data.classes().size());
        return new ManyClasses(Arrays.stream(pictures).mapToObj(i -> all[i]).toArray(byte[][]::new), data.classes().size());
    }

    @Override
    public int count() {
        return labels.length;
    }

    @Override
    public IntStream shown(int picture) {
        return IntStream.range(0, classes).filter(c -> labels[picture][c] == MultiLabels.PRESENT);
    }

    @Override
    public NDArray errors(ClassifierOps ops, NDArray logits, int[] members, NDArray losses) {
        NDArray targets = flags(logits, members, l -> l == MultiLabels.PRESENT);
        NDArray known = flags(logits, members, l -> l != MultiLabels.DIFFICULT);
        return ops.binaryErrors(logits, targets, known, losses, 1.0 / members.length);
    }

    /** [C, B], 1 where it holds. */
    private NDArray flags(NDArray like, int[] members, IntPredicate holds) {
        float[] values = new float[members.length * classes];
        for (int i = 0; i < values.length; i++) {
            values[i] = holds.test(labels[members[i % members.length]][i / members.length]) ? 1 : 0;
        }
        return Torch.floats(like.getManager(), values, classes, members.length);
    }

    /** Mean over the classes that some of the rows show. */
    @Override
    public double score(float[] logits, int[] rows) {
        return 100 * IntStream.range(0, classes).filter(c -> Arrays.stream(rows).anyMatch(r -> labels[r][c] == MultiLabels.PRESENT))
                .mapToDouble(c -> {
                    double[] scores = IntStream.range(0, rows.length).mapToDouble(i -> logits[i * classes + c]).toArray();
                    return new AveragePrecision(scores, Arrays.stream(rows).map(r -> labels[r][c]).toArray()).elevenPoint();
                }).average().orElse(0);
    }

    @Override
    public List<Score> scores(float[] logits, Labelling train) {
        double share = IntStream.range(0, classes).mapToDouble(c -> {
            long present = Arrays.stream(labels).filter(l -> l[c] == MultiLabels.PRESENT).count();
            long known = Arrays.stream(labels).filter(l -> l[c] != MultiLabels.DIFFICULT).count();
            return (double) present / known; // the precision of an order that knows nothing, at every recall
        }).average().orElse(0);
        return List.of(new Score(ClassMetric.MAP11.word(), score(logits, IntStream.range(0, labels.length).toArray()), 100 * share));
    }

    /** The classes beside their logits: a line for each of a picture's, by the class's number as the parameter's value. */
    @Override
    public void predictions(float[] logits, ProbePart part, String features, String protocol, IntFunction<String> keys) {
        for (int i = 0; i < labels.length; i++) {
            for (int c = 0; c < classes; c++) {
                part.prediction("class", Integer.toString(c), features, protocol, keys.apply(i), labels[i][c], logits[i * classes + c]);
            }
        }
    }
}
