package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.vision.batch.Family;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.batch.PictureTransform;
import org.equirepro.vision.batch.Ranges;

/**
 * Everything that is trained, put together from a recipe: the encoder, VICReg on the invariant features, and optionally the
 * reconstruction of intermediates from the equivariant ones: L = L_SSL + lambda * L_recon (AAAI-26 paper, eq. 4).
 */
final class PretrainingModel {

    /**
     * The pictures of a step on the way to the loss.
     *
     * @param first [B, 3, H, W], view 1, normalised
     * @param second view 2 after g, normalised
     * @param targets the K intermediates, normalised; empty without reconstruction
     * @param latent [B, parameters of g], each scaled to -1 .. 1; null without g
     */
    record Views(NDArray first, NDArray second, List<NDArray> targets, NDArray latent) {}

    private final Ops ops;
    private final Encoder encoder;
    private final Normalisation normalisation;
    private final ParameterStore heads;
    private final Layers.Mode headMode = new Layers.Mode();
    private final SelfSupervision selfSupervision;
    private final IntermediateDecoders decoders;
    private final int count;
    private final double weight;
    private final PictureTransform transform;
    private final Ranges ranges;
    private final Precision precision;

    /** {@code staged}: gradients become final one after the other, for ranks to exchange them meanwhile. */
    PretrainingModel(Torch torch, Settings recipe, long seed, boolean staged) {
        this.ops = torch.ops();
        this.encoder = Encoder.create(torch, recipe, seed, staged);
        this.normalisation = encoder.normalisation(torch.root());
        this.heads = new ParameterStore(torch.root(), seed);
        this.precision = Precision.of(recipe.source() + ": precision", recipe.text("precision", "float32"));
        Optional<Settings> moved = recipe.has("reconstruction") ? Optional.of(recipe.at("reconstruction"))
                : recipe.has("transform") ? Optional.of(recipe.at("transform")) : Optional.empty();
        this.transform = moved.map(section -> transform(recipe, section)).orElse(null);
        this.ranges = moved.isPresent() ? Ranges.of(recipe.at("ranges")).covering(transform.family(), recipe.source()) : null;
        this.selfSupervision = SelfSupervision.of(recipe, heads, ops, headMode, encoder.splitDim(), encoder.equivariant(),
                family().map(f -> f.parameters().size()).orElse(0));
        if (recipe.has("reconstruction")) {
            Settings section = recipe.at("reconstruction");
            this.count = section.integer("count");
            this.weight = section.real("weight");
            this.decoders = new IntermediateDecoders(heads, ops, recipe.source(), count, 2 * encoder.equivariant(), encoder.patch(),
                    section.integers("decoder"));
            if (encoder.equivariant() == 0) {
                throw UserError.usage(recipe.source() + ": split.equivariant must be more than 0 with reconstruction");
            }
        } else {
            this.count = 0;
            this.weight = 0;
            this.decoders = null;
        }
    }

    private PictureTransform transform(Settings recipe, Settings section) {
        Family family = Family.of(recipe.source() + ": family", section.text("family"));
        PictureTransform.Fill fill = PictureTransform.Fill.of(recipe.source() + ": fill", section.text("fill", "zero"));
        return new PictureTransform(ops, family, fill, normalisation);
    }

    /** Features that the SSL loss reads. */
    private int invariant() {
        return encoder.splitDim() - encoder.equivariant();
    }

    /** The transformation of view 2, if there is one. */
    Optional<Family> family() {
        return Optional.ofNullable(transform).map(PictureTransform::family);
    }

    Ranges ranges() {
        return ranges;
    }

    boolean trains() {
        return selfSupervision != null;
    }

    Encoder encoder() {
        return encoder;
    }

    Normalisation normalisation() {
        return normalisation;
    }

