package org.equirepro.evaluation.metrics;

import java.util.Arrays;

/** How well a mask fits, as the DAVIS benchmark says it (Perazzi et al. 2016; the measures of DAVIS 2017). */
public final class MaskScores {

    /** How far two outlines may lie apart, as a part of the picture's diagonal. */
    private static final double BOUND = 0.008;

    private MaskScores() {}

    /** J: intersection over union; 1 where both masks are empty. */
    public static double region(boolean[] found, boolean[] truth) {
        int both = 0;
        int either = 0;
        for (int i = 0; i < truth.length; i++) {
            both += found[i] && truth[i] ? 1 : 0;
            either += found[i] || truth[i] ? 1 : 0;
        }
        return either == 0 ? 1 : (double) both / either;
    }

    /**
     * F: harmonic mean of the shares of the found outline that lies near the true one, and of the true one that lies near the found one.
     * Near is within .008 of the diagonal, rounded up, pixels. Where one outline alone is empty the score is 0, where both are 1.
     *
     * @param found [height, width] in row order
     */
    public static double boundary(boolean[] found, boolean[] truth, int width, int height) {
        boolean[] ours = outline(found, width, height);
        boolean[] theirs = outline(truth, width, height);
        int n = count(ours);
        int m = count(theirs);
        if (n == 0 || m == 0) {
            return n == m ? 1 : 0;
        }
        int radius = (int) Math.ceil(BOUND * Math.sqrt((double) width * width + (double) height * height));
        double precision = (double) common(ours, widened(theirs, width, height, radius)) / n;
        double recall = (double) common(theirs, widened(ours, width, height, radius)) / m;
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /** Pixels that differ from the one to the right, below, or both; there is nothing to the right of and below the last ones. */
    static boolean[] outline(boolean[] mask, int width, int height) {
        boolean[] outline = new boolean[mask.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = y * width + x;
                boolean right = x + 1 < width && mask[at] != mask[at + 1];
                boolean below = y + 1 < height && mask[at] != mask[at + width];
                boolean corner = x + 1 < width && y + 1 < height && mask[at] != mask[at + width + 1];
                outline[at] = right || below || corner;
            }
        }
        return outline;
    }

    /** All pixels within a distance of a marked one. */
    private static boolean[] widened(boolean[] marked, int width, int height, int radius) {
        boolean[] wide = new boolean[marked.length];
        for (int i = 0; i < marked.length; i++) {
            if (marked[i]) {
                for (int dy = Math.max(-radius, -(i / width)); dy <= radius && i / width + dy < height; dy++) {
                    int half = (int) Math.sqrt(radius * radius - dy * dy);
                    int row = (i / width + dy) * width;
                    Arrays.fill(wide, row + Math.max(0, i % width - half), row + Math.min(width - 1, i % width + half) + 1, true);
                }
            }
        }
        return wide;
    }

    private static int count(boolean[] marked) {
        return common(marked, marked);
    }

    private static int common(boolean[] a, boolean[] b) {
        int n = 0;
        for (int i = 0; i < a.length; i++) {
            n += a[i] && b[i] ? 1 : 0;
        }
        return n;
    }
}
