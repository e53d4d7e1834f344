package org.equirepro.evaluation.homography;

import org.equirepro.vision.dense.HomographyPair;

/**
 * A pair for training.
 *
 * @param pair the patches
 * @param field [2, side, side]: how far each pixel of the first patch has moved, x before y, in pixels
 */
record PatchPair(HomographyPair pair, float[] field) {

    static PatchPair of(HomographyPair pair) {
        int side = pair.first().width();
        double[] points = new double[2 * side * side];
        for (int i = 0; i < side * side; i++) {
            points[2 * i] = pair.corners()[0] + i % side;
            points[2 * i + 1] = pair.corners()[1] + i / side;
        }
        double[] seen = pair.homography().apply(points);
        float[] field = new float[2 * side * side];
        for (int i = 0; i < side * side; i++) {
            field[i] = (float) (seen[2 * i] - points[2 * i]);
            field[side * side + i] = (float) (seen[2 * i + 1] - points[2 * i + 1]);
        }
        return new PatchPair(pair, field);
    }
}
