package org.equirepro.evaluation.coco;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.Rle;

/** Objects and detections of one picture and class, and which of them belong together. */
final class Cell {

    /** The highest threshold is a little below 1, so that equal objects always meet. */
    private static final double MOST = 1 - 1e-10;

    final List<Instance> truths = new ArrayList<>();
    final List<Rle> masks = new ArrayList<>();
    final List<Detection> detections = new ArrayList<>();
    /** By area range and detection: a bit for every threshold at which the detection has found an object. */
    int[][] found;
    /** The same for those that are left out of the score. */
    int[][] ignored;
    /** By area range: objects that count. */
    int[] positives;

    /** Matches every detection, the surest first, to the best object that is still free. */
    void match(Measure measure, double[] thresholds) {
        detections.sort(Comparator.comparingDouble(d -> -d.score())); // stable
        int most = measure.most[measure.most.length - 1];
        if (detections.size() > most) {
            detections.subList(most, detections.size()).clear();
        }
        double[][] overlaps = measure.overlaps(this);
        found = new int[measure.areas.length][detections.size()];
        ignored = new int[measure.areas.length][detections.size()];
        positives = new int[measure.areas.length];
        for (int a = 0; a < measure.areas.length; a++) {
            double least = measure.areas[a][0];
            double largest = measure.areas[a][1];
            boolean[] leftOut = new boolean[truths.size()];
            List<Integer> order = new ArrayList<>();
            for (int g = 0; g < leftOut.length; g++) {
                double area = truths.get(g).area();
                leftOut[g] = measure.ignored(truths.get(g)) || area < least || area > largest;
                positives[a] += leftOut[g] ? 0 : 1;
                order.add(g);
            }
            order.sort(Comparator.comparing(g -> leftOut[g])); // those that count first; stable
            for (int t = 0; t < thresholds.length; t++) {
                match(a, t, Math.min(thresholds[t], MOST), overlaps, order, leftOut);
            }
            for (int d = 0; d < detections.size(); d++) {
                double area = detections.get(d).area();
                if (area < least || area > largest) {
                    ignored[a][d] |= ~found[a][d]; // of another size, and nothing found: neither right nor wrong
                }
            }
        }
    }

    private void match(int a, int t, double threshold, double[][] overlaps, List<Integer> order, boolean[] leftOut) {
        boolean[] taken = new boolean[truths.size()];
        for (int d = 0; d < overlaps.length; d++) {
            double best = threshold;
            int match = -1;
            for (int g : order) {
                if (taken[g] && !truths.get(g).crowd()) {
                    continue;
                }
                if (match >= 0 && !leftOut[match] && leftOut[g]) {
                    break;
                }
                if (overlaps[d][g] >= best) {
                    best = overlaps[d][g];
                    match = g;
                }
            }
            if (match >= 0) {
                taken[match] = true;
                ignored[a][d] |= leftOut[match] ? 1 << t : 0;
                // COCO's own program marks a match by the object's id and so overlooks one whose id is 0
                found[a][d] |= truths.get(match).id() == 0 ? 0 : 1 << t;
            }
        }
    }
}
