package org.equirepro.evaluation.metrics;

import java.util.Arrays;

/**
 * Overlap of predicted and true classes, counted over all pixels of all pictures, as mmsegmentation does it: pixels whose
 * label is ignored do not count, whatever was predicted there; a class that is in no label and in no prediction has no score
 * and is left out of the means.
 */
public final class SegmentationMetrics {

    private final int classes;
    private final int ignored;
    private final long[] both;
    private final long[] predicted;
    private final long[] labelled;

    /** Labels equal to {@code ignored} are left out. */
    public SegmentationMetrics(int classes, int ignored) {
        if (classes < 1) {
            throw new IllegalArgumentException(classes + " classes");
        }
        this.classes = classes;
        this.ignored = ignored;
        this.both = new long[classes];
        this.predicted = new long[classes];
        this.labelled = new long[classes];
    }

    /**
     * ADE20K's labels as stored (0: no class, 1 .. 150) to classes from 0, on 8 bits: 0 becomes 255, and so does 255 itself.
     */
    public static int withoutZero(int stored) {
        return stored == 0 || stored == 255 ? 255 : stored - 1;
    }

    /** Counts one picture; both arrays hold one class a pixel. A predicted class outside of the range is nobody's. */
    public void add(int[] prediction, int[] label) {
        if (prediction.length != label.length) {
            throw new IllegalArgumentException(prediction.length + " predicted pixels for " + label.length + " labelled ones");
        }
        for (int i = 0; i < label.length; i++) {
            if (label[i] == ignored) {
                continue;
            }
            count(predicted, prediction[i]);
            count(labelled, label[i]);
            if (prediction[i] == label[i]) {
                count(both, label[i]);
            }
        }
    }

    /** Counts pixels of one class that were counted elsewhere: where prediction and label agree, predicted ones, labelled ones. */
    public void add(int c, long agreeing, long found, long present) {
        both[c] += agreeing;
        predicted[c] += found;
        labelled[c] += present;
    }

    private void count(long[] area, int c) {
        if (c >= 0 && c < classes) {
            area[c]++;
        }
    }

    /** Pixels of each class where prediction and label agree. */
    public long[] intersection() {
        return both.clone();
    }

    /** Pixels of each class in the prediction or in the label. */
    public long[] union() {
        long[] union = new long[classes];
        Arrays.setAll(union, c -> predicted[c] + labelled[c] - both[c]);
        return union;
    }

    /** Predicted pixels of each class. */
    public long[] predicted() {
        return predicted.clone();
    }

    /** Labelled pixels of each class. */
    public long[] labelled() {
        return labelled.clone();
    }

    /** Intersection over union of each class; NaN for one without pixels. */
    public double[] iou() {
        return ratio(both, union(), 1);
    }

    /** Share of each class's labelled pixels that were found; NaN for one without labels. */
    public double[] accuracy() {
        return ratio(both, labelled, 1);
    }

    /** Dice coefficient of each class; NaN for one without pixels. */
    public double[] dice() {
        long[] sum = new long[classes];
        Arrays.setAll(sum, c -> predicted[c] + labelled[c]);
        return ratio(both, sum, 2);
    }

    private static double[] ratio(long[] part, long[] whole, int factor) {
        double[] ratio = new double[part.length];
        Arrays.setAll(ratio, c -> factor * (double) part[c] / whole[c]); // 0 / 0 is NaN
        return ratio;
    }

    /** Share of all labelled pixels that were found. */
    public double pixelAccuracy() {
        return (double) Arrays.stream(both).sum() / Arrays.stream(labelled).sum();
    }

    /** Mean over the classes that have a score; NaN if none has. */
    public static double mean(double[] scores) {
        return Arrays.stream(scores).filter(score -> !Double.isNaN(score)).average().orElse(Double.NaN);
    }
}
