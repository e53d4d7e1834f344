package org.equirepro.tensor.boxes;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * RoIAlign over a feature pyramid (Lin et al. 2017, eq. 1): a region of area w h is read from level
 * floor(k0 + log2(sqrt(w h) / s0)), or the nearest there is.
 */
public final class RoiPyramid {

    /** Keeps a region whose side is a power of two on its level in float32. */
    private static final float LEVEL_EPS = 1e-6f;

    private final RoiAlign align;
    private final double[] scales;
    private final double canonicalSide;
    private final int canonicalLevel;

    /**
     * @param scales of the maps to the picture, finest first, each half of the one before: 1/4, 1/8, ..
     * @param canonicalSide s0: 224, the side of a picture in the backbone's pretraining
     * @param canonicalLevel k0: 4, the level (2 to its power being the stride) that a region of that side is read from
     */
    public RoiPyramid(RoiAlign align, double[] scales, double canonicalSide, int canonicalLevel) {
        this.align = align;
        this.scales = scales.clone();
        this.canonicalSide = canonicalSide;
        this.canonicalLevel = canonicalLevel;
    }

    /** For each region (as in {@link RoiAlign}) the number of its map, 0 for the finest. */
    public int[] levels(float[] regions) {
        int finest = (int) -Math.round(log2(scales[0]));
        int coarsest = (int) -Math.round(log2(scales[scales.length - 1]));
        int[] levels = new int[regions.length / 5];
        for (int r = 0; r < levels.length; r++) {
            float area = (regions[5 * r + 3] - regions[5 * r + 1]) * (regions[5 * r + 4] - regions[5 * r + 2]);
            float octaves = (float) log2((float) Math.sqrt(area) / (float) canonicalSide);
            double level = Math.floor(canonicalLevel + octaves + LEVEL_EPS);
            levels[r] = (int) Math.min(Math.max(level, finest), coarsest) - finest;
        }
        return levels;
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }

    /** Maps [B, C, H_i, W_i], finest first, to [R, C, height, width]. */
    public NDArray apply(List<NDArray> maps, float[] regions) {
        return align.apply(maps, scales, regions, levels(regions));
    }
}
