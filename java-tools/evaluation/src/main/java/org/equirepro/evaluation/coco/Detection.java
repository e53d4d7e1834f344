package org.equirepro.evaluation.coco;

import java.util.Optional;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Rle;

/**
 * One detected object.
 *
 * @param imageId the picture's id in the set
 * @param category the class's id in the set's own files
 * @param score higher is surer
 * @param box around it, in pixels
 * @param area by which it counts as small, medium or large, in pixels
 * @param mask the pixels it covers, where masks are detected
 * @param keypoints x, y and anything for every point; no numbers where no points are detected
 */
public record Detection(long imageId, long category, double score, BoundingBox box, double area, Optional<Rle> mask,
        double[] keypoints) {

    /** A box. */
    public static Detection of(long imageId, long category, double score, BoundingBox box) {
        return new Detection(imageId, category, score, box, box.area(), Optional.empty(), new double[0]);
    }

    /** A mask; its box and area follow from it. */
    public static Detection of(long imageId, long category, double score, Rle mask) {
        return new Detection(imageId, category, score, mask.bounds(), mask.area(), Optional.of(mask), new double[0]);
    }

    /** Points; the box is the smallest around all of them. */
    public static Detection of(long imageId, long category, double score, double[] keypoints) {
        double left = Double.POSITIVE_INFINITY;
        double top = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double bottom = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < keypoints.length; i += 3) {
            left = Math.min(left, keypoints[i]);
            right = Math.max(right, keypoints[i]);
            top = Math.min(top, keypoints[i + 1]);
            bottom = Math.max(bottom, keypoints[i + 1]);
        }
        BoundingBox box = new BoundingBox(left, top, right - left, bottom - top);
        return new Detection(imageId, category, score, box, box.area(), Optional.empty(), keypoints);
    }
}
