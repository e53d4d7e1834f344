package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;

/**
 * Operators on pictures and maps [B, C, H, W]: interpolation as PyTorch does it, colours and blur with one factor a picture.
 * Results and errors as in {@link Ops}.
 */
public final class PictureOps {

    /** What grid sampling reads outside of the picture. */
    public enum Padding { ZEROS, BORDER, REFLECTION }

    private final CheckedCalls calls;

    PictureOps(CheckedCalls calls) {
        this.calls = calls;
    }

    // ---- interpolation ----

    /** Bicubic (a = -0.75), no antialias, corners not aligned, as {@code F.interpolate(size=...)}. */
    public NDArray resizeBicubic(NDArray x, int height, int width) {
        return calls.tensor("resize_bicubic", x, height, width);
    }

    /** As {@code F.interpolate(scale_factor=...)}, where the given scale, not the ratio of sizes, places the samples. */
    public NDArray resizeBicubic(NDArray x, int height, int width, double scaleH, double scaleW) {
        return calls.tensor("resize_bicubic_scaled", x, height, width, scaleH, scaleW);
    }

    public NDArray resizeBicubicAntialias(NDArray x, int height, int width) {
        return calls.tensor("resize_bicubic_antialias", x, height, width);
    }

    public NDArray resizeBilinear(NDArray x, int height, int width) {
        return calls.tensor("resize_bilinear", x, height, width);
    }

    /** Bilinear warp of [B, C, H, W] by {@code theta} [B, 2, 3]: output to input, in coordinates from -1 to 1. */
    public NDArray warp(NDArray x, NDArray theta, Padding padding) {
        return calls.tensor("warp", x, theta, padding.ordinal());
    }

    // ---- pictures [B, 3, H, W] in 0 .. 1, one factor a picture ----

    /** Separable blur with reflected borders; {@code kernels} [B, K], K odd, each summing to 1. */
    public NDArray blur(NDArray x, NDArray kernels) {
        return calls.tensor("blur", x, kernels);
    }

    /** Values times {@code factor} [B], clamped to 0 .. 1. */
    public NDArray brightness(NDArray x, NDArray factor) {
        return calls.tensor("brightness", x, factor);
    }

    /** Blend with the picture's mean grey. */
    public NDArray contrast(NDArray x, NDArray factor) {
        return calls.tensor("contrast", x, factor);
    }

    /** Blend with the grey picture. */
    public NDArray saturation(NDArray x, NDArray factor) {
        return calls.tensor("saturation", x, factor);
    }

    /** Hue turned by {@code shift} [B], in turns (-0.5 .. 0.5). */
    public NDArray hue(NDArray x, NDArray shift) {
        return calls.tensor("hue", x, shift);
    }

    /** uint8 [B, H, W, 3] to float32 [B, 3, H, W] in 0 .. 1. */
    public NDArray fromBytes(NDArray x) {
        return calls.tensor("from_bytes", x);
    }

    /** (x - mean) / std with {@code mean}, {@code std} [1, 3, 1, 1]. */
    public NDArray normalise(NDArray x, NDArray mean, NDArray std) {
        return calls.tensor("normalise", x, mean, std);
    }
}
