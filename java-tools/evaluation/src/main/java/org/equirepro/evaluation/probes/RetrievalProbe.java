package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.CentreViews;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.metrics.Retrieval;
import org.equirepro.pretraining.SiePredictor;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.data.Split;

/**
 * How well SIE's predictor knows what an object looks like after a change (Garrido et al., ICML 2023, section 5): from the embedding
 * of each object's first view and the change to another view it predicts that view's embedding, by which the view is looked for among
 * all views of the object; the first view itself is among them. Mean reciprocal rank, and the share that is found first (H@1) or
 * among the first five (H@5). Nothing is trained.
 *
 * <p>A prediction that is the same for all views ranks the views of an object in one order, whatever is asked for: its scores are the
 * floor, exactly.
 */
public final class RetrievalProbe {

    private static final String TASK = "retrieval";
    private static final String EMBEDDING = "embedding";
    private static final String RANKS = "ranks";

    private final ProbeSession session;
    private final ProbeTask task;
    private final SiePredictor predictor;
    private final boolean cosine;

    RetrievalProbe(ProbeSession session, Path encoder) {
        Settings recipe = session.recipe();
        this.session = session;
        this.task = session.task();
        this.predictor = SiePredictor.load(session.torch(), encoder);
        this.cosine = switch (recipe.text("similarity", "cosine")) {
            case "cosine" -> true;
            case "product" -> false;
            default -> throw UserError.usage(recipe.source() + ": recipe.similarity must be cosine or product, found "
                    + recipe.text("similarity"));
        };
        if (predictor.told().isEmpty() || predictor.equivariant() != session.encoder().equivariant()) {
            throw UserError.usage(recipe.source() + ": the predictor of encoder " + task.encoder()
                    + (predictor.told().isEmpty() ? " is told transformations of pictures, not changes between views of an object"
                            : " reads " + predictor.equivariant() + " equivariant features, the encoder has "
                                    + session.encoder().equivariant()));
        }
    }

    /**
     * Writes the folder {@code out}.
     *
     * @param config the task's configuration from the plan
     * @param shards folder of the data set
     * @param encoder folder that pretraining with objective {@code sie} on objects wrote
     * @param stores where finished parts and features are kept
     * @throws UserError with exit code 75 if the budget ended before the end;
     *     others for an encoder without a predictor, or data without several views of an object and their latents
     */
    public static void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options) {
        ProbeSession.run(TASK, config, shards, encoder, stores, out, options, session -> new RetrievalProbe(session, encoder).compute());
    }

    ProbePart compute() {
        Settings recipe = session.recipe();
        List<String> splits = recipe.has("splits") ? recipe.texts("splits") : List.of("test");
        PartStore parts = session.parts();
        ProbePart all = new ProbePart();
        for (String name : splits) {
            if (!name.equals("train") && !name.equals("test")) {
                throw UserError.usage(recipe.source() + ": recipe.splits must list train or test, found " + name);
            }
            Split split = name.equals("train") ? session.train() : session.test();
            all.add(parts.get(name, state -> part(name, split, state)));
        }
        return all;
    }

    private ProbePart part(String name, Split split, PartState state) {
        ObjectViews.requireViews(session.recipe(), split);
        int[] objects = SampleChoice.choose(split.groups(),
                SampleChoice.wanted(session.recipe(), name + "_samples", split.groups(), name + " objects"), 0, "retrieval." + name);
        int[] pictures = Arrays.stream(objects).flatMap(object -> Arrays.stream(split.members(object))).toArray();
        Features features = session.features(split, pictures, CentreViews.RENDERS, List.of(FeatureKind.EQUIVARIANT))
                .get(FeatureKind.EQUIVARIANT);
        float[] ranks = state.saved().map(file -> file.floats(RANKS)).orElse(new float[0]);
        int done = ranks.length;
        ranks = Arrays.copyOf(ranks, pictures.length);
        double[] floor = new double[3];
        int from = 0;
        for (int object : objects) {
            int[] views = split.members(object);
            if (from >= done) {
                if (from > done && state.due()) {
                    throw state.stop(saved(Arrays.copyOf(ranks, from)), new TreeMap<>());
                }
                int[] found = ranks(split, views, features.block(from, from + views.length).values());
                for (int v = 0; v < views.length; v++) {
                    ranks[from + v] = found[v];
                }
            }
            for (int rank = 1; rank <= views.length; rank++) {
                add(floor, rank);
            }
            from += views.length;
        }
        return report(name, split, pictures, ranks, floor);
    }

    private static SortedMap<String, SafeTensors.Tensor> saved(float[] ranks) {
        return new TreeMap<>(Map.of(RANKS, SafeTensors.Tensor.of(ranks, ranks.length)));
    }

    /** Ranks of one object's views, from their equivariant features [views, d_equi]. */
    private int[] ranks(Split split, int[] views, float[] features) {
        try (GradMode off = GradMode.off(); NDManager scope = session.torch().scope()) {
            NDArray embeddings = predictor.embed(Torch.floats(scope, features, views.length, predictor.equivariant()));
            double[] from = split.latents(views[0]);
            float[] changes = widen(Arrays.stream(views).mapToObj(view -> predictor.latent(from, split.latents(view))).toArray(double[][]::new));
            NDArray predicted = predictor.predict(embeddings.get("0:1").repeat(0, views.length),
                    Torch.floats(scope, changes, views.length, changes.length / views.length));
            return new Retrieval(embeddings.toFloatArray(), predicted.toFloatArray(), predictor.width(), views.length, cosine).ranks();
        }
    }

    private static float[] widen(double[][] rows) {
        int columns = rows[0].length;
        float[] values = new float[rows.length * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows[i / columns][i % columns];
        }
        return values;
    }

    /** Adds what a rank counts for in the reciprocal rank, H@1 and H@5. */
    private static void add(double[] sums, double rank) {
        sums[0] += 1 / rank;
        sums[1] += rank <= 1 ? 1 : 0;
        sums[2] += rank <= 5 ? 1 : 0;
    }

    private ProbePart report(String name, Split split, int[] pictures, float[] ranks, double[] floor) {
        ProbePart part = new ProbePart();
        String target = String.join("_", predictor.told()).replace("hue", "color");
        String protocol = name.equals("test") ? "standard" : name;
        double[] sums = new double[3];
        for (float rank : ranks) {
            add(sums, rank);
        }
        List<String> metrics = List.of("mrr", "h1", "h5");
        IntStream.range(0, 3).forEach(m -> part.result(task.row(target, "all", EMBEDDING, protocol, metrics.get(m),
                sums[m] / ranks.length, floor[m] / ranks.length, ranks.length)));
        for (int i = 0; i < ranks.length; i++) {
            part.prediction(target, "all", EMBEDDING, protocol, split.key(pictures[i]), 1, ranks[i]);
        }
        return part;
    }
}
