package org.equirepro.evaluation.coco;

import java.util.Arrays;

/**
 * Which detections of one picture and category find an object, at every threshold at once. Each detection, in the order of its
 * score, takes the object that it covers best of those still free; one that is left out of the score (another size, a crowd)
 * only if there is no other. A crowd may be taken by many.
 *
 * @param hits for each detection a bit for each threshold at which it found an object
 * @param ignored for each detection a bit for each threshold at which it does not count
 * @param objects number of objects that count
 */
record Matching(int[] hits, int[] ignored, int objects) {

    /** A threshold of 1 can be met, too. */
    private static final double HIGHEST = 1 - 1e-10;

    /**
     * The objects of a picture and category.
     *
     * @param crowd whether each is a crowd region
     * @param leftOut whether each does not count
     * @param nameless whether each has id 0, so that a match with it is none
     */
    record Objects(boolean[] crowd, boolean[] leftOut, boolean[] nameless) {}

    /**
     * @param overlaps [detections][objects], detections by falling score
     * @param outside whether each detection is of a size that is not scored: it is left out unless it finds an object
     * @param thresholds at most 31, ascending
     */
    static Matching of(double[][] overlaps, Objects objects, boolean[] outside, double[] thresholds) {
        int[] order = leftOutLast(objects.leftOut);
        int counted = (int) Arrays.stream(order).filter(g -> !objects.leftOut[g]).count();
        int[] hits = new int[overlaps.length];
        int[] ignored = new int[overlaps.length];
        for (int t = 0; t < thresholds.length; t++) {
            boolean[] taken = new boolean[order.length];
            for (int d = 0; d < overlaps.length; d++) {
                int best = best(overlaps[d], order, objects, taken, Math.min(thresholds[t], HIGHEST));
                if (best >= 0) {
                    taken[best] = true;
                    hits[d] |= objects.nameless[best] ? 0 : 1 << t;
                }
                boolean hit = (hits[d] >> t & 1) != 0;
                ignored[d] |= best >= 0 && objects.leftOut[best] || !hit && outside[d] ? 1 << t : 0;
            }
        }
        return new Matching(hits, ignored, counted);
    }

    private static int best(double[] overlap, int[] order, Objects objects, boolean[] taken, double threshold) {
        double highest = threshold;
        int best = -1;
        for (int g : order) {
            if (taken[g] && !objects.crowd[g]) {
                continue;
            }
            if (best >= 0 && !objects.leftOut[best] && objects.leftOut[g]) {
                break;
            }
            if (overlap[g] >= highest) { // of equal ones the last
                highest = overlap[g];
                best = g;
            }
        }
        return best;
    }

    private static int[] leftOutLast(boolean[] leftOut) {
        int[] order = new int[leftOut.length];
        int n = 0;
        for (boolean wanted : new boolean[] {false, true}) {
            for (int g = 0; g < order.length; g++) {
                if (leftOut[g] == wanted) {
                    order[n++] = g;
                }
            }
        }
        return order;
    }
}
