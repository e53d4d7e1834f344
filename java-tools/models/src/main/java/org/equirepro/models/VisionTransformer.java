package org.equirepro.models;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.nn.BlockChain;
import org.equirepro.tensor.nn.DropPath;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * The vision transformer (Dosovitskiy et al. 2021) as iBOT and timm have it: class token, learnt positions, pre-norm blocks,
 * exact GELU, LayerNorm eps 1e-6, names of timm's state dict. Weights start from a normal distribution of .02 cut at two
 * standard deviations, biases from 0.
 */
public final class VisionTransformer implements Backbone {

    /** Sizes of a network; {@code image} is the side for which the positions are learnt. */
    public record Size(int image, int patch, int dim, int depth, int heads) {}

    /**
     * What differs between the published families.
     *
     * @param mlpRatio width of the hidden layer over that of the tokens
     * @param eps of the norms
     * @param qkvBias whether queries, keys and values have a bias
     * @param layerScale start value of LayerScale's factors; NaN without LayerScale
     * @param resampling of the positions for pictures of another size
     */
    public record Variant(double mlpRatio, double eps, boolean qkvBias, double layerScale, PositionResampling resampling) {

        /** iBOT's, DINO's and timm's plain ViT. */
        public static final Variant PLAIN = new Variant(4, 1e-6, true, Double.NaN, PositionResampling.DINO_OFFSET);
    }

    /** How positions are resampled for a picture of another size. */
    public enum PositionResampling {
        /** iBOT and DINO: bicubic with the scale (side + 0.1) / grid, as their checkpoints were trained. */
        DINO_OFFSET,
        /** Bicubic to the exact size. */
        SIZE,
        /** timm: bicubic to the exact size with antialias. */
        SIZE_ANTIALIAS
    }

    private static final double STD = 0.02;

    /** Tensors of a block without LayerScale. */
    private static final int PLAIN_WEIGHTS = 12;

    private final Ops ops;
    private final Size size;
    private final Variant variant;
    private final NDArray clsToken;
    private final NDArray positions;
    private final NDArray patchWeight;
    private final NDArray patchBias;
    private final List<List<NDArray>> blocks = new ArrayList<>();
    private final BlockChain chain;
    private final NDArray normWeight;
    private final NDArray normBias;
    private NDArray maskToken;

    /** The plain variant. */
    public VisionTransformer(ParameterStore store, Ops ops, Size size) {
        this(store, ops, size, Variant.PLAIN);
    }

    /** Everything is kept for the backward pass, whose start is {@link org.equirepro.tensor.Torch#backward(NDArray)}. */
    public VisionTransformer(ParameterStore store, Ops ops, Size size, Variant variant) {
        this(store, ops, size, variant, BlockChain.Mode.KEEP);
    }

    /** With another mode than KEEP gradients come from {@link BlockChain#backward} over {@link #chains()}. */
    public VisionTransformer(ParameterStore store, Ops ops, Size size, Variant variant, BlockChain.Mode mode) {
        this.ops = ops;
        this.size = size;
        this.variant = variant;
        int d = size.dim;
        int grid = size.image / size.patch;
        clsToken = store.normal("cls_token", STD, 1, 1, d);
        positions = store.normal("pos_embed", STD, 1, 1 + grid * grid, d);
        // iBOT, DINOv2 and timm leave the convolution at PyTorch's default
        double bound = 1 / Math.sqrt(3.0 * size.patch * size.patch);
        patchWeight = store.uniform("patch_embed.proj.weight", bound, d, 3, size.patch, size.patch);
        patchBias = store.uniform("patch_embed.proj.bias", bound, d);
        for (int i = 0; i < size.depth; i++) {
            String name = "blocks." + i + ".";
            blocks.add(block(store, name));
        }
        chain = new BlockChain(clsToken.getManager(), mode, blocks.stream().map(this::trained).toList(), new Layers.Mode()); // no batch norm inside
        normWeight = store.constant("norm.weight", 1, d);
        normBias = store.constant("norm.bias", 0, d);
    }

