package org.equirepro.vision.dense;

import java.util.Optional;

/**
 * One annotated object of a picture.
 *
 * @param id of the annotation in its set
 * @param label class, 0 .. number of classes - 1
 * @param category the class's id in the set's own files
 * @param box around the object, in pixels; may be degenerate, as a few of COCO are
 * @param area in pixels as the set says it, by which objects count as small, medium or large
 * @param crowd whether it is a region of many objects that are not told apart
 * @param ignore whether it is neither trained on nor scored
 * @param mask which pixels it covers; empty where the set has none or its outline is degenerate
 * @param keypoints x, y and visibility (0 not given, 1 hidden, 2 visible) of every point of the class's {@link KeypointLayout};
 *     no numbers where the object has none
 * @param head box around a person's head, the measure of PCKh; MPII only
 */
public record Instance(long id, int label, long category, BoundingBox box, double area, boolean crowd, boolean ignore,
        Optional<Segmentation> mask, double[] keypoints, Optional<BoundingBox> head) {

    /** Number of keypoints whose place is given. */
    public int labelledKeypoints() {
        int count = 0;
        for (int i = 2; i < keypoints.length; i += 3) {
            count += keypoints[i] > 0 ? 1 : 0;
        }
        return count;
    }
}
