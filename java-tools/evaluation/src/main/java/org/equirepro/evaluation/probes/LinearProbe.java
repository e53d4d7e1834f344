package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.CentreViews;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.metrics.ClassificationMetrics;
import org.equirepro.vision.data.Split;

/**
 * Classes by a linear head on frozen features (poster: 20 epochs; protocol of Zhou et al., "iBOT", ICLR 2022). Features are those
 * of centre views, without augmentation, computed once and, unless {@code standardise: true}, used as they are.
 *
 * <p>The learning rates {@code lrs} are for 256 samples a step and scaled with the batch, as iBOT does. iBOT reports the best
 * rate on the test data; here a seeded share of the training data ({@code selection_fraction}) chooses it: heads for all rates
 * train on the others, the best top-1 wins (the lower rate among equals), and a new head with that rate trains on all training
 * samples and is the one that is tested.
 */
public final class LinearProbe {

    private static final String TASK = "linear_probe";
    private static final String PROTOCOL = "standard";

    private final ProbeSession session;
    private final ProbeTask task;
    private final LinearSweep.Training training;
    private final double[] rates;
    private final double selectionFraction;
    private final boolean standardise;
    private final List<FeatureKind> kinds;
    private final Split testSplit;
    private final int[] test;
    private final int[] trainLabels;
    private final int[] testLabels;
    private final Map<FeatureKind, Features> trainX;
    private final Map<FeatureKind, Features> testX;

    private LinearProbe(ProbeSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.task = session.task();
        this.training = LinearSweep.Training.of(recipe);
        this.rates = recipe.reals("lrs");
        this.selectionFraction = recipe.real("selection_fraction");
        this.standardise = recipe.flag("standardise", false);
        this.kinds = FeatureKind.of(recipe, session.encoder());
        if (rates.length == 0 || Arrays.stream(rates).anyMatch(r -> !(r > 0))) {
            throw UserError.usage(recipe.source() + ": recipe.lrs must be positive numbers, at least one");
        }
        if (!(selectionFraction > 0 && selectionFraction < 1)) {
            throw UserError.usage(recipe.source() + ": recipe.selection_fraction must lie between 0 and 1");
        }
        Split trainSplit = session.train();
        this.testSplit = session.test();
        int[] train = SampleChoice.choose(trainSplit.size(),
                SampleChoice.wanted(recipe, "train_samples", trainSplit.size(), "train pictures"), task.seed(), "linear.train");
        this.test = SampleChoice.choose(testSplit.size(),
                SampleChoice.wanted(recipe, "test_samples", testSplit.size(), "test pictures"), 0, "linear.test");
        this.trainLabels = Arrays.stream(train).map(trainSplit::label).toArray();
        this.testLabels = Arrays.stream(test).map(testSplit::label).toArray();
        this.trainX = session.features(trainSplit, train, CentreViews.PICTURES, kinds);
        this.testX = session.features(testSplit, test, CentreViews.PICTURES, kinds);
    }

