package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.Arrays;
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
import org.equirepro.tensor.nn.SampleChunks;
import org.equirepro.training.Loss;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.views.RenderChange;

/**
 * Two views of a sample through one encoder, put together from a recipe: a loss on both views' features, and optionally a
 * reconstruction from the equivariant ones and the easiest pairs once more: L = L_SSL + lambda * L_recon (AAAI-26 paper, eq. 4)
 * + weight * L_adaptive.
 */
final class PretrainingModel implements Objective {

    /**
     * The pictures of a step on the way to the loss.
     *
     * @param first [B, 3, H, W], view 1, normalised
     * @param second view 2 after g, normalised
     * @param targets what is reconstructed, normalised: the K intermediates, or view 2 and view 1; empty without reconstruction
     * @param latent [B, L]: parameters of g, each scaled to -1 .. 1, or what changed between two renders; null without either
     */
    record Pair(NDArray first, NDArray second, List<NDArray> targets, NDArray latent) {}

    private final Torch torch;
    private final Settings recipe;
    private final Ops ops;
    private final Encoder encoder;
    private final Normalisation normalisation;
    private final ParameterStore heads;
    private final Layers.Mode headMode = new Layers.Mode();
    private final SelfSupervision selfSupervision;
    private final Reconstruction reconstruction;
    private final double weight;
    private final AdaptiveAugmentation adaptive;
    private final List<RenderLatent> renderLatents;
    private final Optional<Intermediates> intermediates;
    private final Precision precision;
    private final SampleChunks chunks;

    /** {@code staged}: gradients become final one after the other, for ranks to exchange them meanwhile. */
    PretrainingModel(Torch torch, Settings recipe, long seed, boolean staged) {
        this.torch = torch;
        this.recipe = recipe;
        this.ops = torch.ops();
        this.encoder = Encoder.create(torch, recipe, seed, staged);
        this.chunks = encoder.chunks(torch.root(), recipe.integer("micro_batch", 0));
        this.normalisation = encoder.normalisation(torch.root());
        this.heads = new ParameterStore(torch.root(), seed);
        this.precision = Precision.of(recipe.source() + ": precision", recipe.text("precision", "float32"));
        this.intermediates = Intermediates.of(ops, normalisation, recipe, seed);
        this.renderLatents = RenderLatent.of(recipe);
        int latent = RenderLatent.count(renderLatents) + intermediates.map(g -> g.family().parameters().size()).orElse(0);
        this.selfSupervision = SelfSupervision.of(recipe,
                new SelfSupervision.Parts(ops, heads, headMode, encoder.splitDim(), encoder.equivariant(), latent));
        Settings rebuilt = recipe.has("reconstruction") ? recipe.at("reconstruction") : null;
        this.weight = rebuilt == null ? 0 : rebuilt.real("weight");
        this.reconstruction = rebuilt == null ? null : reconstruction(rebuilt);
        this.adaptive = recipe.has("adaptive") ? new AdaptiveAugmentation(ops, normalisation, recipe.at("adaptive"), seed) : null;
    }

    private Reconstruction reconstruction(Settings section) {
        int width = encoder.equivariant();
        if (width == 0) {
            throw UserError.usage(recipe.source() + ": split.equivariant must be more than 0 with reconstruction");
        }
        int[] decoder = section.integers("decoder");
        return section.has("family")
                ? new IntermediateDecoders(heads, ops, recipe.source(), Intermediates.rebuilt(section), 2 * width, encoder.patch(), decoder)
                : new CrossReconstruction(heads, ops, recipe.source(), width, section.integer("heads"), precision, encoder.patch(), decoder);
    }

    @Override
    public Encoder encoder() {
        return encoder;
    }

    @Override
    public void saveBeside(Path folder) {
        if (selfSupervision != null) {
            selfSupervision.savePredictor(folder);
        }
    }

    @Override
    public void require(int[] sides) {
        if (sides[0] != encoder.image()) {
            throw UserError.usage(recipe.source() + ": views.size " + sides[0] + " must equal backbone.image " + encoder.image());
        }
    }

