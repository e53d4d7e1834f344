package org.equirepro.evaluation.finetune;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.models.VisionTransformer;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.DropPath;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.vision.batch.Normalisation;

/**
 * A ViT that is trained on, whole, and the head that a task puts on its maps. What pretraining put on the ViT, the split's layer,
 * is left out.
 */
public final class FineTunedNetwork {

    private static final String ENCODER = "encoder.";
    private static final String HEAD = "head.";

    private final Torch torch;
    private final Ops ops;
    private final Encoder encoder;
    private final VisionTransformer vit;
    private final Normalisation normalisation;
    private final ParameterStore head;
    private final Layers.Mode mode = new Layers.Mode();
    private final Precision precision;
    private final DropPath drop;

    /**
     * From an encoder's folder and a recipe's keys {@code precision} and {@code drop_path}.
     *
     * @param seed of the head's start values and of what is dropped
     * @param staged the ViT's gradients become final block by block, for ranks to exchange them meanwhile
     */
    FineTunedNetwork(Torch torch, Path folder, Settings recipe, long seed, boolean staged) {
        this.torch = torch;
        this.ops = torch.ops();
        this.encoder = Encoder.loadToTrain(torch, folder, staged);
        this.vit = encoder.vit();
        this.normalisation = encoder.normalisation(torch.root());
        this.head = new ParameterStore(torch.root(), seed);
        this.precision = Precision.of(recipe.source() + ": precision", recipe.text("precision", "float32"));
        double rate = recipe.real("drop_path", 0);
        if (!(rate >= 0 && rate < 1)) {
            throw UserError.usage(recipe.source() + ": drop_path must lie in 0 .. 1, 1 excluded, found " + rate);
        }
        this.drop = rate > 0 ? DropPath.linear(seed, rate, vit.depth()) : null;
    }

    /** Where the head's parameters belong; their names need no prefix. */
    public ParameterStore head() {
        return head;
    }

    /** What the head's batch norms ask; its cuts are where ranks share a graph. */
    public Layers.Mode mode() {
        return mode;
    }

    /** Channels of a map. */
    public int width() {
        return vit.width();
    }

    /** Pixels of the side of a map's cell. */
    public int patch() {
        return vit.patch();
    }

    /** Number of blocks. */
    public int depth() {
        return vit.depth();
    }

    /** What products are computed in. */
    public Precision precision() {
        return precision;
    }

    /**
     * Checks the list of blocks that a recipe names.
     *
     * @return the numbers, ascending, from 0
     */
    public int[] blocks(Settings recipe) {
        int[] blocks = recipe.integers("blocks");
        for (int i = 0; i < blocks.length; i++) {
            if (blocks[i] < (i == 0 ? 0 : blocks[i - 1]) || blocks[i] >= depth()) {
                throw UserError.usage(recipe.source() + ": blocks must be ascending numbers from 0 to " + (depth() - 1)
                        + " for this encoder, found " + Arrays.toString(blocks));
            }
        }
        return blocks;
    }

    /**
     * Maps [B, D, H / patch, W / patch] that the given blocks leave, as they are: without the final norm, of which BEiT's, iBOT's and
     * ViTDet's dense heads know nothing. They belong to the pictures' manager.
     *
     * @param pictures [B, 3, H, W] in 0 .. 1; H and W multiples of the patch
     * @param blocks numbers from 0, ascending
     * @param drawn which samples the pictures show, for stochastic depth; null when testing
     */
    public List<NDArray> maps(NDArray pictures, int[] blocks, Drawn drawn) {
        return vit.outputs(normalisation.apply(ops, pictures), blocks, precision, drop(drawn)).stream()
                .map(tokens -> map(tokens, pictures)).toList();
    }

    /** The last block's map after the final norm; arguments as above. */
    public NDArray lastMap(NDArray pictures, Drawn drawn) {
        NDArray tokens = vit.intermediate(normalisation.apply(ops, pictures), null, 1, precision, drop(drawn)).get(0);
        return map(tokens, pictures);
    }

    /**
     * Which samples a batch of pictures shows.
     *
     * @param views number of each picture among its sample's
     */
    public record Drawn(int epoch, int[] members, int[] views) {

        /** One picture a sample. */
        public static Drawn of(DenseBatch<?> batch) {
            return new Drawn(batch.epoch(), batch.members(), new int[batch.members().length]);
        }
    }

    private DropPath.Batch drop(Drawn drawn) {
        return drop == null || drawn == null ? null : drop.at(drawn.epoch, drawn.members, drawn.views);
    }

    private NDArray map(NDArray tokens, NDArray pictures) {
        long rows = pictures.getShape().get(2) / patch();
        long columns = pictures.getShape().get(3) / patch();
        NDArray map = ops.toFloat(tokens).get(":, 1:").transpose(0, 2, 1).reshape(pictures.getShape().get(0), width(), rows, columns);
        return mode.cuts().cut(map); // heads read it more than once
    }

    /** How rates and decay apply: biases, norms and positions do not decay; {@code layer_decay} as in BEiT. */
    ParameterGroups groups(Settings optimiser) {
        ParameterGroups groups = ParameterGroups.decayingWeights(parameters())
                .withoutDecay(name -> name.equals(ENCODER + "pos_embed") || name.equals(ENCODER + "cls_token"));
        return optimiser.has("layer_decay") ? groups.layerDecay(ENCODER, depth(), optimiser.real("layer_decay")) : groups;
    }

    /** All that is trained: the ViT before the head. */
    Map<String, NDArray> parameters() {
        Map<String, NDArray> all = new LinkedHashMap<>();
        encoder.store().parameters().forEach((name, p) -> {
            if (!name.startsWith("split.")) {
                all.put(ENCODER + name, p);
            }
        });
        head.parameters().forEach((name, p) -> all.put(HEAD + name, p));
        return all;
    }

    SortedMap<String, SafeTensors.Tensor> tensors() {
        SortedMap<String, SafeTensors.Tensor> tensors = encoder.store().tensors("model." + ENCODER);
        tensors.putAll(head.tensors("model." + HEAD));
        return tensors;
    }

    void load(SafeTensors file) {
        encoder.store().load(file, "model." + ENCODER);
        head.load(file, "model." + HEAD);
    }

    void train(boolean on) {
        encoder.train(on);
        mode.set(on);
    }

    void span(GraphCuts cuts) {
        encoder.span(cuts);
        mode.set(cuts);
    }

    void backward(Runnable fromLoss, GradientListener listener) {
        encoder.backward(fromLoss, parameters().values(), listener);
    }

    /** Products in the recipe's precision until closed. */
    Autocast autocast() {
        return Autocast.to(torch.device(), precision);
    }

    /** Number of trained values. */
    long count() {
        return parameters().values().stream().mapToLong(p -> p.getShape().size()).sum();
    }
}
