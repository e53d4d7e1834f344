package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.CentreViews;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.metrics.ClassificationMetrics;
import org.equirepro.evaluation.metrics.R2;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.views.RenderChange;

/**
 * The three numbers of the 3DIEBench table (Garrido et al., ICML 2023, section 5): class from one view by a linear head; the
 * rotation between two views of an object, as a quaternion, and the differences of the two hues, by an MLP on the features of
 * both. R2 is pooled with one mean. The two views are drawn at random for each object and stay for the whole training;
 * {@code train_pairs} gives that many different pairs an object (default 1), {@code standardise} scales features (default no).
 */
public final class R2ThreeDieProbe {

    private static final String TASK = "r2_3diebench";
    private static final String PROTOCOL = "standard";
    private static final List<String> QUATERNION = List.of("x", "y", "z", "w");
    private static final List<String> HUES = List.of("floor_hue", "light_hue");

    private final ProbeSession session;
    private final ProbeTask task;
    private final HeadRecipe heads;
    private final int[] hidden;
    private final List<FeatureKind> kinds;
    private final boolean standardise;

    /** Two views of each of some objects: picture numbers, and what is to be predicted. */
    private record Pairs(Split split, int[] first, int[] second) {

        int count() {
            return first.length;
        }

        int[] labels() {
            return Arrays.stream(first).map(split::label).toArray();
        }

        String key(int i) {
            return split.key(first[i]) + " " + split.key(second[i]);
        }

        /** [pairs, 4]. */
        double[] rotations() {
            return changes(RenderChange::rotation);
        }

        /** [pairs, 2], second minus first. */
        double[] hues() {
            return changes(RenderChange::hues);
        }

        private double[] changes(BinaryOperator<double[]> change) {
            return IntStream.range(0, count())
                    .mapToObj(i -> change.apply(split.latents(first[i]), split.latents(second[i])))
                    .flatMapToDouble(Arrays::stream).toArray();
        }
    }

    /** Features of the first and of the second views. */
    private record Views(Map<FeatureKind, Features> first, Map<FeatureKind, Features> second) {

        Features both(FeatureKind kind) {
            return Features.beside(first.get(kind), second.get(kind));
        }
    }

    private R2ThreeDieProbe(ProbeSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.task = session.task();
        this.heads = HeadRecipe.of(recipe);
        this.hidden = recipe.integers("hidden");
        this.kinds = FeatureKind.of(recipe, session.encoder());
        this.standardise = recipe.flag("standardise", false);
    }

