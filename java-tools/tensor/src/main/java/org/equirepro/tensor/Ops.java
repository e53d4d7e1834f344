package org.equirepro.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.ScriptCalls;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The operators of {@code ops.py}, typed. Shapes are written as in PyTorch: B pictures, N tokens, C channels, H x W pixels.
 * Every result belongs to the manager of the first operand and carries a gradient where an operand does. A wrong shape or
 * type is an {@link IllegalArgumentException} that names the operator and the operands' shapes.
 */
public final class Ops implements AutoCloseable {

    /** What grid sampling reads outside of the picture. */
    public enum Padding { ZEROS, BORDER, REFLECTION }

    /** Up to this many tokens plain products are at least as fast on a CPU as the fused kernel. */
    private static final int PLAIN_ATTENTION_TOKENS = 256;

    private static final int PLAIN_BLOCK_WEIGHTS = 12;

    private final ScriptCalls script;

    Ops(ScriptCalls script) {
        this.script = script;
    }

    private NDArray call(String operator, NDArray first, Object... rest) {
        Object[] arguments = new Object[rest.length + 1];
        arguments[0] = first;
        System.arraycopy(rest, 0, arguments, 1, rest.length);
        try {
            return script.tensor(first.getManager(), operator, arguments);
        } catch (EngineException e) {
            throw refused(operator, arguments, e);
        }
    }

    private void run(String operator, Object... arguments) {
        try {
            script.run(operator, arguments);
        } catch (EngineException e) {
            throw refused(operator, arguments, e);
        }
    }

    private static IllegalArgumentException refused(String operator, Object[] arguments, EngineException cause) {
        String operands = Stream.of(arguments).map(Ops::describe).collect(Collectors.joining(", "));
        String reason = cause.getMessage() == null ? "" : cause.getMessage().lines()
                .filter(line -> line.startsWith("RuntimeError") || line.contains("Error:")).reduce((a, b) -> b).orElse(cause.getMessage());
        return new IllegalArgumentException(operator + "(" + operands + "): " + reason, cause);
    }

    private static String describe(Object argument) {
        if (argument instanceof NDArray array) {
            return array.getDataType() + " " + array.getShape();
        }
        return argument instanceof List<?> list ? list.size() + " tensors" : String.valueOf(argument);
    }

    // ---- layers ----

    /** Any floating type to float32, with gradient. */
    public NDArray toFloat(NDArray x) {
        return call("to_float", x);
    }

    /**
     * {@code x} times a number. Where a gradient is recorded this, not {@link NDArray#mul(Number)}: that one keeps the number
     * in Java's direct memory and lets go of it at once, so a garbage collection before backward changes the gradient.
     */
    public NDArray scale(NDArray x, double factor) {
        return call("scale", x, factor);
    }

    /** {@code x} [.., in], {@code w} [out, in], {@code b} [out] or null; gives [.., out]. */
    public NDArray linear(NDArray x, NDArray w, NDArray b) {
        return b == null ? call("linear_without_bias", x, w) : call("linear", x, w, b);
    }

    /** Over the last dimension; {@code w}, {@code b} [C]. */
    public NDArray layerNorm(NDArray x, NDArray w, NDArray b, double eps) {
        return call("layer_norm", x, w, b, eps);
    }

    /** {@code x} [B, C] or [B, C, H, W]; running {@code mean} and {@code var} are updated in place when training. */
    public NDArray batchNorm(NDArray x, NDArray w, NDArray b, NDArray mean, NDArray var, boolean training) {
        return call("batch_norm", x, w, b, mean, var, training, 0.1, 1e-5);
    }

    public NDArray relu(NDArray x) {
        return call("relu", x);
    }

    /** The exact form, with the error function. */
    public NDArray gelu(NDArray x) {
        return call("gelu", x);
    }

    /** {@code x} [B, C, H, W], {@code w} [O, C, k, k], {@code b} [O] or null. */
    public NDArray conv2d(NDArray x, NDArray w, NDArray b, int stride, int padding) {
        return b == null ? call("conv2d_without_bias", x, w, stride, padding) : call("conv2d", x, w, b, stride, padding);
    }

    /** {@code x} [B, C, H, W], {@code w} [C, O, k, k], {@code b} [O]. */
    public NDArray convTranspose2d(NDArray x, NDArray w, NDArray b, int stride, int padding) {
        return call("conv_transpose2d", x, w, b, stride, padding);
    }

