package org.equirepro.models.detection;

import org.equirepro.tensor.boxes.Boxes;

/**
 * Boxes as offsets from anchors (Girshick et al. 2014, appendix C): (dx, dy) of the centre in anchor sizes and (dw, dh), logarithms
 * of the ratios of sides, each times a weight. Boxes as in {@link Boxes}; float32 arithmetic as in torchvision.
 */
public final class BoxCodec {

    /** A side grows to at most 1000 / 16 times the anchor's, so that exp stays finite. */
    private static final double LARGEST_LOG = Math.log(1000.0 / 16);

    private final float[] weights;
    private final float largestLog;

    /** Weights of dx, dy, dw, dh: 1 in the region proposal network, 10, 10, 5, 5 in the box head. */
    public BoxCodec(double wx, double wy, double ww, double wh) {
        this(wx, wy, ww, wh, LARGEST_LOG);
    }

    /** As above with dw and dh, divided by their weights, cut at {@code largestLog}. */
    public BoxCodec(double wx, double wy, double ww, double wh, double largestLog) {
        this.largestLog = (float) largestLog;
        weights = new float[] {(float) wx, (float) wy, (float) ww, (float) wh};
    }

    /** Offsets of each box from the anchor of its number, four each. */
    public float[] encode(float[] anchors, float[] boxes) {
        if (Boxes.count(anchors) != Boxes.count(boxes)) {
            throw new IllegalArgumentException(Boxes.count(anchors) + " anchors with " + Boxes.count(boxes) + " boxes");
        }
        float[] deltas = new float[boxes.length];
        for (int i = 0; i < boxes.length; i += 4) {
            for (int axis = 0; axis < 2; axis++) {
                float anchorSide = anchors[i + axis + 2] - anchors[i + axis];
                float side = boxes[i + axis + 2] - boxes[i + axis];
                float anchorCentre = anchors[i + axis] + 0.5f * anchorSide;
                float centre = boxes[i + axis] + 0.5f * side;
                deltas[i + axis] = weights[axis] * (centre - anchorCentre) / anchorSide;
                deltas[i + axis + 2] = weights[axis + 2] * (float) Math.log(side / anchorSide);
            }
        }
        return deltas;
    }

    /** Boxes from offsets; with {@code classes} boxes for each anchor, one after another. */
    public float[] decode(float[] anchors, float[] deltas, int classes) {
        if (deltas.length != anchors.length * classes) {
            throw new IllegalArgumentException(Boxes.count(anchors) + " anchors with " + deltas.length + " offsets for " + classes
                    + " classes");
        }
        float[] boxes = new float[deltas.length];
        for (int i = 0; i < deltas.length; i += 4) {
            int anchor = i / (4 * classes) * 4;
            for (int axis = 0; axis < 2; axis++) {
                float anchorSide = anchors[anchor + axis + 2] - anchors[anchor + axis];
                float anchorCentre = anchors[anchor + axis] + 0.5f * anchorSide;
                float centre = deltas[i + axis] / weights[axis] * anchorSide + anchorCentre;
                float log = Math.min(deltas[i + axis + 2] / weights[axis + 2], largestLog);
                float half = 0.5f * ((float) Math.exp(log) * anchorSide);
                boxes[i + axis] = centre - half;
                boxes[i + axis + 2] = centre + half;
            }
        }
        return boxes;
    }
}
