package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.metrics.ClassificationMetrics;
import org.equirepro.evaluation.metrics.R2;
import org.equirepro.models.Encoder;

/**
 * The three numbers of the 3DIEBench table (Garrido et al., ICML 2023, section 5): class from one view by a linear head; the
 * rotation between two views of an object, as a quaternion, and the differences of the two hues, by an MLP on the features of
 * both. R2 is pooled with one mean.
 *
 * <p>The views are drawn at random for each object: once, or for training objects anew in every epoch with {@code redraw: true}, as
 * the published evaluation does. The class is told from the first of the two. {@code standardise} scales features (default no).
 * Unlike there, batch norm of the frozen encoder is that of a trained network throughout, and a seed fixes all draws.
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
    private final ObjectViews train;
    private final ObjectViews test;

    R2ThreeDieProbe(ProbeSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.task = session.task();
        this.heads = HeadRecipe.of(recipe);
        this.hidden = recipe.integers("hidden");
        this.kinds = kinds(recipe, session.encoder());
        this.standardise = recipe.flag("standardise", false);
        this.train = new ObjectViews(session, "train", session.train(), task.seed(), kinds, recipe.flag("redraw", false));
        this.test = new ObjectViews(session, "test", session.test(), 0, kinds, false);
        session.requireEveryClass(train.pairs(0).labels());
    }

    /** What the recipe names and, with {@code halves: true}, both parts of a split that has two. */
    private static List<FeatureKind> kinds(Settings recipe, Encoder encoder) {
        List<FeatureKind> kinds = FeatureKind.of(recipe, encoder);
        boolean halves = recipe.flag("halves", false) && encoder.equivariant() > 0 && encoder.equivariant() < encoder.splitDim();
        return Stream.concat(kinds.stream(), halves ? Stream.of(FeatureKind.INVARIANT, FeatureKind.EQUIVARIANT) : Stream.empty()).distinct()
                .toList();
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

    ProbePart compute() {
        PartStore parts = session.parts();
        ProbePart all = new ProbePart();
        for (FeatureKind kind : kinds) {
            all.add(parts.get("class-" + kind.word(), state -> classes(kind, state)));
            all.add(parts.get("rotation-" + kind.word(),
                    state -> numbers("rotation", QUATERNION, false, ObjectViews.Pairs::rotations, kind, state)));
            all.add(parts.get("hue-" + kind.word(), state -> numbers("hue", HUES, true, ObjectViews.Pairs::hues, kind, state)));
        }
        return all;
    }

    private ProbePart classes(FeatureKind kind, PartState state) {
        ProbePart part = new ProbePart();
        int classes = session.classes();
        ObjectViews.Pairs tested = test.pairs(0);
        float[][] logits = answers("class", kind, ObjectViews.Pairs::one, new int[0], classes,
                pairs -> Targets.classes(pairs.labels()), state, part);
        ClassificationMetrics[] metrics = Arrays.stream(logits).map(l -> new ClassificationMetrics(l, tested.labels(), classes))
                .toArray(ClassificationMetrics[]::new);
        task.rows(part, "class", "all", kind.word(), PROTOCOL, "top1", Arrays.stream(metrics).mapToDouble(m -> m.top(1)).toArray(),
                ConstantAnswer.top1(train.pairs(0).labels(), tested.labels(), classes), tested.count());
        int[] predictions = metrics[0].predictions();
        for (int i = 0; i < predictions.length; i++) {
            part.prediction("class", "all", kind.word(), PROTOCOL, tested.firstKey(i), tested.labels()[i], predictions[i]);
        }
        return part;
    }

    private ProbePart numbers(String target, List<String> names, boolean perParameter, Function<ObjectViews.Pairs, double[]> values,
            FeatureKind kind, PartState state) {
        ProbePart part = new ProbePart();
        int columns = names.size();
        double[][] answers = R2Rows.widen(answers(target, kind, ObjectViews.Pairs::both, hidden, columns,
                pairs -> Targets.numbers(values.apply(pairs), columns), state, part));
        double[] truth = values.apply(test.pairs(0));
        double[] constant = R2.columnMeans(values.apply(train.pairs(0)), columns);
        R2Rows rows = new R2Rows(task, target, kind.word(), PROTOCOL);
        rows.pooled(part, "r2", answers, truth, constant);
        if (perParameter) {
            rows.perParameter(part, names, answers, truth, constant);
        }
        for (int i = 0; i < truth.length; i++) {
            part.prediction(target, names.get(i % columns), kind.word(), PROTOCOL, test.pairs(0).key(i / columns), truth[i],
                    answers[0][i]);
        }
        return part;
    }

    /** Trains heads on the pairs of each epoch and gives what they answer for the test pairs. */
    private float[][] answers(String target, FeatureKind kind, BiFunction<ObjectViews.Pairs, FeatureKind, Features> input, int[] layers,
            int outputs, Function<ObjectViews.Pairs, Targets> targets, PartState state, ProbePart part) {
        Features first = input.apply(train.pairs(0), kind);
        FeatureMatrix.Statistics statistics = standardise ? first.statistics() : null;
        Function<Features, Features> scaled = x -> standardise ? statistics.standardise(x) : x;
        try (Head head = new Head(session.torch(), heads, target + "/" + kind.word(), task.seed(), first.columns(), layers, outputs)) {
            new HeadTraining(List.of(head), heads, "train_loss").run(epoch -> {
                ObjectViews.Pairs pairs = train.pairs(epoch);
                return List.of(new Head.Examples(scaled.apply(input.apply(pairs, kind)), targets.apply(pairs)));
            }, state, part);
            return head.predict(scaled.apply(input.apply(test.pairs(0), kind)));
        }
    }
}
