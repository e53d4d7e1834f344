package org.equirepro.vision.image;

import java.util.Arrays;

/** A projective map of the plane, p' ~ H p with p = (x, y, 1), scaled to H[2][2] = 1. Immutable. */
public final class Homography {

    private final double[] h;

    /**
     * @param rowMajor the nine numbers of H
     * @throws IllegalArgumentException if they cannot be scaled
     */
    public Homography(double... rowMajor) {
        if (rowMajor.length != 9 || !(Math.abs(rowMajor[8]) > 1e-12)) {
            throw new IllegalArgumentException("not a homography: " + Arrays.toString(rowMajor));
        }
        h = new double[9];
        for (int i = 0; i < 9; i++) {
            h[i] = rowMajor[i] / rowMajor[8];
        }
    }

    /**
     * The map that takes four points to four others; no three of either may lie on a line.
     *
     * @param from x0, y0, .. x3, y3
     * @param to as {@code from}
     * @throws IllegalArgumentException if there is no such map
     */
    public static Homography ofCorners(double[] from, double[] to) {
        double[][] rows = new double[8][];
        for (int i = 0; i < 4; i++) {
            double x = from[2 * i];
            double y = from[2 * i + 1];
            double u = to[2 * i];
            double v = to[2 * i + 1];
            rows[2 * i] = new double[] {x, y, 1, 0, 0, 0, -u * x, -u * y, u};
            rows[2 * i + 1] = new double[] {0, 0, 0, x, y, 1, -v * x, -v * y, v};
        }
        double[] solved = Arrays.copyOf(solve(rows), 9);
        solved[8] = 1;
        return new Homography(solved);
    }

    /** Gauss with the largest pivot; every row holds its right side last. */
    static double[] solve(double[][] rows) {
        int n = rows.length;
        for (int c = 0; c < n; c++) {
            int pivot = c;
            for (int r = c + 1; r < n; r++) {
                pivot = Math.abs(rows[r][c]) > Math.abs(rows[pivot][c]) ? r : pivot;
            }
            double[] top = rows[pivot];
            rows[pivot] = rows[c];
            rows[c] = top;
            if (!(Math.abs(top[c]) > 1e-12)) {
                throw new IllegalArgumentException("no single solution: points lie on a line");
            }
            for (int r = 0; r < n; r++) {
                double share = r == c ? 0 : rows[r][c] / top[c];
                for (int k = c; share != 0 && k <= n; k++) {
                    rows[r][k] -= share * top[k];
                }
            }
        }
        double[] solution = new double[n];
        for (int c = 0; c < n; c++) {
            solution[c] = rows[c][n] / rows[c][c];
        }
        return solution;
    }

    /** The nine numbers in row order; a copy. */
    public double[] matrix() {
        return h.clone();
    }

    /** The images of points x0, y0, x1, y1, ... */
    public double[] apply(double... points) {
        double[] out = new double[points.length];
        for (int i = 0; i < points.length; i += 2) {
            double x = points[i];
            double y = points[i + 1];
            double w = h[6] * x + h[7] * y + 1;
            out[i] = (h[0] * x + h[1] * y + h[2]) / w;
            out[i + 1] = (h[3] * x + h[4] * y + h[5]) / w;
        }
        return out;
    }

    public Homography inverse() {
        return new Homography(h[4] - h[5] * h[7], h[2] * h[7] - h[1], h[1] * h[5] - h[2] * h[4],
                h[5] * h[6] - h[3], h[0] - h[2] * h[6], h[2] * h[3] - h[0] * h[5],
                h[3] * h[7] - h[4] * h[6], h[1] * h[6] - h[0] * h[7], h[0] * h[4] - h[1] * h[3]);
    }

    /**
     * Cuts the box out of the warped picture {@code warped(p) = source(H p)}: bilinear between pixel centres at whole numbers,
     * black outside, rounded to the nearest level.
     */
    public Picture warp(Picture source, Box box) {
        Picture out = Picture.black(box.width(), box.height());
        byte[] rgb = source.rgb();
        for (int y = 0, o = 0; y < box.height(); y++) {
            for (int x = 0; x < box.width(); x++) {
                double px = box.left() + x;
                double py = box.top() + y;
                double w = h[6] * px + h[7] * py + 1;
                double sx = (h[0] * px + h[1] * py + h[2]) / w;
                double sy = (h[3] * px + h[4] * py + h[5]) / w;
                boolean near = sx > -1 && sy > -1 && sx < source.width() && sy < source.height(); // false for NaN too
                int ix = near ? (int) Math.floor(sx) : 0;
                int iy = near ? (int) Math.floor(sy) : 0;
                for (int c = 0; c < 3; c++, o++) {
                    double value = near ? mix(source, rgb, ix, iy, sx - ix, sy - iy, c) : 0;
                    out.rgb()[o] = (byte) (int) (value + 0.5);
                }
            }
        }
        return out;
    }

    private static double mix(Picture source, byte[] rgb, int x, int y, double dx, double dy, int channel) {
        double upper = (1 - dx) * value(source, rgb, x, y, channel) + dx * value(source, rgb, x + 1, y, channel);
        double lower = (1 - dx) * value(source, rgb, x, y + 1, channel) + dx * value(source, rgb, x + 1, y + 1, channel);
        return (1 - dy) * upper + dy * lower;
    }

    private static int value(Picture source, byte[] rgb, int x, int y, int channel) {
        boolean inside = x >= 0 && y >= 0 && x < source.width() && y < source.height();
        return inside ? rgb[3 * (y * source.width() + x) + channel] & 0xFF : 0;
    }
}
