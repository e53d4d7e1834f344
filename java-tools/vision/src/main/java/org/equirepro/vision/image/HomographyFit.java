package org.equirepro.vision.image;

import java.util.Arrays;
import org.equirepro.base.Draws;

/**
 * Homographies from more than four pairs of points: least squares of the reprojection error, and RANSAC (Fischler and Bolles
 * 1981) where some pairs are wrong.
 */
public final class HomographyFit {

    private static final int REFINEMENTS = 10;
    private static final int MOST_TRIES = 2000;
    private static final double CONFIDENCE = 0.995;

    /** @param inliers which pairs the homography was fitted to */
    public record Robust(Homography homography, boolean[] inliers) {}

    private HomographyFit() {}

    /**
     * The homography with the least squared distance between {@code to} and the images of {@code from}: the direct linear
     * transform on normalised points (Hartley 1997), then Gauss-Newton steps.
     *
     * @param from x0, y0, x1, y1, ... of at least four points
     * @param to as {@code from}
     * @throws IllegalArgumentException if the points do not fix one
     */
    public static Homography leastSquares(double[] from, double[] to) {
        if (from.length < 8 || from.length != to.length) {
            throw new IllegalArgumentException(from.length / 2 + " and " + to.length / 2 + " points");
        }
        double[] a = normaliser(from);
        double[] b = normaliser(to);
        double[] p = normalised(from, a);
        double[] q = normalised(to, b);
        double[] h = {1, 0, 0, 0, 1, 0, 0, 0};
        h = step(p, q, h, false);
        for (int i = 0; i < REFINEMENTS; i++) {
            h = step(p, q, h, true);
        }
        // back from normalised points: inverse(B) H A
        double[] matrix = Arrays.copyOf(h, 9);
        matrix[8] = 1;
        double[] back = {1 / b[0], 0, b[1], 0, 1 / b[0], b[2], 0, 0, 1};
        double[] forth = {a[0], 0, -a[0] * a[1], 0, a[0], -a[0] * a[2], 0, 0, 1};
        return new Homography(product(back, product(matrix, forth)));
    }

    /** Scale and centre that give a mean distance of sqrt 2 from 0: {@code (x - centre) * scale}. */
    private static double[] normaliser(double[] points) {
        double x = 0;
        double y = 0;
        int n = points.length / 2;
        for (int i = 0; i < points.length; i += 2) {
            x += points[i] / n;
            y += points[i + 1] / n;
        }
        double distance = 0;
        for (int i = 0; i < points.length; i += 2) {
            distance += Math.hypot(points[i] - x, points[i + 1] - y) / n;
        }
        return new double[] {Math.sqrt(2) / Math.max(distance, 1e-12), x, y};
    }

    private static double[] normalised(double[] points, double[] normaliser) {
        double[] out = new double[points.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (points[i] - normaliser[1 + i % 2]) * normaliser[0];
        }
        return out;
    }

    /**
     * One solution of the linear equations for the eight numbers.
     *
     * @param relative weigh each equation by the denominator at {@code h}, which makes the algebraic error the reprojection
     *     error to first order, and solve for the change of h
     */
    private static double[] step(double[] p, double[] q, double[] h, boolean relative) {
        double[][] normal = new double[8][9];
        double[] row = new double[9];
        for (int i = 0; i < p.length; i += 2) {
            double x = p[i];
            double y = p[i + 1];
            double w = relative ? h[6] * x + h[7] * y + 1 : 1;
            double u = relative ? (h[0] * x + h[1] * y + h[2]) / w : q[i];
            double v = relative ? (h[3] * x + h[4] * y + h[5]) / w : q[i + 1];
            Arrays.fill(row, 0);
            set(row, 0, x, y, u, w, relative ? q[i] - u : q[i]);
            add(normal, row);
            Arrays.fill(row, 0);
            set(row, 3, x, y, v, w, relative ? q[i + 1] - v : q[i + 1]);
            add(normal, row);
        }
        double[] solved = Homography.solve(normal);
        for (int k = 0; relative && k < 8; k++) {
            solved[k] += h[k];
        }
        return solved;
    }

