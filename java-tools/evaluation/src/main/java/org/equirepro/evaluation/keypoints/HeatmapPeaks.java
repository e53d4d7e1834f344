package org.equirepro.evaluation.keypoints;

/**
 * Joints from predicted maps: the largest value, refined below a pixel. One map is {@code [y * width + x]}; a point is
 * {@code [x, y]} in its pixels. As mmpose decodes them.
 */
public final class HeatmapPeaks {

    private static final double SHIFT = 0.25;
    private static final float FLOAT_EPSILON = 1.1920929e-7f;

    private final int width;
    private final int height;

    public HeatmapPeaks(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /** The first largest value's place; (-1, -1) where nothing is above 0. */
    public double[] peak(float[] map) {
        int best = best(map);
        return map[best] > 0 ? new double[] {best % width, best / width} : new double[] {-1, -1};
    }

    /** The largest value: the joint's score. */
    public float score(float[] map) {
        return map[best(map)];
    }

    private static int best(float[] map) {
        int best = 0;
        for (int i = 1; i < map.length; i++) {
            if (map[i] > map[best]) {
                best = i;
            }
        }
        return best;
    }

    /** The peak moved a quarter of a pixel towards the larger neighbour on each axis. */
    public double[] quarter(float[] map) {
        double[] peak = peak(map);
        int x = (int) peak[0];
        int y = (int) peak[1];
        double dx = 1 < x && x < width - 1 && 0 < y && y < height ? at(map, x + 1, y) - at(map, x - 1, y) : 0;
        double dy = 1 < y && y < height - 1 && 0 < x && x < width ? at(map, x, y + 1) - at(map, x, y - 1) : 0;
        return new double[] {x + Math.signum(dx) * SHIFT, y + Math.signum(dy) * SHIFT};
    }

    /** The peak moved by a Newton step on the blurred map's logarithm (DARK: Zhang et al., CVPR 2020, eq. 4). */
    public double[] dark(float[] map, int kernel) {
        double[] peak = peak(map);
        int x = (int) peak[0];
        int y = (int) peak[1];
        if (!(1 < x && x < width - 2 && 1 < y && y < height - 2)) {
            return peak;
        }
        float[] log = logarithm(map, kernel, 1e-10f, Float.MAX_VALUE);
        float dx = 0.5f * (at(log, x + 1, y) - at(log, x - 1, y));
        float dy = 0.5f * (at(log, x, y + 1) - at(log, x, y - 1));
        float dxx = 0.25f * (at(log, x + 2, y) - 2 * at(log, x, y) + at(log, x - 2, y));
        float dyy = 0.25f * (at(log, x, y + 2) - 2 * at(log, x, y) + at(log, x, y - 2));
        float dxy = 0.25f * (at(log, x + 1, y + 1) - at(log, x + 1, y - 1) - at(log, x - 1, y + 1) + at(log, x - 1, y - 1));
        return newton(x, y, dx, dy, dxx, dyy, dxy);
    }

    /** As {@link #dark} with neighbours one pixel away and the border repeated (UDP: Huang et al., CVPR 2020). */
    public double[] darkUdp(float[] map, int kernel) {
        double[] peak = peak(map);
        int x = (int) peak[0];
        int y = (int) peak[1];
        float[] log = logarithm(map, kernel, 1e-3f, 50);
        float centre = edge(log, x, y);
        float right = edge(log, x + 1, y);
        float left = edge(log, x - 1, y);
        float down = edge(log, x, y + 1);
        float up = edge(log, x, y - 1);
        float dxy = 0.5f * (edge(log, x + 1, y + 1) - right - down + centre + centre - left - up + edge(log, x - 1, y - 1));
        return newton(x, y, 0.5f * (right - left), 0.5f * (down - up), right - 2 * centre + left + FLOAT_EPSILON,
                down - 2 * centre + up + FLOAT_EPSILON, dxy);
    }

    /** In single precision like the original: on a flat map the step is a ratio of rounding errors. */
    private static double[] newton(int x, int y, float dx, float dy, float dxx, float dyy, float dxy) {
        float determinant = dxx * dyy - dxy * dxy;
        return determinant == 0 ? new double[] {x, y}
                : new double[] {x - (dyy * dx - dxy * dy) / determinant, y - (dxx * dy - dxy * dx) / determinant};
    }

    private float[] logarithm(float[] map, int kernel, float low, float high) {
        float[] blurred = new GaussianKernel(kernel).blur(map, width, height);
        float scale = score(map) / score(blurred);
        float[] log = new float[map.length];
        for (int i = 0; i < log.length; i++) {
            log[i] = (float) Math.log(Math.min(high, Math.max(low, blurred[i] * scale)));
        }
        return log;
    }

    private float at(float[] map, int x, int y) {
        return map[y * width + x];
    }

    private float edge(float[] map, int x, int y) {
        return at(map, Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y)));
    }
}
