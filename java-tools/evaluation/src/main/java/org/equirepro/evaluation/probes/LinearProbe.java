package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.Features;

/**
 * Classes by a linear head on frozen features (poster: 20 epochs; protocol of Zhou et al., "iBOT", ICLR 2022). With {@code augment:
 * crop_flip} the heads see a new random crop of every picture in each epoch, as there; with {@code augment: none} (default) the
 * features of centre views, computed once. Centre views are what is chosen by and tested on.
 *
 * <p>The learning rates {@code lrs} are for 256 samples a step and scaled with the batch, as iBOT does. iBOT reports the best
 * rate on the test data; here a seeded share of the training data ({@code selection_fraction}) chooses it, by the data set's own
 * metric ({@link Labelling}). The split {@code test} is opened after the choice is made.
 */
public final class LinearProbe {

    static final String TASK = "linear_probe";
    private static final String PROTOCOL = "standard";

    private final ProbeSession session;
    private final ProbeTask task;
    private final LinearRecipe recipe;
    private final List<FeatureKind> kinds;
    private final ClassifiedPictures train;
    /** Numbers among {@link #train} of those that are held out for the choice. */
    private final int[] selection;

    LinearProbe(ProbeSession session) {
        Settings settings = session.recipe();
        this.session = session;
        this.task = session.task();
        this.recipe = LinearRecipe.of(settings);
        this.kinds = FeatureKind.of(settings, session.encoder());
        this.train = ClassifiedPictures.train(session);
        this.selection = train.selection(recipe.selectionFraction());
        session.test(); // a set without it is refused now, not after the training
    }

