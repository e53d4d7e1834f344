package org.equirepro.models.detection;

import java.util.Arrays;
import org.equirepro.tensor.boxes.Boxes;

/**
 * Gives each box (an anchor, a proposal) the object that it overlaps most, if by enough (Ren et al. 2015, section 3.1.2). Boxes as
 * in {@link Boxes}.
 */
public final class Matcher {

    /** Matched with no object: background. */
    public static final int BACKGROUND = -1;
    /** Between both thresholds: not used for training. */
    public static final int BETWEEN = -2;

    private final float foreground;
    private final float background;
    private final boolean bestAlways;

    /**
     * @param foreground a box is matched if its intersection over union is this or larger: 0.7 for anchors, 0.5 for proposals
     * @param background it is background if that is smaller: 0.3 and 0.5
     * @param bestAlways whether boxes that overlap an object most are matched however little that is; for anchors
     */
    public Matcher(double foreground, double background, boolean bestAlways) {
        if (background > foreground) {
            throw new IllegalArgumentException("background up to " + background + " and foreground from " + foreground);
        }
        this.foreground = (float) foreground;
        this.background = (float) background;
        this.bestAlways = bestAlways;
    }

    /** For each box the number of its object, or {@link #BACKGROUND} or {@link #BETWEEN}; all background without objects. */
    public int[] match(float[] objects, float[] boxes) {
        int n = Boxes.count(boxes);
        int[] best = new int[n];
        float[] overlap = new float[n];
        float[] largest = new float[Boxes.count(objects)];
        Arrays.fill(overlap, -1);
        float[] all = Boxes.iou(objects, boxes);
        for (int o = 0; o < largest.length; o++) {
            for (int b = 0; b < n; b++) {
                float iou = all[o * n + b];
                largest[o] = Math.max(largest[o], iou);
                if (iou > overlap[b]) { // of equal ones the first
                    overlap[b] = iou;
                    best[b] = o;
                }
            }
        }
        int[] matched = new int[n];
        for (int b = 0; b < n; b++) {
            matched[b] = overlap[b] < background ? BACKGROUND : overlap[b] < foreground ? BETWEEN : best[b];
        }
        for (int i = 0; bestAlways && i < all.length; i++) {
            if (all[i] == largest[i / n]) {
                matched[i % n] = best[i % n];
            }
        }
        return matched;
    }
}
