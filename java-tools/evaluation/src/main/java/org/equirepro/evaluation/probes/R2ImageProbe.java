package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.metrics.R2;
import org.equirepro.vision.batch.Family;
import org.equirepro.vision.batch.PictureTransform;
import org.equirepro.vision.batch.PictureTransform.Fill;

/**
 * How well the parameters of a transformation can be read from frozen features (AAAI-26 paper, section 4.2, Table 1). A picture
 * u and g(u) pass through the encoder; an MLP on both features, side by side and standardised, answers theta. One MLP for each
 * family, fill and kind of features, or several with their own start values ({@code heads}); R2 is that of the last epoch on test
 * pictures.
 *
 * <p>The test pictures are the same for every seed; training pictures, theta and the MLP's start values come from the seed.
 * Theta is drawn once a picture, or anew in every epoch for training pictures with {@code redraw: true}.
 */
public final class R2ImageProbe {

    private static final String TASK = "r2_image";

    private final ProbeSession session;
    private final ProbeTask task;
    private final HeadRecipe heads;
    private final int[] hidden;
    private final List<FeatureKind> kinds;
    private final boolean redraw;
    private final ImagePairs train;
    private final ImagePairs test;

    R2ImageProbe(ProbeSession session) {
        Settings recipe = session.recipe();
        this.session = session;
        this.task = session.task();
        this.heads = HeadRecipe.of(recipe);
        this.hidden = recipe.integers("hidden");
        this.kinds = FeatureKind.of(recipe, session.encoder());
        this.redraw = recipe.flag("redraw", false);
        this.train = new ImagePairs(session, "train", session.train(), task.seed(), kinds);
        this.test = new ImagePairs(session, "test", session.test(), 0, kinds);
    }