    /**
     * Writes the folder {@code out}.
     *
     * @param config the task's configuration from the plan
     * @param shards folder of the data set
     * @param encoder folder that pretraining wrote
     * @param stores for saved states, with which an interrupted call goes on to the bit, and for features of centre views
     * @throws UserError with exit code 75 if the budget ended before the last step;
     *     others for a wrong recipe, too few samples, a class without pictures, or if every rate diverges
     */
    public static void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options) {
        ProbeSession.run(TASK, config, shards, encoder, stores, out, options, session -> new LinearProbe(session).compute());
    }

    ProbePart compute() {
        ProbePart part = new ProbePart();
        if (recipe.augmented()) {
            augmented(part);
        } else {
            kept(part);
        }
        return part;
    }

    /** The encoder's passes are the work: all heads share them. */
    private void augmented(ProbePart part) {
        double[] rates = recipe.rates();
        LinearHeads.Use use = rates.length > 1 ? LinearHeads.Use.BOTH : LinearHeads.Use.TEST;
        try (FeatureBatches batches = new AugmentedFeatures(train, kinds, recipe.batch(train.count()), recipe.epochs());
                LinearHeads heads = trained("heads", rates, use, session.extractor().columns(kinds), batches, part)) {
            Map<FeatureKind, Integer> chosen = chosen(heads, rates.length > 1 ? train.features(selection, kinds) : Map.of(), part);
            ClassifiedPictures test = ClassifiedPictures.test(session);
            test.features(kinds).forEach((kind, x) -> test(test, kind, heads.logits(kind, x, chosen.get(kind)), part));
        }
    }

    /** The heads are the work: a head for the test is trained for the chosen rate only. */
    private void kept(ProbePart part) {
        Map<FeatureKind, Features> features = train.features(kinds);
        Map<FeatureKind, FeatureMatrix.Statistics> statistics = new EnumMap<>(FeatureKind.class);
        if (recipe.standardise()) {
            features.forEach((kind, x) -> statistics.put(kind, x.statistics()));
        }
        Map<FeatureKind, Features> x = standardised(features, statistics);
        Map<FeatureKind, Features> held = new EnumMap<>(FeatureKind.class);
        x.forEach((kind, all) -> held.put(kind, all.select(selection)));
        Map<FeatureKind, Integer> chosen = choice(x, held, part);
        ClassifiedPictures test = ClassifiedPictures.test(session);
        Map<FeatureKind, Features> testX = standardised(test.features(kinds), statistics);
        for (FeatureKind kind : kinds) {
            double[] rate = {recipe.rates()[chosen.get(kind)]};
            try (FeatureBatches batches = kept(Map.of(kind, x.get(kind)), new boolean[train.count()]);
                    LinearHeads heads = trained("head-" + kind.word(), rate, LinearHeads.Use.TEST, columns(Map.of(kind, x.get(kind))), batches, part)) {
                test(test, kind, heads.logits(kind, testX.get(kind), 0), part);
            }
        }
    }

    private Map<FeatureKind, Integer> choice(Map<FeatureKind, Features> x, Map<FeatureKind, Features> held, ProbePart part) {
        if (recipe.rates().length == 1) {
            return chosen(null, held, part);
        }
        try (FeatureBatches batches = kept(x, held());
                LinearHeads heads = trained("heads", recipe.rates(), LinearHeads.Use.CHOICE, columns(x), batches, part)) {
            return chosen(heads, held, part);
        }
    }

    private static Map<FeatureKind, Integer> columns(Map<FeatureKind, Features> x) {
        Map<FeatureKind, Integer> columns = new EnumMap<>(FeatureKind.class);
        x.forEach((kind, own) -> columns.put(kind, own.columns()));
        return columns;
    }

    private FeatureBatches kept(Map<FeatureKind, Features> x, boolean[] leftOut) {
        return new KeptFeatures(x, recipe.batch(train.count()), task.seed(), leftOut);
    }

    /** Heads after their training, whose curves are added to {@code part}. */
    private LinearHeads trained(String name, double[] rates, LinearHeads.Use use, Map<FeatureKind, Integer> widths,
            FeatureBatches batches, ProbePart part) {
        LinearHeads heads = new LinearHeads(session.torch(), recipe, rates, use, task.seed(), widths, train.labels(), held(),
                batches.samples());
        try {
            session.training(name, store -> heads.train(batches, store, session.stop()));
            part.curves(heads.curves());
            return heads;
        } catch (RuntimeException e) {
            heads.close();
            throw e;
        }
    }

    private boolean[] held() {
        boolean[] held = new boolean[train.count()];
        for (int i : selection) {
            held[i] = true;
        }
        return held;
    }

    private static Map<FeatureKind, Features> standardised(Map<FeatureKind, Features> features,
            Map<FeatureKind, FeatureMatrix.Statistics> statistics) {
        Map<FeatureKind, Features> scaled = new EnumMap<>(FeatureKind.class);
        features.forEach((kind, x) -> scaled.put(kind, statistics.containsKey(kind) ? statistics.get(kind).standardise(x) : x));
        return scaled;
    }

    /** The number of the best rate for each kind, by features of the held-out pictures; of one rate there is no choice. */
    private Map<FeatureKind, Integer> chosen(LinearHeads heads, Map<FeatureKind, Features> held, ProbePart part) {
        double[] rates = recipe.rates();
        long steps = heads == null ? 0 : heads.steps();
        Map<FeatureKind, Integer> chosen = new EnumMap<>(FeatureKind.class);
        for (FeatureKind kind : kinds) {
            double[] scores = new double[rates.length];
            int best = rates.length == 1 ? 0 : heads.chosen(kind, held.get(kind), selection, scores);
            for (int r = 0; rates.length > 1 && r < rates.length; r++) {
                if (scores[r] >= 0) {
                    part.curve(kind.word() + "/selection/lr=" + rates[r], steps, recipe.epochs(), ProbePart.SCORE, scores[r]);
                }
            }
            part.curve(kind.word() + "/chosen", steps, recipe.epochs(), "lr", rates[best]);
            chosen.put(kind, best);
        }
        return chosen;
    }

    private void test(ClassifiedPictures test, FeatureKind kind, float[] logits, ProbePart part) {
        Labelling truth = test.labels();
        for (Labelling.Score score : truth.scores(logits, train.labels())) {
            part.result(task.row("class", "all", kind.word(), PROTOCOL, score.metric(), score.value(), score.floor(), truth.count()));
        }
        truth.predictions(logits, part, kind.word(), PROTOCOL, test::key);
    }
}
