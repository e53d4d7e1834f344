package org.equirepro.evaluation.coco;

import java.util.Optional;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Segmentation;

/**
 * One detected object, as a result file of COCO holds it; at least one of box, mask and keypoints is there.
 *
 * @param image the picture's id in the set
 * @param category the class's id in the set's own files
 * @param score larger is surer
 * @param box around the object, in pixels
 * @param mask which pixels it covers
 * @param keypoints x, y and a score of every point; no numbers where the object has none
 */
public record Detection(long image, long category, double score, Optional<BoundingBox> box, Optional<Segmentation> mask,
        double[] keypoints) {

    /** @throws IllegalArgumentException if there is nothing to compare or no score */
    public Detection {
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("its score is " + score);
        }
        if (box.isEmpty() && mask.isEmpty() && keypoints.length == 0) {
            throw new IllegalArgumentException("it has neither bbox nor segmentation nor keypoints");
        }
        if (keypoints.length % 3 != 0) {
            throw new IllegalArgumentException("keypoints has " + keypoints.length + " numbers, not three a point");
        }
        score += 0.0; // one zero only: the two are equal in rank
    }

    public static Detection ofBox(long image, long category, double score, BoundingBox box) {
        return new Detection(image, category, score, Optional.of(box), Optional.empty(), new double[0]);
    }

    public static Detection ofMask(long image, long category, double score, Segmentation mask) {
        return new Detection(image, category, score, Optional.empty(), Optional.of(mask), new double[0]);
    }

    public static Detection ofKeypoints(long image, long category, double score, double... keypoints) {
        return new Detection(image, category, score, Optional.empty(), Optional.empty(), keypoints);
    }

    /** The box, or where there is none the one around the mask, or around the keypoints. */
    BoundingBox bounds() {
        return box.or(() -> mask.map(Segmentation::bounds)).orElseGet(this::aroundKeypoints);
    }

    private BoundingBox aroundKeypoints() {
        double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (int i = 0; i < keypoints.length; i += 3) {
            for (int axis = 0; axis < 2; axis++) {
                low[axis] = Math.min(low[axis], keypoints[i + axis]);
                high[axis] = Math.max(high[axis], keypoints[i + axis]);
            }
        }
        return new BoundingBox(low[0], low[1], high[0] - low[0], high[1] - low[1]);
    }

    /**
     * What decides whether it is small, medium or large: the number of the mask's pixels where there is a mask and no box, else the
     * area of {@link #bounds}.
     *
     * @param height of the picture, in pixels
     * @param width of the picture, in pixels
     */
    double area(int height, int width) {
        return box.isEmpty() && mask.isPresent() ? mask.get().toRle(height, width).area() : bounds().area();
    }
}