    /**
     * Writes the folder {@code out}.
     *
     * @param config the task's configuration from the plan
     * @param shards folder of the data set
     * @param encoder folder that pretraining wrote
     * @param stores where finished parts and features are kept
     * @throws UserError with exit code 75 if the budget ended before the last part;
     *     others for a wrong recipe, or data without several views of an object and their latents
     */
    public static void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options) {
        ProbeSession.run(TASK, config, shards, encoder, stores, out, options, session -> new R2ThreeDieProbe(session).compute());
    }

    private ProbePart compute() {
        int pairs = session.recipe().integer("train_pairs", 1);
        Pairs train = draw(session.train(), "train", task.seed(), pairs);
        Pairs test = draw(session.test(), "test", 0, 1);
        Views trainX = features(train);
        Views testX = features(test);
        PartStore parts = session.parts();
        ProbePart all = new ProbePart();
        for (FeatureKind kind : kinds) {
            all.add(parts.get("class-" + kind.word(),
                    () -> classes(kind, train, test, trainX.first.get(kind), testX.first.get(kind))));
            Features both = trainX.both(kind);
            Features testBoth = testX.both(kind);
            all.add(parts.get("rotation-" + kind.word(), () ->
                    numbers("rotation", QUATERNION, false, kind, both, testBoth, train.rotations(), test.rotations(), test)));
            all.add(parts.get("hue-" + kind.word(), () ->
                    numbers("hue", HUES, true, kind, both, testBoth, train.hues(), test.hues(), test)));
        }
        return all;
    }

    /** Chooses objects, and for each of them {@code pairs} pairs of different views, no view twice. */
    private Pairs draw(Split split, String name, long choiceSeed, int pairs) {
        if (split.groups() == 0 || split.latents(0).length < RenderChange.LATENTS) {
            throw UserError.usage(session.recipe().source() + ": r2_3diebench needs objects with several views and " + RenderChange.LATENTS
                    + " latents; the data set of this task has none");
        }
        int wanted = SampleChoice.wanted(session.recipe(), name + "_samples", split.groups(), name + " objects");
        int[] objects = SampleChoice.choose(split.groups(), wanted, choiceSeed, "r2_3diebench." + name);
        int[] first = new int[objects.length * pairs];
        int[] second = new int[first.length];
        for (int o = 0; o < objects.length; o++) {
            int[] views = split.members(objects[o]);
            if (pairs < 1 || views.length < 2 * pairs) {
                throw UserError.usage(session.recipe().source() + ": recipe.train_pairs is " + pairs + ", but object "
                        + split.groupName(objects[o]) + " has " + views.length + " views");
            }
            int[] order = Draws.at(task.seed(), 0, objects[o], 0, "r2_3diebench.views." + name).permutation(views.length);
            for (int p = 0; p < pairs; p++) {
                first[o * pairs + p] = views[order[2 * p]];
                second[o * pairs + p] = views[order[2 * p + 1]];
            }
        }
        return new Pairs(split, first, second);
    }

    private Views features(Pairs pairs) {
        return new Views(session.features(pairs.split, pairs.first, CentreViews.RENDERS, kinds),
                session.features(pairs.split, pairs.second, CentreViews.RENDERS, kinds));
    }

    private ProbePart classes(FeatureKind kind, Pairs train, Pairs test, Features trainX, Features testX) {
        ProbePart part = new ProbePart();
        int classes = session.classes();
        float[] logits = answers("class", kind, trainX, testX, new int[0], classes, Targets.classes(train.labels()), part);
        ClassificationMetrics metrics = new ClassificationMetrics(logits, test.labels(), classes);
        part.result(task.row("class", "all", kind.word(), PROTOCOL, "top1", metrics.top(1),
                ConstantAnswer.top1(train.labels(), test.labels(), classes), test.count()));
        int[] predictions = metrics.predictions();
        for (int i = 0; i < predictions.length; i++) {
            part.prediction("class", "all", kind.word(), PROTOCOL, test.split.key(test.first[i]), test.split.label(test.first[i]),
                    predictions[i]);
        }
        return part;
    }

    private ProbePart numbers(String target, List<String> names, boolean perParameter, FeatureKind kind, Features trainX,
            Features testX, double[] trainY, double[] testY, Pairs test) {
        ProbePart part = new ProbePart();
        int columns = names.size();
        Targets targets = Targets.numbers(trainY, columns);
        double[] answers = R2Rows.widen(answers(target, kind, trainX, testX, hidden, columns, targets, part));
        double[] constant = R2.columnMeans(trainY, columns);
        R2Rows rows = new R2Rows(task, target, kind.word(), PROTOCOL);
        rows.pooled(part, "r2", answers, testY, constant);
        if (perParameter) {
            rows.perParameter(part, names, answers, testY, constant);
        }
        for (int i = 0; i < testY.length; i++) {
            part.prediction(target, names.get(i % columns), kind.word(), PROTOCOL, test.key(i / columns), testY[i], answers[i]);
        }
        return part;
    }

    private float[] answers(String target, FeatureKind kind, Features trainX, Features testX, int[] layers, int outputs,
            Targets targets, ProbePart part) {
        FeatureMatrix.Statistics statistics = standardise ? trainX.statistics() : null;
        Head.Examples examples = new Head.Examples(standardise ? statistics.standardise(trainX) : trainX, targets);
        String name = target + "/" + kind.word();
        try (Head head = new Head(session.torch(), name, task.seed(), trainX.columns(), layers, outputs)) {
            head.train(heads, epoch -> examples, (epoch, step, loss) -> part.curve(name, step, epoch, "train_loss", loss));
            return head.predict(standardise ? statistics.standardise(testX) : testX);
        }
    }
}
