package org.equirepro.tensor.boxes;

import java.util.Arrays;

/**
 * Non-maximum suppression: going down the scores, a box is dropped if a kept one overlaps it by more than the threshold. Boxes as
 * in {@link Boxes}; among equal scores the one with the smaller index comes first, so the result is the same everywhere.
 */
public final class Nms {

    private Nms() {}

    /**
     * Indices of the kept boxes, best first.
     *
     * @param threshold a box is dropped if its intersection over union is larger
     */
    public static int[] keep(float[] boxes, float[] scores, double threshold) {
        return suppress(boxes, scores, new int[scores.length], threshold);
    }

    /** As above where boxes suppress only those of their own class. */
    public static int[] keepByClass(float[] boxes, float[] scores, int[] classes, double threshold) {
        if (classes.length != scores.length) {
            throw new IllegalArgumentException(scores.length + " scores with " + classes.length + " classes");
        }
        return suppress(boxes, scores, classes, threshold);
    }

    private static int[] suppress(float[] boxes, float[] scores, int[] classes, double threshold) {
        if (Boxes.count(boxes) != scores.length) {
            throw new IllegalArgumentException(Boxes.count(boxes) + " boxes with " + scores.length + " scores");
        }
        int[] order = order(scores);
        int[] kept = new int[order.length];
        int n = 0;
        for (int i : order) {
            boolean free = true;
            for (int k = 0; k < n && free; k++) {
                int j = kept[k];
                // not a number, of two empty boxes, suppresses nothing
                free = classes[i] != classes[j] || !(Boxes.iou(boxes, j, boxes, i) > threshold);
            }
            if (free) {
                kept[n++] = i;
            }
        }
        return Arrays.copyOf(kept, n);
    }

    /** Indices by descending score, equal ones ascending; not a number counts as the largest, as in PyTorch. */
    public static int[] order(float[] scores) {
        long[] keys = new long[scores.length];
        for (int i = 0; i < keys.length; i++) {
            int bits = Float.floatToIntBits(scores[i] + 0f); // one zero only
            int ascending = bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
            keys[i] = (long) ~ascending << 32 | i;
        }
        Arrays.sort(keys);
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }
}
