package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.ScriptCalls;
import java.util.ArrayList;
import java.util.List;

/**
 * The operators of {@code ops.py}, typed: layers here, other subjects behind {@link #pictures}, {@link #losses} and
 * {@link #updates}. Shapes are written as in PyTorch: B pictures, N tokens, C channels, H x W pixels. Every result belongs to
 * the manager of the first operand and carries a gradient where an operand does. A wrong shape or type is an
 * {@link IllegalArgumentException} that names the operator and the operands' shapes.
 */
public final class Ops implements AutoCloseable {

    /** Up to this many tokens plain products are at least as fast on a CPU as the fused kernel. */
    private static final int PLAIN_ATTENTION_TOKENS = 256;

    private static final int PLAIN_BLOCK_WEIGHTS = 12;

    private final ScriptCalls script;
    private final CheckedCalls calls;
    private final PictureOps pictures;
    private final LossOps losses;
    private final UpdateOps updates;

    Ops(ScriptCalls script) {
        this.script = script;
        calls = new CheckedCalls(script);
        pictures = new PictureOps(calls);
        losses = new LossOps(calls);
        updates = new UpdateOps(calls);
    }

    /** Interpolation, colours, blur. */
    public PictureOps pictures() {
        return pictures;
    }

    public LossOps losses() {
        return losses;
    }

    /** Optimisers, averages and clipping, in place. */
    public UpdateOps updates() {
        return updates;
    }

    /** Any floating type to float32, with gradient. */
    public NDArray toFloat(NDArray x) {
        return calls.tensor("to_float", x);
    }

    /**
     * {@code x} times a number. Where a gradient is recorded this, not {@link NDArray#mul(Number)}: that one keeps the number
     * in Java's direct memory and lets go of it at once, so a garbage collection before backward changes the gradient.
     */
    public NDArray scale(NDArray x, double factor) {
        return calls.tensor("scale", x, factor);
    }

    /** {@code x} [.., in], {@code w} [out, in], {@code b} [out] or null; gives [.., out]. */
    public NDArray linear(NDArray x, NDArray w, NDArray b) {
        return b == null ? calls.tensor("linear_without_bias", x, w) : calls.tensor("linear", x, w, b);
    }

    /** Over the last dimension; {@code w}, {@code b} [C]. */
    public NDArray layerNorm(NDArray x, NDArray w, NDArray b, double eps) {
        return calls.tensor("layer_norm", x, w, b, eps);
    }

    /** {@code x} [B, C] or [B, C, H, W]; running {@code mean} and {@code var} are updated in place when training. */
    public NDArray batchNorm(NDArray x, NDArray w, NDArray b, NDArray mean, NDArray var, boolean training) {
        return calls.tensor("batch_norm", x, w, b, mean, var, training, 0.1, 1e-5);
    }

    public NDArray relu(NDArray x) {
        return calls.tensor("relu", x);
    }

    /** The exact form, with the error function. */
    public NDArray gelu(NDArray x) {
        return calls.tensor("gelu", x);
    }

    /** {@code x} [B, C, H, W], {@code w} [O, C, k, k], {@code b} [O] or null. */
    public NDArray conv2d(NDArray x, NDArray w, NDArray b, int stride, int padding) {
        return b == null ? calls.tensor("conv2d_without_bias", x, w, stride, padding) : calls.tensor("conv2d", x, w, b, stride, padding);
    }

    /** {@code x} [B, C, H, W], {@code w} [C, O, k, k], {@code b} [O]. */
    public NDArray convTranspose2d(NDArray x, NDArray w, NDArray b, int stride, int padding) {
        return calls.tensor("conv_transpose2d", x, w, b, stride, padding);
    }

    public NDArray maxPool2d(NDArray x, int kernel, int stride, int padding) {
        return calls.tensor("max_pool2d", x, kernel, stride, padding);
    }

    /**
     * A pre-norm transformer block (Dosovitskiy et al. 2021, eqs 2 and 3): {@code x} [B, N, C] to the same shape.
     *
     * @param weights norm1 w, b; qkv w [3C, C], b; proj w, b; norm2 w, b; fc1 w [M, C], b; fc2 w [C, M], b; and, with LayerScale
     *     (Touvron et al. 2021), the factors [C] of both branches
     */
    public NDArray transformerBlock(NDArray x, List<NDArray> weights, int heads, double eps, Precision precision) {
        long tokens = x.getShape().get(1);
        long width = x.getShape().get(2);
        // the fused bfloat16 kernel is several times slower than products on a CPU
        boolean plain = tokens <= PLAIN_ATTENTION_TOKENS || precision == Precision.BFLOAT16;
        List<Object> arguments = new ArrayList<>(List.of(x));
        arguments.addAll(weights);
        arguments.addAll(List.of(heads, 1 / Math.sqrt((double) width / heads), eps, plain));
        return calls.tensor(weights.size() == PLAIN_BLOCK_WEIGHTS ? "block" : "block_scaled", arguments.toArray());
    }

    /** Softmax weights [B, heads, N, N] of the attention over a normalised {@code x} [B, N, C]. */
    public NDArray attentionWeights(NDArray x, NDArray qkvWeight, NDArray qkvBias, int heads) {
        return calls.tensor("attention_weights", x, qkvWeight, qkvBias, heads, 1 / Math.sqrt((double) x.getShape().get(2) / heads));
    }

    /** Pictures [B, 3, H, W] to patch tokens [B, N, C], N in row-major order of the patches. */
    public NDArray patchEmbed(NDArray x, NDArray w, NDArray b, int patch) {
        return calls.tensor("patch_embed", x, w, b, patch);
    }

    /** Tokens [B, N, C] with those of {@code mask} [B, N] (bool) replaced by {@code embed} [1, C]. */
    public NDArray maskTokens(NDArray x, NDArray mask, NDArray embed) {
        return calls.tensor("mask_tokens", x, mask, embed);
    }

    /** Tokens [B, N, C] to [B, 1 + N, C] with {@code cls} [1, 1, C] first and positions {@code pos} [1, 1 + N, C] added. */
    public NDArray prependCls(NDArray x, NDArray cls, NDArray pos) {
        return calls.tensor("prepend_cls", x, cls, pos);
    }

    @Override
    public void close() {
        script.close();
    }
}
