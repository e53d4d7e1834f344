package org.equirepro.models.detection;

import org.equirepro.tensor.boxes.Boxes;

/**
 * What a region proposal network is to answer for one picture.
 *
 * @param labels 1 for an anchor on an object, 0 on background, -1 not used
 * @param offsets from each anchor to its object, four an anchor; of no meaning where the label is not 1
 */
public record AnchorTargets(int[] labels, float[] offsets) {

    /**
     * @param objects boxes of the picture's objects, possibly none
     * @param codec with weights of 1
     */
    public static AnchorTargets of(Matcher matcher, BoxCodec codec, float[] anchors, float[] objects) {
        int[] matched = matcher.match(objects, anchors);
        if (Boxes.count(objects) == 0) {
            return new AnchorTargets(new int[matched.length], new float[anchors.length]);
        }
        int[] labels = new int[matched.length];
        int[] nearest = new int[matched.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = matched[i] >= 0 ? 1 : matched[i] == Matcher.BACKGROUND ? 0 : -1;
            nearest[i] = Math.max(matched[i], 0);
        }
        return new AnchorTargets(labels, codec.encode(anchors, Boxes.select(objects, nearest)));
    }
}