    /**
     * Views and targets from pictures in 0 .. 1.
     *
     * @param first [B, 3, H, W]
     * @param u view 2 before g (AAAI-26 paper, section 3); g and its path start from it
     * @param theta B parameter vectors of g, or null without g
     */
    Views views(NDArray first, NDArray u, double[][] theta) {
        NDArray x = normalisation.apply(ops, first);
        if (transform == null) {
            return new Views(x, normalisation.apply(ops, u), List.of(), null);
        }
        List<NDArray> targets = new ArrayList<>();
        for (int k = 1; k <= count; k++) {
            targets.add(transform.apply(u, theta, (double) k / (count + 1)));
        }
        return new Views(x, transform.apply(u, theta, 1), targets, latent(u, theta));
    }

    private NDArray latent(NDArray u, double[][] theta) {
        int parameters = transform.family().parameters().size();
        float[] values = new float[theta.length * parameters];
        for (int i = 0; i < theta.length; i++) {
            double[] scaled = transform.family().scaled(theta[i], ranges);
            for (int k = 0; k < parameters; k++) {
                values[i * parameters + k] = (float) scaled[k];
            }
        }
        return Torch.floats(u.getManager(), values, theta.length, parameters);
    }

    /** The loss with its parts and the spread of the pooled features, which falls to 0 when they collapse. */
    Loss loss(Views views) {
        GraphCuts cuts = headMode.cuts();
        NDArray first = cuts.cut(features(views.first)); // read by both losses
        NDArray second = cuts.cut(features(views.second));
        NDArray x = pooled(first);
        Loss loss = selfSupervision.loss(x, pooled(second), views.latent);
        if (decoders != null) {
            loss = loss.plus(ops, weight, decoders.loss(reconstruct(first, second), views.targets));
        }
        Map<String, NDArray> parts = new LinkedHashMap<>(loss.parts());
        try (GradMode off = GradMode.off()) {
            parts.put("feature_std", ops.losses().featureStd(cuts.gather(x)));
        }
        return new Loss(loss.value(), parts);
    }

    /** The K rebuilt intermediates of a batch, normalised; empty without reconstruction. */
    List<NDArray> reconstruct(Views views) {
        return decoders == null ? List.of()
                : reconstruct(features(views.first), features(views.second));
    }

    private List<NDArray> reconstruct(NDArray first, NDArray second) {
        String equivariant = ":, :, " + invariant() + ":";
        return decoders.apply(first.get(equivariant), second.get(equivariant));
    }

    /** [B, N, d_patch] */
    private NDArray features(NDArray pictures) {
        return encoder.forward(pictures, precision).split();
    }

    private static NDArray pooled(NDArray features) {
        return features.mean(new int[] {1});
    }

    /**
     * Gradients of a loss into everything that is trained.
     *
     * @param fromLoss goes from the loss to the encoder's features
     * @param listener told which gradients are final while the pass still runs
     */
    void backward(Runnable fromLoss, GradientListener listener) {
        encoder.backward(fromLoss, parameters().values(), listener);
    }

    /** Everything that is trained, by name; the encoder's names begin with {@code encoder.}. */
    Map<String, NDArray> parameters() {
        Map<String, NDArray> all = new LinkedHashMap<>();
        encoder.store().parameters().forEach((name, p) -> all.put("encoder." + name, p));
        all.putAll(heads.parameters());
        return all;
    }

    SortedMap<String, SafeTensors.Tensor> tensors() {
        SortedMap<String, SafeTensors.Tensor> tensors = encoder.store().tensors("model.encoder.");
        tensors.putAll(heads.tensors("model.heads."));
        return tensors;
    }

    void load(SafeTensors file) {
        encoder.store().load(file, "model.encoder.");
        heads.load(file, "model.heads.");
    }

    /** Batch norm reads batch statistics while training, running ones otherwise. */
    void train(boolean on) {
        encoder.train(on);
        headMode.set(on);
    }

    /** Where the graph is cut while several ranks train. */
    void span(GraphCuts cuts) {
        encoder.span(cuts);
        headMode.set(cuts);
    }

    Precision precision() {
        return precision;
    }
}
