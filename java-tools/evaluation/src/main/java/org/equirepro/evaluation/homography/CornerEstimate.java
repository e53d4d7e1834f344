package org.equirepro.evaluation.homography;

import java.util.Arrays;
import org.equirepro.vision.image.Homography;
import org.equirepro.vision.image.HomographyFit;

/** From a map of displacements to those of a patch's corners, in pixels of the patch whose upper left pixel is 0, 0. */
final class CornerEstimate {

    /** How the homography is found. */
    enum Protocol {
        /** From all places alike. */
        LEAST_SQUARES,
        /** From those that agree. */
        RANSAC
    }

    private final int side;
    private final double threshold;

    /** @param threshold of RANSAC, in pixels */
    CornerEstimate(int side, double threshold) {
        this.side = side;
        this.threshold = threshold;
    }

    /**
     * Displacements of the corners: upper left, upper right, lower right, lower left.
     *
     * @param field [2, rows, columns], each the displacement of its cell's middle, x before y, in pixels
     * @param seed of RANSAC's draws
     * @return zeros if the field fixes no homography, or one that throws a corner farther than the patch is wide
     */
    double[] corners(float[] field, int rows, int columns, Protocol protocol, long seed) {
        int n = rows * columns;
        double[] from = new double[2 * n];
        double[] to = new double[2 * n];
        for (int i = 0; i < n; i++) {
            from[2 * i] = (i % columns + 0.5) * side / columns - 0.5;
            from[2 * i + 1] = (i / columns + 0.5) * side / rows - 0.5;
            to[2 * i] = from[2 * i] + field[i];
            to[2 * i + 1] = from[2 * i + 1] + field[n + i];
        }
        double last = side - 1.0;
        double[] square = {0, 0, last, 0, last, last, 0, last};
        double[] moved;
        try {
            Homography found = protocol == Protocol.RANSAC ? HomographyFit.ransac(from, to, threshold, seed).homography()
                    : HomographyFit.leastSquares(from, to);
            moved = found.apply(square);
        } catch (IllegalArgumentException degenerate) {
            return new double[8];
        }
        for (int i = 0; i < 8; i++) {
            moved[i] -= square[i];
        }
        boolean near = Arrays.stream(moved).allMatch(d -> Math.abs(d) <= side); // false for NaN, too
        return near ? moved : new double[8];
    }

    /** Mean over the corners of their distance. */
    static double error(double[] found, double[] truth) {
        double sum = 0;
        for (int i = 0; i < 8; i += 2) {
            sum += Math.hypot(found[i] - truth[i], found[i + 1] - truth[i + 1]);
        }
        return sum / 4;
    }
}
