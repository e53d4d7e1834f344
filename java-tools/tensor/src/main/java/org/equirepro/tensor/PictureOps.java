package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.List;

/**
 * Operators on pictures and maps [B, C, H, W]: interpolation as PyTorch does it, colours and blur with one factor a picture.
 * Results and errors as in {@link Ops}.
 */
public final class PictureOps {

    /** What grid sampling reads outside of the picture. */
    public enum Padding { ZEROS, BORDER, REFLECTION }

    /** How grid sampling reads between pixels. */
    public enum Sampling { BILINEAR, NEAREST, BICUBIC }

    private final CheckedCalls calls;

    PictureOps(CheckedCalls calls) {
        this.calls = calls;
    }

    // ---- interpolation, as F.interpolate and F.grid_sample do it ----

    public NDArray resizeNearest(NDArray x, int height, int width) {
        return calls.tensor("resize_nearest", x, height, width);
    }

    /** @param alignCorners whether the centres of the corner pixels stay in place, or else the picture's corners */
    public NDArray resizeBilinear(NDArray x, int height, int width, boolean alignCorners) {
        return calls.tensor("resize_bilinear", x, height, width, alignCorners);
    }

    /** The filter widens with the factor by which the picture shrinks. */
    public NDArray resizeBilinearAntialias(NDArray x, int height, int width, boolean alignCorners) {
        return calls.tensor("resize_bilinear_antialias", x, height, width, alignCorners);
    }

    /** With a = -0.75. */
    public NDArray resizeBicubic(NDArray x, int height, int width, boolean alignCorners) {
        return calls.tensor("resize_bicubic", x, height, width, alignCorners);
    }

    /** As with {@code scale_factor}, where the given scale, not the ratio of sizes, places the samples. */
    public NDArray resizeBicubic(NDArray x, int height, int width, double scaleH, double scaleW) {
        return calls.tensor("resize_bicubic_scaled", x, height, width, scaleH, scaleW);
    }

    /** With a = -0.5; the filter widens with the factor by which the picture shrinks. */
    public NDArray resizeBicubicAntialias(NDArray x, int height, int width, boolean alignCorners) {
        return calls.tensor("resize_bicubic_antialias", x, height, width, alignCorners);
    }

    /**
     * {@code x} [B, C, H, W] read at {@code grid} [B, h, w, 2], (x, y) from -1 to 1; gives [B, C, h, w]. What is not a number
     * counts as -1.
     *
     * @param alignCorners whether -1 and 1 are the centres of the corner pixels, or else the picture's corners
     */
    public NDArray gridSample(NDArray x, NDArray grid, Sampling sampling, Padding padding, boolean alignCorners) {
        return calls.tensor("grid_sample", x, grid, sampling.ordinal(), padding.ordinal(), alignCorners);
    }

    /** Bilinear warp of [B, C, H, W] by {@code theta} [B, 2, 3]: output to input, in coordinates from -1 to 1. */
    public NDArray warp(NDArray x, NDArray theta, Padding padding) {
        return calls.tensor("warp", x, theta, padding.ordinal());
    }

    /**
     * Weighted sums of pixels. The pixels of all maps [B, C, H_i, W_i] are numbered picture by picture, within a picture map by
     * map, within a map in row-major order.
     *
     * @param pixels of the first sum, then of the second, ..
     * @param weights one for each pixel
     * @param starts where in {@code pixels} each of the R * height * width sums begins; one without pixels is 0
     * @return [R, C, height, width]; float64 if the maps are, else float32
     */
    public NDArray pixelSums(List<NDArray> maps, int[] pixels, float[] weights, int[] starts, int height, int width) {
        checkSums(maps, pixels, weights, starts, height, width);
        try (NDManager scope = maps.get(0).getManager().newSubManager()) {
            NDArray factors = Torch.floats(scope, weights, weights.length);
            NDArray typed = maps.get(0).getDataType() == DataType.FLOAT64 ? factors.toType(DataType.FLOAT64, false) : factors;
            return calls.tensor("pixel_sums", maps, Torch.ints(scope, pixels, pixels.length), typed, Torch.ints(scope, starts, starts.length),
                    height, width);
        }
    }

    /** The kernel of the gradient reads by these numbers, unchecked. */
    private void checkSums(List<NDArray> maps, int[] pixels, float[] weights, int[] starts, int height, int width) {
        String operator = "pixel_sums";
        calls.require(!maps.isEmpty(), operator, "no maps", maps);
        long all = 0;
        for (NDArray map : maps) {
            calls.require(map.getShape().dimension() == 4 && map.getShape().slice(0, 2).equals(maps.get(0).getShape().slice(0, 2)),
                    operator, "maps must be [B, C, H, W], with the same B and C", maps.get(0), map);
            calls.require(map.getShape().size() > 0 && map.getDataType() == maps.get(0).getDataType(), operator,
                    "maps must not be empty, and of one type", maps.get(0), map);
            all += map.getShape().get(0) * map.getShape().get(2) * map.getShape().get(3);
        }
        calls.require(height > 0 && width > 0 && starts.length % (height * width) == 0, operator,
                starts.length + " sums do not fill regions", height, width);
        calls.require(weights.length == pixels.length, operator, pixels.length + " pixels with " + weights.length + " weights", maps);
        for (int pixel : pixels) {
            calls.require(pixel >= 0 && pixel < all, operator, "pixel " + pixel + " of " + all, maps);
        }
        for (int i = 0; i < starts.length; i++) {
            boolean inOrder = i == 0 ? starts[i] == 0 : starts[i] >= starts[i - 1] && starts[i] <= pixels.length;
            calls.require(inOrder, operator, "sum " + i + " begins at " + starts[i] + " of " + pixels.length, maps);
        }
        calls.require(starts.length > 0 || pixels.length == 0, operator, pixels.length + " pixels in no sum", maps);
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
