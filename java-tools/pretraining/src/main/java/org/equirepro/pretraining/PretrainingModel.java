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
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
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
     */
    record Views(NDArray first, NDArray second, List<NDArray> targets) {}

    private final Ops ops;
    private final Encoder encoder;
    private final Normalisation normalisation;
    private final ParameterStore heads;
    private final Layers.Mode headMode = new Layers.Mode();
    private final VicReg vicReg;
    private final Expander expander;
    private final IntermediateDecoders decoders;
    private final int count;
    private final double weight;
    private final PictureTransform transform;
    private final Ranges ranges;
    private final Precision precision;

    PretrainingModel(Torch torch, Settings recipe, long seed) {
        this.ops = torch.ops();
        this.encoder = Encoder.create(torch, recipe, seed);
        this.normalisation = encoder.normalisation(torch.root());
        this.heads = new ParameterStore(torch.root(), seed);
        this.precision = Precision.of(recipe.source() + ": precision", recipe.text("precision", "float32"));
        Settings objective = recipe.at("objective");
        switch (objective.text("name")) {
            case "vicreg" -> {
                this.vicReg = VicReg.of(objective);
                this.expander = new Expander(heads, ops, headMode, "expander", invariant(), objective.integers("expander"));
            }
            case "none" -> {
                this.vicReg = null;
                this.expander = null;
            }
            default -> throw UserError.usage(recipe.source() + ": objective.name must be vicreg or none, found " + objective.text("name"));
        }
        Optional<Settings> moved = recipe.has("reconstruction") ? Optional.of(recipe.at("reconstruction"))
                : recipe.has("transform") ? Optional.of(recipe.at("transform")) : Optional.empty();
        this.transform = moved.map(section -> transform(recipe, section)).orElse(null);
        this.ranges = moved.isPresent() ? Ranges.of(recipe.at("ranges")).covering(transform.family(), recipe.source()) : null;
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
        return vicReg != null;
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
            return new Views(x, normalisation.apply(ops, u), List.of());
        }
        List<NDArray> targets = new ArrayList<>();
        for (int k = 1; k <= count; k++) {
            targets.add(transform.apply(u, theta, (double) k / (count + 1)));
        }
        return new Views(x, transform.apply(u, theta, 1), targets);
    }

    /** The loss with its parts and the spread of the pooled features, which falls to 0 when they collapse. */
    Loss loss(Views views) {
        Encoder.Features first = encoder.forward(views.first, precision);
        Encoder.Features second = encoder.forward(views.second, precision);
        NDArray x = pooledInvariant(first);
        NDArray y = pooledInvariant(second);
        Loss loss = vicReg.loss(ops, ops.toFloat(expander.apply(x)), ops.toFloat(expander.apply(y)));
        if (decoders != null) {
            loss = loss.plus(weight, decoders.loss(reconstruct(first, second), views.targets));
        }
        Map<String, NDArray> parts = new LinkedHashMap<>(loss.parts());
        parts.put("feature_std", ops.featureStd(x));
        return new Loss(loss.value(), parts);
    }

    /** The K rebuilt intermediates of a batch, normalised; empty without reconstruction. */
    List<NDArray> reconstruct(Views views) {
        return decoders == null ? List.of()
                : reconstruct(encoder.forward(views.first, precision), encoder.forward(views.second, precision));
    }

    private List<NDArray> reconstruct(Encoder.Features first, Encoder.Features second) {
        String equivariant = ":, :, " + invariant() + ":";
        return decoders.apply(first.split().get(equivariant), second.split().get(equivariant));
    }

    private NDArray pooledInvariant(Encoder.Features features) {
        return features.split().get(":, :, :" + invariant()).mean(new int[] {1});
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

    Precision precision() {
        return precision;
    }
}