    /**
     * Writes the folder {@code out}.
     *
     * @param config the task's configuration from the plan
     * @param shards folder of the data set
     * @param encoder folder that pretraining wrote
     * @param stores where finished parts and features are kept
     * @throws UserError with exit code 75 if the budget ended before the last part;
     *     others for a wrong recipe, too few samples, or if every rate diverges
     */
    public static void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options) {
        ProbeSession.run(TASK, config, shards, encoder, stores, out, options, session -> new LinearProbe(session).compute());
    }

    private ProbePart compute() {
        PartStore parts = session.parts();
        ProbePart all = new ProbePart();
        for (FeatureKind kind : kinds) {
            all.add(parts.get(kind.word(), state -> part(kind)));
        }
        return all;
    }

    private ProbePart part(FeatureKind kind) {
        ProbePart part = new ProbePart();
        FeatureMatrix.Statistics statistics = standardise ? trainX.get(kind).statistics() : null;
        Features x = standardise ? statistics.standardise(trainX.get(kind)) : trainX.get(kind);
        Features tested = standardise ? statistics.standardise(testX.get(kind)) : testX.get(kind);
        double rate = chosenRate(kind, x, part);
        float[] logits;
        try (LinearSweep head = new LinearSweep(session.torch(), task.seed(), x.columns(), session.classes(), scaled(rate))) {
            head.train(training, x, trainLabels, (epoch, step, losses) ->
                    part.curve(kind.word() + "/test", step, epoch, "train_loss", losses[0]));
            logits = head.logits(tested, 0);
        }
        if (!finite(logits)) {
            throw UserError.failure("the linear head on " + kind.word() + " diverged with the chosen rate " + rate
                    + ": leave the largest of recipe.lrs out", null);
        }
        ClassificationMetrics metrics = new ClassificationMetrics(logits, testLabels, session.classes());
        part.result(task.row("class", "all", kind.word(), PROTOCOL, "top1", metrics.top(1),
                ConstantAnswer.top1(trainLabels, testLabels, session.classes()), testLabels.length));
        part.result(task.row("class", "all", kind.word(), PROTOCOL, "mean_per_class", metrics.meanPerClass(),
                ConstantAnswer.meanPerClass(trainLabels, testLabels, session.classes()), testLabels.length));
        int[] predictions = metrics.predictions();
        for (int i = 0; i < predictions.length; i++) {
            part.prediction("class", "all", kind.word(), PROTOCOL, testSplit.key(test[i]), testLabels[i], predictions[i]);
        }
        return part;
    }

    private double chosenRate(FeatureKind kind, Features x, ProbePart part) {
        int held = (int) Math.round(selectionFraction * x.rows());
        if (held < 1 || held >= x.rows()) {
            throw UserError.usage(session.recipe().source() + ": recipe.selection_fraction of " + x.rows()
                    + " samples leaves nothing");
        }
        int[] selection = SampleChoice.choose(x.rows(), held, task.seed(), "linear.selection");
        int[] others = SampleChoice.rest(x.rows(), selection);
        double[] accuracies = new double[rates.length];
        int classes = session.classes();
        try (LinearSweep heads = new LinearSweep(session.torch(), task.seed(), x.columns(), classes, scaled(rates))) {
            heads.train(training, x.select(others), labels(others), (epoch, step, losses) -> {
                for (int r = 0; r < rates.length; r++) {
                    if (Double.isFinite(losses[r])) {
                        part.curve(series(kind, rates[r]), step, epoch, "train_loss", losses[r]);
                    }
                }
            });
            Features chooser = x.select(selection);
            int steps = training.epochs() * ((others.length + training.batch() - 1) / training.batch());
            for (int r = 0; r < rates.length; r++) {
                float[] logits = heads.logits(chooser, r);
                accuracies[r] = finite(logits) ? new ClassificationMetrics(logits, labels(selection), classes).top(1) : -1;
                if (accuracies[r] >= 0) {
                    part.curve(series(kind, rates[r]), steps, training.epochs(), "selection_top1", accuracies[r]);
                }
            }
        }
        return best(rates, accuracies).orElseThrow(() -> UserError.failure("the linear heads on " + kind.word()
                + " diverged with every rate of recipe.lrs: lower them", null));
    }

    private static String series(FeatureKind kind, double rate) {
        return kind.word() + "/selection/lr=" + rate;
    }

    /** The rate of the highest accuracy, the lowest rate among equals; none if all accuracies are negative (diverged). */
    static OptionalDouble best(double[] rates, double[] accuracies) {
        double top = Arrays.stream(accuracies).max().orElse(-1);
        return top < 0 ? OptionalDouble.empty()
                : IntStream.range(0, rates.length).filter(r -> accuracies[r] == top).mapToDouble(r -> rates[r]).min();
    }

    private double[] scaled(double... perSamples256) {
        return Arrays.stream(perSamples256).map(r -> r * training.batch() / 256).toArray();
    }

    private int[] labels(int[] rows) {
        return Arrays.stream(rows).map(i -> trainLabels[i]).toArray();
    }

    private static boolean finite(float[] values) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                return false;
            }
        }
        return true;
    }
}
