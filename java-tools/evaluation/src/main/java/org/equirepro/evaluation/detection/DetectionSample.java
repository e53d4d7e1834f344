package org.equirepro.evaluation.detection;

import java.util.ArrayList;
import java.util.List;
import org.equirepro.models.detection.ObjectTargets;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.Rle;
import org.equirepro.vision.dense.Segmentation;
import org.equirepro.vision.views.DetectionViews;

/**
 * A training picture with its objects.
 *
 * @param rgb [side, side, 3]
 */
record DetectionSample(byte[] rgb, ObjectTargets objects) {

    /**
     * @param drawn the view
     * @param objects in the view
     * @param points keypoints of an object; 0 if none are learnt
     */
    static DetectionSample of(byte[] rgb, DetectionViews.Parameters drawn, List<Instance> objects, int points) {
        int n = objects.size();
        float[] boxes = new float[4 * n];
        int[] classes = new int[n];
        List<Rle> masks = new ArrayList<>();
        float[] keypoints = new float[3 * points * n];
        for (int i = 0; i < n; i++) {
            Instance object = objects.get(i);
            boxes[4 * i] = (float) object.box().x();
            boxes[4 * i + 1] = (float) object.box().y();
            boxes[4 * i + 2] = (float) (object.box().x() + object.box().width());
            boxes[4 * i + 3] = (float) (object.box().y() + object.box().height());
            classes[i] = object.label() + 1;
            Segmentation mask = object.mask().orElseThrow();
            masks.add((Rle) mask);
            for (int k = 0; k < points && object.keypoints().length > 0; k++) {
                int from = 3 * k;
                int to = 3 * (i * points + k);
                keypoints[to] = (float) (object.keypoints()[from] + 0.5); // a pixel's number is half a pixel before its middle
                keypoints[to + 1] = (float) (object.keypoints()[from + 1] + 0.5);
                keypoints[to + 2] = (float) object.keypoints()[from + 2];
            }
        }
        return new DetectionSample(rgb, new ObjectTargets(drawn.crop().height(), drawn.crop().width(), boxes, classes, masks, keypoints));
    }
}