    /** Weights of a block in the order in which the operator takes them. */
    private List<NDArray> block(ParameterStore store, String name) {
        int d = size.dim;
        int hidden = (int) (variant.mlpRatio * d);
        List<NDArray> weights = new ArrayList<>(List.of(
                store.constant(name + "norm1.weight", 1, d), store.constant(name + "norm1.bias", 0, d),
                store.normal(name + "attn.qkv.weight", STD, 3 * d, d),
                variant.qkvBias ? store.constant(name + "attn.qkv.bias", 0, 3 * d) : store.zeros(3 * d),
                store.normal(name + "attn.proj.weight", STD, d, d), store.constant(name + "attn.proj.bias", 0, d),
                store.constant(name + "norm2.weight", 1, d), store.constant(name + "norm2.bias", 0, d),
                store.normal(name + "mlp.fc1.weight", STD, hidden, d), store.constant(name + "mlp.fc1.bias", 0, hidden),
                store.normal(name + "mlp.fc2.weight", STD, d, hidden), store.constant(name + "mlp.fc2.bias", 0, d)));
        if (!Double.isNaN(variant.layerScale)) {
            weights.add(store.constant(name + "ls1.gamma", (float) variant.layerScale, d));
            weights.add(store.constant(name + "ls2.gamma", (float) variant.layerScale, d));
        }
        return List.copyOf(weights);
    }

    /** A block's weights without the zeros that stand for absent biases. */
    private List<NDArray> trained(List<NDArray> weights) {
        return weights.stream().filter(NDArray::hasGradient).toList();
    }

    @Override
    public List<BlockChain> chains() {
        return List.of(chain);
    }

    /** Number of blocks. */
    public int depth() {
        return size.depth;
    }

    @Override
    public int width() {
        return size.dim;
    }

    @Override
    public int patch() {
        return size.patch;
    }

    @Override
    public Tokens forward(NDArray pictures, Precision precision) {
        NDArray tokens = ops.toFloat(intermediate(pictures, null, 1, precision).get(0));
        return new Tokens(tokens.get(":, 0"), tokens.get(":, 1:"));
    }

    /**
     * Outputs of the last {@code count} blocks, each through the final norm, [B, 1 + N, D], in the order of the blocks.
     *
     * @param pictures [B, 3, H, W], H and W multiples of the patch
     * @param mask [B, N] bool of patches whose embedding is replaced by {@code masked_embed}, or null; see {@link #withMaskToken}
     */
    public List<NDArray> intermediate(NDArray pictures, NDArray mask, int count, Precision precision) {
        return intermediate(pictures, mask, count, precision, null);
    }

    /** The same in training with stochastic depth; {@code drop} says which samples leave out which branches, null for none. */
    public List<NDArray> intermediate(NDArray pictures, NDArray mask, int count, Precision precision, DropPath.Batch drop) {
        return lastOutputs(pictures, mask, count, precision, drop).stream().map(this::normed).toList();
    }

    private List<NDArray> lastOutputs(NDArray pictures, NDArray mask, int count, Precision precision, DropPath.Batch drop) {
        return chain.forward(embed(pictures, mask), count, precision, (i, x) -> block(i, x, precision, drop));
    }

    /**
     * Outputs of the given blocks as they leave them, [B, 1 + N, D], without the final norm.
     *
     * @param blocks numbers from 0, ascending
     * @param drop as in {@link #intermediate(NDArray, NDArray, int, Precision, DropPath.Batch)}
     */
    public List<NDArray> outputs(NDArray pictures, int[] blocks, Precision precision, DropPath.Batch drop) {
        int first = blocks[0];
        List<NDArray> last = lastOutputs(pictures, null, size.depth - first, precision, drop);
        return Arrays.stream(blocks).mapToObj(block -> last.get(block - first)).toList();
    }

    /** The final norm of what a block gave. */
    public NDArray normed(NDArray x) {
        return ops.layerNorm(x, normWeight, normBias, variant.eps);
    }

    /** Block {@code i} on [B, 1 + N, D]. */
    public NDArray block(int i, NDArray x, Precision precision) {
        return ops.transformerBlock(x, blocks.get(i), size.heads, variant.eps, precision);
    }

