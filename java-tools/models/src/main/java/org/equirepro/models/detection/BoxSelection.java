package org.equirepro.models.detection;

import java.util.Arrays;
import org.equirepro.tensor.boxes.Boxes;
import org.equirepro.tensor.boxes.Nms;

/**
 * From the box head's answers for a picture's proposals to its objects (Girshick 2015): each class of each proposal is a box of
 * its own, suppressed by those of its class only. Class 0 is the background.
 *
 * @param codec of the box head
 * @param score a box remains if its probability is larger: 0.05
 * @param threshold of non-maximum suppression: 0.5
 * @param most boxes of a picture: 100
 */
public record BoxSelection(BoxCodec codec, double score, double threshold, int most) {

    /** A box with a side below this, in pixels, is none. */
    private static final double SMALLEST = 1e-2;

    /**
     * @param boxes best first
     * @param scores probabilities
     * @param labels classes from 1 on
     */
    public record Objects(float[] boxes, float[] scores, int[] labels) {}

    /**
     * The objects of one picture.
     *
     * @param logits [proposals, classes]
     * @param offsets [proposals, 4 classes]
     * @param proposals boxes
     * @param height of the picture in pixels, without padding
     * @param width likewise
     */
    public Objects select(float[] logits, float[] offsets, float[] proposals, int height, int width) {
        int rows = Boxes.count(proposals);
        if (rows == 0) {
            return new Objects(new float[0], new float[0], new int[0]);
        }
        if (logits.length % rows != 0 || offsets.length != 4 * logits.length) {
            throw new IllegalArgumentException(rows + " proposals with " + logits.length + " logits and " + offsets.length + " offsets");
        }
        int classes = logits.length / rows;
        float[] boxes = Boxes.clip(codec.decode(proposals, offsets, classes), width, height);
        float[] probabilities = softmax(logits, classes);
        int[] large = Arrays.stream(Boxes.atLeast(boxes, SMALLEST)).filter(i -> i % classes > 0 && probabilities[i] > (float) score)
                .toArray();
        float[] scores = gather(probabilities, large);
        float[] candidates = Boxes.select(boxes, large);
        int[] labels = Arrays.stream(large).map(i -> i % classes).toArray();
        int[] kept = Arrays.stream(Nms.keepByClass(candidates, scores, labels, threshold)).limit(most).toArray();
        return new Objects(Boxes.select(candidates, kept), gather(scores, kept), Arrays.stream(kept).map(i -> labels[i]).toArray());
    }

    private static float[] gather(float[] values, int[] indices) {
        float[] gathered = new float[indices.length];
        for (int i = 0; i < indices.length; i++) {
            gathered[i] = values[indices[i]];
        }
        return gathered;
    }

    private static float[] softmax(float[] logits, int classes) {
        float[] probabilities = new float[logits.length];
        for (int row = 0; row < logits.length; row += classes) {
            float top = logits[row];
            for (int k = 1; k < classes; k++) {
                top = Math.max(top, logits[row + k]);
            }
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                sum += Math.exp(logits[row + k] - top);
            }
            for (int k = 0; k < classes; k++) {
                probabilities[row + k] = (float) (Math.exp(logits[row + k] - top) / sum);
            }
        }
        return probabilities;
    }
}
