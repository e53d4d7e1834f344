package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * What SIE trains beside the encoder to predict a view from another one: the projector of the equivariant features, and the
 * predictor whose weights come from the latent (Garrido et al. 2023, section 4). Pretraining writes both into {@value #FILE} beside
 * the encoder, for the measures of retrieval.
 */
public final class SiePredictor {

    /** Name of the file in an encoder's folder. */
    public static final String FILE = "predictor.safetensors";

    private static final String METADATA = "predictor";
    private static final String PROJECTOR = "projector_equi";
    private static final String PREDICTOR = "predictor";

    private final Ops ops;
    private final Expander projector;
    private final HyperNetwork predictor;
    private final int width;
    private final Settings settings;

    private SiePredictor(Ops ops, ParameterStore store, Layers.Mode mode, Settings settings) {
        this.ops = ops;
        this.settings = settings;
        Settings objective = settings.at("objective");
        int[] widths = objective.integers("expander");
        this.width = widths[widths.length - 1];
        this.projector = new Expander(store, ops, mode, PROJECTOR, settings.integer("equivariant"), widths);
        this.predictor = new HyperNetwork(store, ops, PREDICTOR, settings.integer("latent"),
                new HyperNetwork.Design(new int[] {width, width}, false, objective.flag("hyper_bias", false), false, false));
    }

    /** New networks of a training, made of parameters of {@code store}. */
    static SiePredictor create(Ops ops, ParameterStore store, Layers.Mode mode, Settings objective, int equivariant, int latent) {
        var node = Settings.object().put("equivariant", equivariant).put("latent", latent);
        node.set("objective", objective.node());
        return new SiePredictor(ops, store, mode, Settings.parseJson(objective.source(), Settings.canonical(node)));
    }

    /**
     * The predictor in an encoder's folder, ready for evaluation.
     *
     * @throws UserError if the encoder has none, or lists the tensors that do not fit
     */
    public static SiePredictor load(Torch torch, Path folder) {
        Path path = folder.resolve(FILE);
        if (!path.toFile().isFile()) {
            throw UserError.missing(path, "the encoder has no predictor; only pretraining with objective sie makes one");
        }
        SafeTensors file = SafeTensors.open(path);
        file.verify();
        String text = file.metadata().get(METADATA);
        if (text == null) {
            throw UserError.badData(path, "has no metadata '" + METADATA + "': not written by equirepro pretrain");
        }
        ParameterStore store = ParameterStore.toBeLoaded(torch.root());
        Layers.Mode mode = new Layers.Mode();
        mode.set(false);
        SiePredictor loaded = new SiePredictor(torch.ops(), store, mode, Settings.parseJson(path.toString(), text));
        store.load(file, "");
        return loaded;
    }

    /** Writes what {@link #load} reads; {@code store} is the one of {@link #create}. */
    void save(ParameterStore store, Path file) {
        SortedMap<String, SafeTensors.Tensor> tensors = store.tensors("");
        tensors.keySet().removeIf(name -> !name.startsWith(PROJECTOR + ".") && !name.startsWith(PREDICTOR + "."));
        SafeTensors.write(file, tensors, new TreeMap<>(Map.of(METADATA, Settings.canonical(settings.node()))));
    }

    /** Width D of the embeddings. */
    public int width() {
        return width;
    }

    /** How many equivariant features it reads. */
    public int equivariant() {
        return settings.integer("equivariant");
    }

    /** Words for what it is told of two renders, {@code rotation} and {@code hue}; none if it is told the parameters of a transformation. */
    public List<String> told() {
        Settings objective = settings.at("objective");
        return objective.has("latent") ? objective.texts("latent") : List.of();
    }

    /** What it is told, from the latents of two renders. */
    public double[] latent(double[] from, double[] to) {
        return RenderLatent.values(RenderLatent.of(settings), from, to);
    }

    /** Pooled equivariant features [B, d_equi] to embeddings [B, D]. */
    public NDArray embed(NDArray equivariant) {
        return projector.apply(equivariant);
    }

    /** Embeddings [B, D] of the first view and latents [B, L] to the embeddings of the second, float32. */
    public NDArray predict(NDArray embeddings, NDArray latent) {
        return ops.toFloat(predictor.predict(embeddings, latent));
    }
}