    private NDArray block(int i, NDArray x, Precision precision, DropPath.Batch drop) {
        if (drop == null || !drop.drops(i)) {
            return block(i, x, precision);
        }
        List<NDArray> weights = new ArrayList<>(blocks.get(i).subList(0, PLAIN_WEIGHTS));
        List<NDArray> scales = blocks.get(i).subList(PLAIN_WEIGHTS, blocks.get(i).size());
        for (DropPath.Branch branch : DropPath.Branch.values()) {
            NDArray factors = drop.factors(x.getManager(), i, branch);
            weights.add(scales.isEmpty() ? factors : factors.mul(scales.get(branch.ordinal())));
        }
        return ops.transformerBlock(x, weights, size.heads, variant.eps, precision);
    }

    /** Patch tokens before class token and positions, [B, N, D]. */
    public NDArray patchTokens(NDArray pictures) {
        return ops.patchEmbed(pictures, patchWeight, patchBias, size.patch);
    }

    /** What the first block reads, [B, 1 + N, D]. */
    public NDArray embed(NDArray pictures, NDArray mask) {
        NDArray x = patchTokens(pictures);
        if (mask != null) {
            x = ops.maskTokens(x, mask, maskToken);
        }
        int rows = (int) (pictures.getShape().get(2) / size.patch);
        int columns = (int) (pictures.getShape().get(3) / size.patch);
        NDArray pos = positions(ops, positions, rows, columns, variant.resampling);
        if (pos != positions) {
            pos.attach(x.getManager());
        }
        return ops.prependCls(x, clsToken, pos);
    }

    /** Softmax weights of the last block's attention, [B, heads, 1 + N, 1 + N]. */
    public NDArray lastAttention(NDArray pictures) {
        NDArray x = embed(pictures, null);
        for (int i = 0; i < blocks.size() - 1; i++) {
            x = block(i, x, Precision.FLOAT32);
        }
        List<NDArray> w = blocks.get(blocks.size() - 1);
        return ops.attentionWeights(ops.layerNorm(x, w.get(0), w.get(1), variant.eps), w.get(2), w.get(3), size.heads);
    }

    /**
     * Adds the learnt vector that replaces masked patches, {@code masked_embed} (iBOT); starts from zeros as there.
     *
     * @param where the vector belongs: a store of its own keeps it out of the saved encoder, which never masks
     */
    public VisionTransformer withMaskToken(ParameterStore where) {
        maskToken = where.constant("masked_embed", 0, 1, size.dim);
        return this;
    }

    /**
     * Positions [1, 1 + grid * grid, D] for {@code rows} x {@code columns} patches; the class token's row is unchanged.
     *
     * @return a resampled array or a new handle, on the manager of {@code learnt}; in float64 the handle itself. Never a view: with one
     *     picture libtorch lets the gradients of class token and view share memory, and those of a second picture count twice
     */
    public static NDArray positions(Ops ops, NDArray learnt, int rows, int columns, PositionResampling how) {
        int grid = (int) Math.round(Math.sqrt(learnt.getShape().get(1) - 1));
        int dim = (int) learnt.getShape().get(2);
        if (rows == grid && columns == grid) {
            return ops.toFloat(learnt);
        }
        try (var scope = learnt.getManager().newSubManager()) {
            NDArray cls = learnt.get(":, :1");
            NDArray patches = learnt.get(":, 1:").reshape(1, grid, grid, dim).transpose(0, 3, 1, 2);
            NDArray resized = switch (how) {
                case DINO_OFFSET -> ops.pictures().resizeBicubic(patches, rows, columns, (rows + 0.1) / grid, (columns + 0.1) / grid);
                case SIZE -> ops.pictures().resizeBicubic(patches, rows, columns, false);
                case SIZE_ANTIALIAS -> ops.pictures().resizeBicubicAntialias(patches, rows, columns, false);
            };
            NDArray tokens = resized.transpose(0, 2, 3, 1).reshape(1, (long) rows * columns, dim);
            NDArray result = cls.concat(tokens, 1);
            cls.attach(scope);
            patches.attach(scope);
            resized.attach(scope);
            tokens.attach(scope);
            return result;
        }
    }
}