    /** Both views and what stands on the way to g, which starts from view 2 (AAAI-26 paper, section 3). */
    Pair pair(Views views) {
        NDArray first = views.pictures().get(0);
        NDArray u = views.pictures().get(1);
        if (intermediates.isEmpty()) {
            NDArray x = normalisation.apply(ops, first);
            NDArray y = normalisation.apply(ops, u);
            NDArray latent = renderLatents.isEmpty() ? null : Intermediates.rows(u.getManager(), renderLatents(views));
            return new Pair(x, y, targets(x, y), latent);
        }
        Intermediates g = intermediates.get();
        double[][] theta = g.theta(views.epoch(), views.members());
        NDArray x = g.still(first, theta);
        NDArray y = g.moved(u, theta);
        return new Pair(x, y, g.count() > 0 ? g.targets(u, theta) : targets(x, y), g.latent(u, theta));
    }

    /** The views that attention rebuilds, in the order in which it does. */
    private List<NDArray> targets(NDArray x, NDArray y) {
        return reconstruction == null ? List.of() : List.of(y, x);
    }

    private double[][] renderLatents(Views views) {
        return Arrays.stream(views.latents()).map(pair -> {
            if (pair.length < 2 || pair[0].length != RenderChange.LATENTS) {
                throw UserError.usage(recipe.source() + ": objective.latent needs renders with " + RenderChange.LATENTS
                        + " latents each; the data set has none");
            }
            return RenderLatent.values(renderLatents, pair[0], pair[1]);
        }).toArray(double[][]::new);
    }

    @Override
    public Loss loss(Views views) {
        Pair pair = pair(views);
        try (Autocast cast = Autocast.to(torch.device(), precision)) {
            return loss(views, pair);
        }
    }

    /**
     * The loss with its parts, and the standard deviation of the pooled features over the batch: as it is and of features scaled
     * to length 1 times the square root of their number, which is near 1 for features that point everywhere. Both fall to 0
     * when features collapse.
     */
    private Loss loss(Views views, Pair pair) {
        GraphCuts cuts = headMode.cuts();
        NDArray first = cuts.cut(features(pair.first)); // read by both losses
        NDArray second = cuts.cut(features(pair.second));
        NDArray pooled = pooled(first);
        NDArray x = selfSupervision.embed(pooled);
        NDArray y = selfSupervision.embed(pooled(second));
        Loss loss = selfSupervision.loss(x, y, pair.latent);
        if (reconstruction != null) {
            loss = loss.plus(ops, weight, Reconstruction.loss(ops, reconstruct(first, second), pair.targets));
        }
        if (adaptive != null && adaptive.active(views.epoch())) {
            loss = loss.plus(ops, adaptive.weight(), adaptive.loss(views, pair, selfSupervision.invariant(x), selfSupervision.invariant(y), cuts,
                    pictures -> selfSupervision.invariant(selfSupervision.embed(pooled(features(pictures))))));
        }
        Map<String, NDArray> parts = new LinkedHashMap<>(loss.parts());
        try (GradMode off = GradMode.off()) {
            NDArray all = cuts.gather(pooled);
            parts.put("feature_std", ops.losses().featureStd(all));
            parts.put(CollapseWatch.METRIC, CollapseWatch.spread(ops, all));
        }
        return new Loss(loss.value(), parts);
    }

    @Override
    public Optional<Rebuilt> rebuild(Views views) {
        if (reconstruction == null) {
            return Optional.empty();
        }
        Pair pair = pair(views);
        List<NDArray> rebuilt = reconstruct(features(pair.first), features(pair.second));
        Way way = intermediates.filter(g -> g.count() > 0)
                .map(g -> new Way(views.pictures().get(1), pair.second, g.family().word(), g.count())).orElse(null);
        return Optional.of(new Rebuilt(pair.targets, rebuilt, way));
    }

    private List<NDArray> reconstruct(NDArray first, NDArray second) {
        String equivariant = ":, :, " + (encoder.splitDim() - encoder.equivariant()) + ":";
        return reconstruction.apply(first.get(equivariant), second.get(equivariant));
    }

    /** [B, N, d_patch] */
    private NDArray features(NDArray pictures) {
        return chunks.forward(List.of(pictures), precision, (rows, from) -> encoder.forward(rows.get(0), precision).split());
    }

    private static NDArray pooled(NDArray features) {
        return features.mean(new int[] {1});
    }

    @Override
    public void backward(Runnable fromLoss, GradientListener listener) {
        encoder.backward(fromLoss, chunks, parameters().values(), listener);
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
