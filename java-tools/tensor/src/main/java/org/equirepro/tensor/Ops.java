package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.ScriptCalls;
import java.util.List;
import java.util.stream.Stream;

/**
 * The operators of {@code ops.py}, typed: layers here, other subjects behind {@link #pictures}, {@link #losses},
 * {@link #updates}, {@link #arrays} and {@link #classifiers}. Shapes are written as in PyTorch: B pictures, N tokens, C channels, H x W pixels. Every
 * result belongs to the manager of the first operand and carries a gradient where an operand does. A wrong shape or type is an
 * {@link IllegalArgumentException} that names the operator and the operands' shapes.
 */
public final class Ops implements AutoCloseable {

    private static final int PLAIN_BLOCK_WEIGHTS = 12;

    private final ScriptCalls script;
    private final CheckedCalls calls;
    private final PictureOps pictures;
    private final LossOps losses;
    private final UpdateOps updates;
    private final ArrayOps arrays;
    private final ClassifierOps classifiers;

    Ops(ScriptCalls script) {
        this.script = script;
        calls = new CheckedCalls(script);
        pictures = new PictureOps(calls);
        losses = new LossOps(calls);
        updates = new UpdateOps(calls);
        arrays = new ArrayOps(calls);
        classifiers = new ClassifierOps(calls);
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

    /** Indices, order, similarity. */
    public ArrayOps arrays() {
        return arrays;
    }

    /** Linear classifiers side by side. */
    public ClassifierOps classifiers() {
        return classifiers;
    }

    /** Any type to float32, with gradient; only float64, in which gradients are checked, stays as it is. */
    public NDArray toFloat(NDArray x) {
        return x.getDataType() == DataType.FLOAT64 ? x : calls.tensor("to_float", x);
    }

    /** Any type to bfloat16, with gradient. DJL itself ends the process on most calls that take this type: use operators. */
    public NDArray toBfloat16(NDArray x) {
        return calls.tensor("to_bfloat16", x);
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

    /**
     * {@code x} [B, C] or [B, C, H, W]; running {@code mean} and {@code var} are updated in place when training.
     *
     * @param momentum share of this batch in the running statistics
     */
    public NDArray batchNorm(NDArray x, NDArray w, NDArray b, NDArray mean, NDArray var, boolean training, double momentum) {
        return calls.tensor("batch_norm", x, w, b, mean, var, training, momentum, 1e-5);
    }

    /**
     * Mean and biased variance of each channel over this rank's [B, C] or [B, C, H, W], [1, 2 C]; computed in the type of {@code w}.
     */
    public NDArray channelStatistics(NDArray x, NDArray w) {
        return calls.tensor("channel_statistics", x, w);
    }

    /**
     * Batch normalisation by the statistics of several equal parts of a batch, of which {@code x} is one. The gradient reaches the
     * statistics, too.
     *
     * @param statistics [parts, 2 C] of {@link #channelStatistics}
     * @param values of a channel in all parts together
     */
    public NDArray batchNormShared(NDArray x, NDArray w, NDArray b, NDArray statistics, NDArray mean, NDArray var, long values,
            double momentum) {
        return calls.tensor("batch_norm_shared", x, w, b, statistics, mean, var, (double) values / (values - 1), momentum, 1e-5);
    }

    /** Over each of {@code groups} groups of channels of [B, C, ..] (Wu and He 2018); {@code w}, {@code b} [C]. */
    public NDArray groupNorm(NDArray x, NDArray w, NDArray b, int groups, double eps) {
        return calls.tensor("group_norm", x, w, b, groups, eps);
    }

    /** Rows of {@code v} [O, I] scaled to the lengths {@code g} [O, 1] (Salimans and Kingma 2016). */
    public NDArray weightNorm(NDArray v, NDArray g) {
        calls.require(v.getShape().dimension() == 2 && g.getShape().equals(new Shape(v.getShape().get(0), 1)),
                "weight_norm", "v must be [O, I] and g [O, 1]", v, g);
        return calls.tensor("weight_norm", v, g);
    }

    public NDArray relu(NDArray x) {
        return calls.tensor("relu", x);
    }

    public NDArray sigmoid(NDArray x) {
        return calls.tensor("sigmoid", x);
    }

    /** The exact form, with the error function. */
    public NDArray gelu(NDArray x) {
        return calls.tensor("gelu", x);
    }

    /** {@code x} [B, C, H, W], {@code w} [O, C, k, k], {@code b} [O] or null. */
    public NDArray conv2d(NDArray x, NDArray w, NDArray b, int stride, int padding) {
        return conv2d(x, w, b, stride, padding, 1, 1);
    }

    /** As above with taps {@code dilation} apart; {@code w} [O, C / groups, k, k]. */
    public NDArray conv2d(NDArray x, NDArray w, NDArray b, int stride, int padding, int dilation, int groups) {
        return b == null ? calls.tensor("conv2d_without_bias", x, w, stride, padding, dilation, groups)
                : calls.tensor("conv2d", x, w, b, stride, padding, dilation, groups);
    }

    /** {@code x} [B, C, H, W], {@code w} [C, O, k, k], {@code b} [O]. */
    public NDArray convTranspose2d(NDArray x, NDArray w, NDArray b, int stride, int padding) {
        return calls.tensor("conv_transpose2d", x, w, b, stride, padding);
    }

    public NDArray maxPool2d(NDArray x, int kernel, int stride, int padding) {
        return calls.tensor("max_pool2d", x, kernel, stride, padding);
    }

    /** Means over {@code height} x {@code width} bins, the i-th from floor(i H / height) to ceil((i + 1) H / height). */
    public NDArray adaptiveAvgPool2d(NDArray x, int height, int width) {
        return calls.tensor("adaptive_avg_pool2d", x, height, width);
    }

    /**
     * softmax(Q K' / sqrt(d)) V (Vaswani et al. 2017, eq. 1) by the kernel that is fastest here: {@code q} [B, heads, N, d],
     * {@code k} and {@code v} [B, heads, M, d] to [B, heads, N, d].
     *
     * @param precision what products are computed in, {@link Precision#BFLOAT16} under autocast
     */
    public NDArray attention(NDArray q, NDArray k, NDArray v, Precision precision) {
        calls.require(q.getShape().dimension() == 4 && k.getShape().equals(v.getShape()) && k.getShape().dimension() == 4
                        && q.getShape().slice(0, 2).equals(k.getShape().slice(0, 2)) && q.getShape().get(3) == k.getShape().get(3),
                "attend", "q must be [B, heads, N, d], k and v [B, heads, M, d]", q, k, v);
        return calls.tensor("attend", q, k, v, 1 / Math.sqrt(q.getShape().get(3)), plain(q, k.getShape().get(2), precision));
    }

    /**
     * Attention of {@code x} [B, N, C] over another sequence, {@code context} [B, M, D]; gives [B, N, C].
     *
     * @param weights q w [C, C], b [C]; kv w [2C, D], b [2C]; proj w [C, C], b [C]
     */
    public NDArray crossAttention(NDArray x, NDArray context, List<NDArray> weights, int heads, Precision precision) {
        calls.require(weights.size() == 6 && x.getShape().dimension() == 3 && context.getShape().dimension() == 3,
                "cross_attention", "x must be [B, N, C], context [B, M, D], with 6 weights", x, context, weights);
        double scale = 1 / Math.sqrt((double) x.getShape().get(2) / heads);
        return weighted("cross_attention", List.of(x, context), weights, heads, scale, plain(x, context.getShape().get(1), precision));
    }

    /**
     * A pre-norm transformer block (Dosovitskiy et al. 2021, eqs 2 and 3): {@code x} [B, N, C] to the same shape.
     *
     * @param weights norm1 w, b; qkv w [3C, C], b; proj w, b; norm2 w, b; fc1 w [M, C], b; fc2 w [C, M], b; and, where the
     *     branches are scaled, both factors: [C] for LayerScale (Touvron et al. 2021), [B, 1, 1] for drop path, or their product
     */
    public NDArray transformerBlock(NDArray x, List<NDArray> weights, int heads, double eps, Precision precision) {
        String operator = weights.size() == PLAIN_BLOCK_WEIGHTS ? "block" : "block_scaled";
        int scales = weights.size() - PLAIN_BLOCK_WEIGHTS;
        calls.require(x.getShape().dimension() == 3 && (scales == 0 || scales == 2), operator,
                "x must be [B, N, C], with 12 weights, or 14 where branches are scaled", x, weights);
        double scale = 1 / Math.sqrt((double) x.getShape().get(2) / heads);
        return weighted(operator, List.of(x), weights, heads, scale, eps, plain(x, x.getShape().get(1), precision));
    }

    private NDArray weighted(String operator, List<NDArray> operands, List<NDArray> weights, Object... rest) {
        return calls.tensor(operator, Stream.of(operands, weights, List.of(rest)).flatMap(List::stream).toArray());
    }

    private static boolean plain(NDArray x, long keys, Precision precision) {
        return AttentionKernel.fastest(x.getDevice(), precision, keys) == AttentionKernel.PLAIN;
    }

    /** Softmax weights [B, heads, N, N] of the attention over a normalised {@code x} [B, N, C]. */
    public NDArray attentionWeights(NDArray x, NDArray qkvWeight, NDArray qkvBias, int heads) {
        calls.require(x.getShape().dimension() == 3, "attention_weights", "x must be [B, N, C]", x);
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