    private static void set(double[] row, int at, double x, double y, double image, double w, double right) {
        row[at] = x / w;
        row[at + 1] = y / w;
        row[at + 2] = 1 / w;
        row[6] = -image * x / w;
        row[7] = -image * y / w;
        row[8] = right;
    }

    private static void add(double[][] normal, double[] row) {
        for (int r = 0; r < 8; r++) {
            for (int c = 0; c < 9; c++) {
                normal[r][c] += row[r] * row[c];
            }
        }
    }

    private static double[] product(double[] a, double[] b) {
        double[] out = new double[9];
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 3; c++) {
                for (int k = 0; k < 3; k++) {
                    out[3 * r + c] += a[3 * r + k] * b[3 * k + c];
                }
            }
        }
        return out;
    }

    /**
     * The homography that most pairs agree with, fitted to those.
     *
     * @param threshold distance in the second picture up to which a pair agrees, in pixels
     * @throws IllegalArgumentException if no four pairs fix one
     */
    public static Robust ransac(double[] from, double[] to, double threshold, long seed) {
        int n = from.length / 2;
        Draws draws = Draws.at(seed, "ransac");
        boolean[] best = new boolean[n];
        int most = 0;
        double needed = MOST_TRIES;
        for (int attempt = 0; attempt < needed; attempt++) {
            boolean[] agree = agreeing(from, to, threshold, draws);
            int count = count(agree);
            if (count > most) {
                most = count;
                best = agree;
                double allGood = Math.pow((double) most / n, 4);
                needed = Math.min(MOST_TRIES, Math.log(1 - CONFIDENCE) / Math.log(Math.max(1e-12, 1 - allGood)) + 1);
            }
        }
        if (most < 4) {
            throw new IllegalArgumentException("no four of " + n + " pairs of points fix a homography");
        }
        Homography fitted = leastSquares(chosen(from, best), chosen(to, best));
        boolean[] inliers = within(fitted, from, to, threshold);
        return count(inliers) < 4 ? new Robust(fitted, best)
                : new Robust(leastSquares(chosen(from, inliers), chosen(to, inliers)), inliers);
    }

    /** Pairs that agree with the homography of four random ones; none if those fix none. */
    private static boolean[] agreeing(double[] from, double[] to, double threshold, Draws draws) {
        int n = from.length / 2;
        double[] p = new double[8];
        double[] q = new double[8];
        int[] order = draws.permutation(n);
        for (int i = 0; i < 8; i++) {
            p[i] = from[2 * order[i / 2] + i % 2];
            q[i] = to[2 * order[i / 2] + i % 2];
        }
        try {
            return within(Homography.ofCorners(p, q), from, to, threshold);
        } catch (IllegalArgumentException onALine) {
            return new boolean[n];
        }
    }

    private static boolean[] within(Homography h, double[] from, double[] to, double threshold) {
        double[] image = h.apply(from);
        boolean[] within = new boolean[from.length / 2];
        for (int i = 0; i < within.length; i++) {
            within[i] = Math.hypot(image[2 * i] - to[2 * i], image[2 * i + 1] - to[2 * i + 1]) <= threshold;
        }
        return within;
    }

    private static int count(boolean[] flags) {
        int count = 0;
        for (boolean flag : flags) {
            count += flag ? 1 : 0;
        }
        return count;
    }

    private static double[] chosen(double[] points, boolean[] which) {
        double[] out = new double[2 * count(which)];
        for (int i = 0, o = 0; i < which.length; i++) {
            if (which[i]) {
                out[o++] = points[2 * i];
                out[o++] = points[2 * i + 1];
            }
        }
        return out;
    }
}