    public NDArray maxPool2d(NDArray x, int kernel, int stride, int padding) {
        return call("max_pool2d", x, kernel, stride, padding);
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
        Object[] rest = new Object[weights.size() + 4];
        for (int i = 0; i < weights.size(); i++) {
            rest[i] = weights.get(i);
        }
        rest[weights.size()] = heads;
        rest[weights.size() + 1] = 1 / Math.sqrt((double) width / heads);
        rest[weights.size() + 2] = eps;
        // the fused bfloat16 kernel is several times slower than products on a CPU
        rest[weights.size() + 3] = tokens <= PLAIN_ATTENTION_TOKENS || precision == Precision.BFLOAT16;
        return call(weights.size() == PLAIN_BLOCK_WEIGHTS ? "block" : "block_scaled", x, rest);
    }

    /** Softmax weights [B, heads, N, N] of the attention over a normalised {@code x} [B, N, C]. */
    public NDArray attentionWeights(NDArray x, NDArray qkvWeight, NDArray qkvBias, int heads) {
        return call("attention_weights", x, qkvWeight, qkvBias, heads, 1 / Math.sqrt((double) x.getShape().get(2) / heads));
    }

    /** Pictures [B, 3, H, W] to patch tokens [B, N, C], N in row-major order of the patches. */
    public NDArray patchEmbed(NDArray x, NDArray w, NDArray b, int patch) {
        return call("patch_embed", x, w, b, patch);
    }

    /** Tokens [B, N, C] with those of {@code mask} [B, N] (bool) replaced by {@code embed} [1, C]. */
    public NDArray maskTokens(NDArray x, NDArray mask, NDArray embed) {
        return call("mask_tokens", x, mask, embed);
    }

    /** Tokens [B, N, C] to [B, 1 + N, C] with {@code cls} [1, 1, C] first and positions {@code pos} [1, 1 + N, C] added. */
    public NDArray prependCls(NDArray x, NDArray cls, NDArray pos) {
        return call("prepend_cls", x, cls, pos);
    }

    // ---- interpolation ----

    /** Bicubic (a = -0.75), no antialias, corners not aligned, as {@code F.interpolate(size=...)}. */
    public NDArray resizeBicubic(NDArray x, int height, int width) {
        return call("resize_bicubic", x, height, width);
    }

    /** As {@code F.interpolate(scale_factor=...)}, where the given scale, not the ratio of sizes, places the samples. */
    public NDArray resizeBicubic(NDArray x, int height, int width, double scaleH, double scaleW) {
        return call("resize_bicubic_scaled", x, height, width, scaleH, scaleW);
    }

    public NDArray resizeBicubicAntialias(NDArray x, int height, int width) {
        return call("resize_bicubic_antialias", x, height, width);
    }

    public NDArray resizeBilinear(NDArray x, int height, int width) {
        return call("resize_bilinear", x, height, width);
    }

    /** Bilinear warp of [B, C, H, W] by {@code theta} [B, 2, 3]: output to input, in coordinates from -1 to 1. */
    public NDArray warp(NDArray x, NDArray theta, Padding padding) {
        return call("warp", x, theta, padding.ordinal());
    }

    // ---- pictures [B, 3, H, W], one factor a picture ----

    /** Separable blur with reflected borders; {@code kernels} [B, K], K odd, each summing to 1. */
    public NDArray blur(NDArray x, NDArray kernels) {
        return call("blur", x, kernels);
    }

    /** Values times {@code factor} [B], clamped to 0 .. 1. */
    public NDArray brightness(NDArray x, NDArray factor) {
        return call("brightness", x, factor);
    }

    /** Blend with the picture's mean grey. */
    public NDArray contrast(NDArray x, NDArray factor) {
        return call("contrast", x, factor);
    }

    /** Blend with the grey picture. */
    public NDArray saturation(NDArray x, NDArray factor) {
        return call("saturation", x, factor);
    }

    /** Hue turned by {@code shift} [B], in turns (-0.5 .. 0.5). */
    public NDArray hue(NDArray x, NDArray shift) {
        return call("hue", x, shift);
    }

    /** uint8 [B, H, W, 3] to float32 [B, 3, H, W] in 0 .. 1. */
    public NDArray fromBytes(NDArray x) {
        return call("from_bytes", x);
    }

    /** (x - mean) / std with {@code mean}, {@code std} [1, 3, 1, 1]. */
    public NDArray normalise(NDArray x, NDArray mean, NDArray std) {
        return call("normalise", x, mean, std);
    }

    // ---- losses ----

    /** Mean of squared differences over all elements. */
    public NDArray mse(NDArray x, NDArray y) {
        return call("mse", x, y);
    }