    /**
     * Writes the folder {@code out}.
     *
     * @param config the task's configuration from the plan
     * @param shards folder of the data set
     * @param encoder folder that pretraining wrote
     * @param stores where finished parts and features are kept
     * @throws UserError with exit code 75 if the budget ended before the last part;
     *     others for a wrong recipe, unfit data or an encoder whose features are not finite
     */
    public static void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options) {
        ProbeSession.run(TASK, config, shards, encoder, stores, out, options, session -> new R2ImageProbe(session).compute());
    }

    ProbePart compute() {
        Settings recipe = session.recipe();
        List<Family> families = recipe.texts("families").stream()
                .map(word -> Family.of(recipe.source() + ": recipe.families", word)).distinct().toList();
        List<Fill> fills = recipe.texts("fills").stream()
                .map(word -> Fill.of(recipe.source() + ": recipe.fills", word)).distinct().toList();
        if (families.isEmpty() || fills.isEmpty()) {
            throw UserError.usage(recipe.source() + ": recipe.families and recipe.fills must not be empty");
        }
        PartStore parts = session.parts();
        ProbePart all = new ProbePart();
        for (Family family : families) {
            Map<Fill, ProbePart> made = new EnumMap<>(Fill.class);
            for (Fill fill : fills) {
                Fill shown = shown(family, fill);
                ProbePart part = made.get(shown);
                if (part == null) {
                    String protocol = protocol(fill);
                    part = parts.get(family.word() + "-" + protocol, state -> part(family, shown, protocol, state));
                    made.put(shown, part);
                    all.add(part);
                } else {
                    // the very same pictures under another protocol's name
                    part.results().forEach(row -> all.result(task.row(row.target(), row.parameter(), row.features(),
                            protocol(fill), row.metric(), row.value(), row.floor(), row.samples())));
                }
            }
        }
        return all;
    }

    /** A colour or blur moves nothing, so no border comes into sight and zero fill and reflection are one. */
    private static Fill shown(Family family, Fill fill) {
        boolean moves = family.moves();
        return moves || fill == Fill.ZOOM ? fill : Fill.ZERO;
    }

    private static String protocol(Fill fill) {
        return fill == Fill.ZERO ? "zero_fill" : fill.name().toLowerCase(Locale.ROOT);
    }

    private ProbePart part(Family family, Fill fill, String protocol, PartState state) {
        PictureTransform g = new PictureTransform(session.torch().ops(), family, fill,
                session.encoder().normalisation(session.torch().root()));
        ImageParameters theta = train.theta(family, 0);
        Map<FeatureKind, Features> trainX = train.features(g, theta);
        Map<FeatureKind, FeatureMatrix.Statistics> statistics = new EnumMap<>(FeatureKind.class);
        trainX.forEach((kind, table) -> statistics.put(kind, table.statistics()));
        ImageParameters testTheta = test.theta(family, 0);
        Map<FeatureKind, Features> testX = test.features(g, testTheta);
        ProbePart part = new ProbePart();
        List<Head> mlps = new ArrayList<>();
        try {
            for (FeatureKind kind : kinds) {
                mlps.add(new Head(session.torch(), heads, family.word() + "/" + protocol + "/" + kind.word(), task.seed(),
                        trainX.get(kind).columns(), hidden, family.parameters().size()));
            }
            List<Head.Examples> first = examples(trainX, statistics, theta, family);
            new HeadTraining(mlps, heads, "train_mse").run(
                    epoch -> redraw && epoch > 0 ? redrawn(g, statistics, epoch) : first, state, part);
            for (int k = 0; k < kinds.size(); k++) {
                FeatureKind kind = kinds.get(k);
                double[][] answers = R2Rows.widen(mlps.get(k).predict(statistics.get(kind).standardise(testX.get(kind))));
                report(part, new R2Rows(task, family.word(), kind.word(), protocol), family, theta, testTheta, answers);
                predictions(part, family, kind.word(), protocol, testTheta, answers[0]);
            }
        } finally {
            mlps.forEach(Head::close);
        }
        return part;
    }

    private List<Head.Examples> redrawn(PictureTransform g, Map<FeatureKind, FeatureMatrix.Statistics> statistics, int epoch) {
        ImageParameters theta = train.theta(g.family(), epoch);
        return examples(train.passing(g, theta), statistics, theta, g.family());
    }

    private List<Head.Examples> examples(Map<FeatureKind, Features> x, Map<FeatureKind, FeatureMatrix.Statistics> statistics,
            ImageParameters theta, Family family) {
        Targets targets = Targets.numbers(theta.scaled(), family.parameters().size());
        return kinds.stream().map(kind -> new Head.Examples(statistics.get(kind).standardise(x.get(kind)), targets)).toList();
    }

    private static void report(ProbePart part, R2Rows rows, Family family, ImageParameters trainTheta, ImageParameters testTheta,
            double[][] answers) {
        int columns = family.parameters().size();
        double[] truth = testTheta.scaled();
        double[] constant = R2.columnMeans(trainTheta.scaled(), columns);
        rows.pooled(part, "r2", answers, truth, constant);
        rows.perParameter(part, family.parameters(), answers, truth, constant);
        if (family == Family.COLOR || family == Family.SE2) {
            UnaryOperator<double[]> raw = scaled -> testTheta.published(testTheta.natural(scaled));
            rows.pooled(part, "r2_uncentred", Arrays.stream(answers).map(raw).toArray(double[][]::new), raw.apply(truth),
                    raw.apply(constant));
        }
    }

    /** Those of the first head. */
    private void predictions(ProbePart part, Family family, String features, String protocol, ImageParameters theta,
            double[] answers) {
        double[] truth = theta.natural(theta.scaled());
        double[] natural = theta.natural(answers);
        List<String> names = family.parameters();
        for (int i = 0; i < truth.length; i++) {
            part.prediction(family.word(), names.get(i % names.size()), features, protocol, test.key(i / names.size()), truth[i],
                    natural[i]);
        }
    }
}
