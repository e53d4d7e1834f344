package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.vision.batch.Normalisation;

/**
 * Everything that is trained, put together from a recipe: the encoder, VICReg on the invariant features, and optionally the
 * reconstruction of intermediates from the equivariant ones: L = L_SSL + lambda * L_recon (AAAI-26 paper, eq. 4).
 */
final class PretrainingModel implements Objective {

    /**
     * The pictures of a step on the way to the loss.
     *
     * @param first [B, 3, H, W], view 1, normalised
     * @param second view 2 after g, normalised
     * @param targets the K intermediates, normalised; empty without reconstruction
     * @param latent [B, parameters of g], each scaled to -1 .. 1; null without g
     */
    private record Pair(NDArray first, NDArray second, List<NDArray> targets, NDArray latent) {}

    private final Torch torch;
    private final Settings recipe;
    private final Ops ops;
    private final Encoder encoder;
    private final Normalisation normalisation;
    private final ParameterStore heads;
    private final Layers.Mode headMode = new Layers.Mode();
    private final SelfSupervision selfSupervision;
    private final IntermediateDecoders decoders;
    private final double weight;
    private final Optional<Intermediates> intermediates;
    private final Precision precision;

    /** {@code staged}: gradients become final one after the other, for ranks to exchange them meanwhile. */
    PretrainingModel(Torch torch, Settings recipe, long seed, boolean staged) {
        this.torch = torch;
        this.recipe = recipe;
        this.ops = torch.ops();
        this.encoder = Encoder.create(torch, recipe, seed, staged);
        this.normalisation = encoder.normalisation(torch.root());
        this.heads = new ParameterStore(torch.root(), seed);
        this.precision = Precision.of(recipe.source() + ": precision", recipe.text("precision", "float32"));
        this.intermediates = Intermediates.of(ops, normalisation, recipe, seed);
        this.selfSupervision = SelfSupervision.of(recipe, heads, ops, headMode, encoder.splitDim(), encoder.equivariant(),
                intermediates.map(g -> g.family().parameters().size()).orElse(0));
        if (recipe.has("reconstruction")) {
            Settings section = recipe.at("reconstruction");
            this.weight = section.real("weight");
            this.decoders = new IntermediateDecoders(heads, ops, recipe.source(), section.integer("count"), 2 * encoder.equivariant(),
                    encoder.patch(), section.integers("decoder"));
            if (encoder.equivariant() == 0) {
                throw UserError.usage(recipe.source() + ": split.equivariant must be more than 0 with reconstruction");
            }
        } else {
            this.weight = 0;
            this.decoders = null;
        }
    }

    /** Features that the SSL loss reads. */
    private int invariant() {
        return encoder.splitDim() - encoder.equivariant();
    }

    @Override
    public Encoder encoder() {
        return encoder;
    }

    @Override
    public void require(int[] sides) {
        if (sides[0] != encoder.image()) {
            throw UserError.usage(recipe.source() + ": views.size " + sides[0] + " must equal backbone.image " + encoder.image());
        }
    }

    /** Both views and what stands on the way to g, which starts from view 2 (AAAI-26 paper, section 3). */
    private Pair pair(Views views) {
        NDArray first = normalisation.apply(ops, views.pictures().get(0));
        NDArray u = views.pictures().get(1);
        if (intermediates.isEmpty()) {
            return new Pair(first, normalisation.apply(ops, u), List.of(), null);
        }
        Intermediates g = intermediates.get();
        double[][] theta = g.theta(views.epoch(), views.members());
        return new Pair(first, g.moved(u, theta), g.targets(u, theta), g.latent(u, theta));
    }

    @Override
    public Loss loss(Views views) {
        Pair pair = pair(views);
        try (Autocast cast = Autocast.to(torch.device(), precision)) {
            return loss(pair);
        }
    }

    /** The loss with its parts and the spread of the pooled features, which falls to 0 when they collapse. */
    private Loss loss(Pair views) {
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

    @Override
    public Optional<Rebuilt> rebuild(Views views) {
        if (decoders == null) {
            return Optional.empty();
        }
        Pair pair = pair(views);
        List<NDArray> rebuilt = reconstruct(features(pair.first), features(pair.second));
        return Optional.of(new Rebuilt(views.pictures().get(1), pair.targets, rebuilt, pair.second, intermediates.orElseThrow().family().word()));
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

    @Override
    public void backward(Runnable fromLoss, GradientListener listener) {
        encoder.backward(fromLoss, parameters().values(), listener);
    }

    @Override
    public Map<String, NDArray> parameters() {
        Map<String, NDArray> all = new LinkedHashMap<>();
        encoder.store().parameters().forEach((name, p) -> all.put("encoder." + name, p));
        all.putAll(heads.parameters());
        return all;
    }

    @Override
    public SortedMap<String, SafeTensors.Tensor> tensors() {
        SortedMap<String, SafeTensors.Tensor> tensors = encoder.store().tensors("model.encoder.");
        tensors.putAll(heads.tensors("model.heads."));
        return tensors;
    }

    @Override
    public void load(SafeTensors file) {
        encoder.store().load(file, "model.encoder.");
        heads.load(file, "model.heads.");
    }

    /** Batch norm reads batch statistics while training, running ones otherwise. */
    @Override
    public void train(boolean on) {
        encoder.train(on);
        headMode.set(on);
    }

    @Override
    public void span(GraphCuts cuts) {
        encoder.span(cuts);
        headMode.set(cuts);
    }

    @Override
    public Precision precision() {
        return precision;
    }
}
