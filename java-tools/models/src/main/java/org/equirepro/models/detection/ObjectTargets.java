package org.equirepro.models.detection;

import java.util.List;
import org.equirepro.tensor.boxes.Boxes;
import org.equirepro.vision.dense.Rle;

/**
 * The objects of one picture that a detector is trained on, in pixels of the batch; possibly none.
 *
 * @param height of the picture without padding, in pixels; {@code width} likewise
 * @param boxes as in {@link Boxes}, none of them degenerate
 * @param classes from 1 on
 * @param masks one an object, as large as the batch's pictures
 * @param keypoints x, y and visibility (0 for not labelled) of every point of every object; empty without keypoints
 */
public record ObjectTargets(int height, int width, float[] boxes, int[] classes, List<Rle> masks, float[] keypoints) {

    /** @throws IllegalArgumentException if the numbers of boxes, classes and masks differ */
    public ObjectTargets {
        masks = List.copyOf(masks);
        if (Boxes.count(boxes) != classes.length || masks.size() != classes.length) {
            throw new IllegalArgumentException(Boxes.count(boxes) + " boxes with " + classes.length + " classes and " + masks.size()
                    + " masks");
        }
    }

    /** x, y and visibility of the keypoints of these objects, one after another. */
    float[] keypoints(int[] objects) {
        int numbers = classes.length == 0 ? 0 : keypoints.length / classes.length;
        float[] of = new float[numbers * objects.length];
        for (int i = 0; i < objects.length; i++) {
            System.arraycopy(keypoints, numbers * objects[i], of, numbers * i, numbers);
        }
        return of;
    }
}