    /** Mean cross-entropy; {@code logits} [B, K], {@code labels} [B] int64. */
    public NDArray crossEntropy(NDArray logits, NDArray labels, double smoothing) {
        return call("cross_entropy", logits, labels, smoothing);
    }

    /** Mean of max(0, 1 - sqrt(var + 1e-4)) over the columns of [B, D], halved (VICReg's variance term of one view). */
    public NDArray hingeStd(NDArray x) {
        return call("hinge_std", x);
    }

    /** Sum of squared off-diagonal entries of the covariance of [B, D], divided by D (VICReg's covariance term). */
    public NDArray offDiagonalCovariance(NDArray x) {
        return call("off_diagonal_covariance", x);
    }

    /**
     * InfoNCE over both views (Chen et al. 2020, eq. 1): each of the 2 B rows must find the other view of its picture among
     * all rows but itself by cosine similarity.
     */
    public NDArray infoNce(NDArray x, NDArray y, double temperature) {
        int n = (int) x.getShape().get(0);
        long[] partner = new long[2 * n];
        float[] notItself = new float[4 * n * n];
        for (int i = 0; i < 2 * n; i++) {
            partner[i] = (i + n) % (2 * n);
            notItself[2 * n * i + i] = -1e9f; // the weight of the row itself becomes 0
        }
        return call("info_nce", x, y, x.getManager().create(partner), Torch.floats(x.getManager(), notItself, 2 * n, 2 * n), temperature);
    }

    /** Mean over columns of the standard deviation over the batch: 0 for collapsed features. */
    public NDArray featureStd(NDArray x) {
        return call("feature_std", x);
    }

    // ---- in place, without gradient ----

    /** AdamW (Loshchilov and Hutter 2019), fused; {@code steps} are float32 scalars counted here. */
    public void adamW(List<NDArray> parameters, List<NDArray> gradients, List<NDArray> first, List<NDArray> second,
            List<NDArray> steps, double lr, double weightDecay, double beta1, double beta2, double eps) {
        run("adamw", parameters, gradients, first, second, steps, lr, weightDecay, beta1, beta2, eps);
    }

    /** Adam with weight decay added to the gradient (Kingma and Ba 2015). */
    public void adam(List<NDArray> parameters, List<NDArray> gradients, List<NDArray> first, List<NDArray> second,
            List<NDArray> steps, double lr, double weightDecay, double beta1, double beta2, double eps) {
        run("adam", parameters, gradients, first, second, steps, lr, weightDecay, beta1, beta2, eps);
    }

    /** SGD with momentum as PyTorch does it: the first step copies the gradient into the momentum. */
    public void sgd(List<NDArray> parameters, List<NDArray> gradients, List<NDArray> momenta, double lr, double weightDecay,
            double momentum, boolean nesterov, boolean first) {
        run("sgd", parameters, gradients, momenta, lr, weightDecay, momentum, nesterov, first);
    }

    /** LARS (You et al. 2017) for one tensor; without {@code adapt} plain momentum and no decay. */
    public void lars(NDArray parameter, NDArray gradient, NDArray momentumBuffer, double lr, double weightDecay, double momentum,
            double eta, boolean adapt) {
        run("lars", parameter, gradient, momentumBuffer, lr, weightDecay, momentum, eta, adapt);
    }

    /** target = momentum * target + (1 - momentum) * source. */
    public void ema(List<NDArray> targets, List<NDArray> sources, double momentum) {
        run("ema", targets, sources, momentum);
    }

    /** Clips each tensor to the norm {@code limit} (iBOT); gives the norms before. */
    public float[] clipEach(List<NDArray> gradients, double limit) {
        try (NDArray norms = script.tensor(gradients.get(0).getManager(), "clip_each", gradients, limit)) {
            return norms.toFloatArray();
        }
    }

    /** Clips all tensors to one common norm; gives the norm before. */
    public float clipGlobal(List<NDArray> gradients, double limit) {
        try (NDArray norm = script.tensor(gradients.get(0).getManager(), "clip_global", gradients, limit)) {
            return norm.getFloat();
        }
    }

    /** Norm of all tensors together. */
    public float globalNorm(List<NDArray> tensors) {
        try (NDArray norm = script.tensor(tensors.get(0).getManager(), "global_norm", tensors)) {
            return norm.getFloat();
        }
    }

    /** Sets all to 0. */
    public void zero(List<NDArray> tensors) {
        run("zero", tensors);
    }

    /** Overwrites {@code target} by {@code source} of the same shape. */
    public void copyInto(NDArray target, NDArray source) {
        run("copy_into", target, source);
    }

    @Override
    public void close() {
        script.close();
    }
}
