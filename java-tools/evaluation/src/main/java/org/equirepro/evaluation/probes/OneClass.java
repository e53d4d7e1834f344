package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.equirepro.base.ClassMetric;
import org.equirepro.evaluation.metrics.ClassAnswers;
import org.equirepro.evaluation.metrics.ClassificationMetrics;
import org.equirepro.tensor.ClassifierOps;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.data.Split;

/**
 * One class a picture. {@code meanPerClass}: the set's own metric is the mean over the classes of the share of each that is
 * right, else the share of all.
 */
record OneClass(int[] labels, int classes, boolean meanPerClass) implements Labelling {

    static OneClass of(ShardSet data, boolean meanPerClass, Split split, int[] pictures) {
        return new OneClass(Arrays.stream(pictures).map(split::label).toArray(), data.classes().size(), meanPerClass);
    }

    @Override
    public int count() {
        return labels.length;
    }

    @Override
    public IntStream shown(int picture) {
        return IntStream.of(labels[picture]);
    }

    @Override
    public NDArray errors(ClassifierOps ops, NDArray logits, int[] members, NDArray losses) {
        return ops.classErrors(logits, Arrays.stream(members).map(m -> labels[m]).toArray(), losses, 1.0 / members.length);
    }

    @Override
    public double score(float[] logits, int[] rows) {
        int[] own = Arrays.stream(rows).map(r -> labels[r]).toArray();
        return new OneClass(own, classes, meanPerClass).own(new ClassificationMetrics(logits, own, classes).predictions());
    }

    /** The set's own metric of one answer a picture. */
    double own(int[] answers) {
        ClassAnswers all = new ClassAnswers(answers, labels, classes);
        return meanPerClass ? all.meanPerClass() : all.top1();
    }

    @Override
    public List<Score> scores(float[] logits, Labelling train) {
        return scores(new ClassificationMetrics(logits, labels, classes).predictions(), (OneClass) train);
    }

    /** The same of one answer a picture. */
    List<Score> scores(int[] answers, OneClass train) {
        ClassAnswers all = new ClassAnswers(answers, labels, classes);
        return List.of(new Score(ClassMetric.TOP1.word(), all.top1(), ConstantAnswer.top1(train.labels, labels, classes)),
                new Score(ClassMetric.MEAN_PER_CLASS.word(), all.meanPerClass(), ConstantAnswer.meanPerClass(train.labels, labels, classes)));
    }

    @Override
    public void predictions(float[] logits, ProbePart part, String features, String protocol, IntFunction<String> keys) {
        predictions(new ClassificationMetrics(logits, labels, classes).predictions(), part, features, protocol, keys);
    }

    /** The same of one answer a picture. */
    void predictions(int[] answers, ProbePart part, String features, String protocol, IntFunction<String> keys) {
        for (int i = 0; i < answers.length; i++) {
            part.prediction("class", "all", features, protocol, keys.apply(i), labels[i], answers[i]);
        }
    }
}
