package org.equirepro.evaluation.keypoints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.metrics.KeypointMetrics;

/**
 * Of persons found twice in a picture, which detectors give boxes for, the surer ones (Papandreou et al. 2017): going down the
 * scores, one is dropped whose keypoints are more similar to a kept one's than the threshold.
 *
 * @param threshold of the object keypoint similarity: .9
 * @param sigmas COCO's constant of each keypoint
 */
record PoseNms(double threshold, double[] sigmas) {

    /** What remains, picture by picture in the given order, surest first. */
    List<Detection> keep(List<Detection> found) {
        Map<Long, List<Detection>> kept = new LinkedHashMap<>();
        for (Detection d : found) {
            kept.computeIfAbsent(d.image(), image -> new ArrayList<>()).add(d);
        }
        return kept.values().stream().flatMap(ofPicture -> ofPicture(ofPicture).stream()).toList();
    }

    private List<Detection> ofPicture(List<Detection> found) {
        List<Detection> kept = new ArrayList<>();
        found.stream().sorted(Comparator.comparingDouble(Detection::score).reversed()).forEach(d -> {
            if (kept.stream().noneMatch(k -> similarity(k, d) > threshold)) {
                kept.add(d);
            }
        });
        return kept;
    }

    private double similarity(Detection a, Detection b) {
        boolean[] all = new boolean[sigmas.length];
        Arrays.fill(all, true);
        double area = (a.box().orElseThrow().area() + b.box().orElseThrow().area()) / 2;
        return KeypointMetrics.similarity(points(b), points(a), all, area, sigmas);
    }

    private static double[][] points(Detection d) {
        double[][] points = new double[d.keypoints().length / 3][];
        for (int k = 0; k < points.length; k++) {
            points[k] = new double[] {d.keypoints()[3 * k], d.keypoints()[3 * k + 1]};
        }
        return points;
    }
}
