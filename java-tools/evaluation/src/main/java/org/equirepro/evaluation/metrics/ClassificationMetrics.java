package org.equirepro.evaluation.metrics;

/**
 * Accuracies and losses of a classifier from its logits ({@code samples x classes}, row by row) and labels 0 .. classes - 1.
 * Equal logits are ranked by their class, lowest first. Accuracies are in per cent.
 */
public final class ClassificationMetrics {

    private final float[] logits;
    private final int[] labels;
    private final int classes;

    /** Checks sizes and labels; a logit that is not a number is refused, since it has no rank. */
    public ClassificationMetrics(float[] logits, int[] labels, int classes) {
        if (labels.length == 0 || classes < 1 || (long) labels.length * classes != logits.length) {
            throw new IllegalArgumentException(logits.length + " logits for " + labels.length + " samples of " + classes
                    + " classes");
        }
        for (int label : labels) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("label " + label + " of " + classes + " classes");
            }
        }
        for (int i = 0; i < logits.length; i++) {
            if (Float.isNaN(logits[i])) {
                throw new IllegalArgumentException("logit of sample " + i / classes + ", class " + i % classes
                        + " is not a number");
            }
        }
        this.logits = logits;
        this.labels = labels;
        this.classes = classes;
    }

    /** Per cent of the samples whose label is among the k largest logits; of all samples if k is at least the classes. */
    public double top(int k) {
        int hits = 0;
        for (int i = 0; i < labels.length; i++) {
            hits += rankOfLabel(i) < k ? 1 : 0;
        }
        return 100.0 * hits / labels.length;
    }

    /** Class of the largest logit for each sample. */
    public int[] predictions() {
        int[] predictions = new int[labels.length];
        for (int i = 0; i < predictions.length; i++) {
            for (int c = 1; c < classes; c++) {
                if (logits[i * classes + c] > logits[i * classes + predictions[i]]) {
                    predictions[i] = c;
                }
            }
        }
        return predictions;
    }

    /** How often each label (row) was answered by each class (column). */
    public int[][] confusion() {
        return answers().confusion();
    }

    /** Mean over the classes that occur among the labels of the per cent of each that is answered rightly. */
    public double meanPerClass() {
        return answers().meanPerClass();
    }

    private ClassAnswers answers() {
        return new ClassAnswers(predictions(), labels, classes);
    }

    /** How many classes occur among the labels. */
    public int classesPresent() {
        boolean[] seen = new boolean[classes];
        int present = 0;
        for (int label : labels) {
            present += seen[label] ? 0 : 1;
            seen[label] = true;
        }
        return present;
    }

    /** Mean cross-entropy in nats. */
    public double crossEntropy() {
        return crossEntropy(0);
    }

    /**
     * Mean cross-entropy in nats against targets that give {@code smoothing} evenly to all classes and the rest to the label
     * (Szegedy et al., "Rethinking the inception architecture", CVPR 2016, section 7).
     */
    public double crossEntropy(double smoothing) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double max = Double.NEGATIVE_INFINITY;
            double mean = 0;
            for (int c = 0; c < classes; c++) {
                max = Math.max(max, logits[i * classes + c]);
                mean += logits[i * classes + c] / (double) classes;
            }
            double exponentials = 0;
            for (int c = 0; c < classes; c++) {
                exponentials += StrictMath.exp(logits[i * classes + c] - max);
            }
            double logSum = max + StrictMath.log(exponentials);
            sum += (1 - smoothing) * (logSum - logits[i * classes + labels[i]]);
            sum += smoothing == 0 ? 0 : smoothing * (logSum - mean);
        }
        return sum / labels.length;
    }

    private int rankOfLabel(int sample) {
        float own = logits[sample * classes + labels[sample]];
        int rank = 0;
        for (int c = 0; c < classes; c++) {
            float other = logits[sample * classes + c];
            rank += other > own || other == own && c < labels[sample] ? 1 : 0;
        }
        return rank;
    }
}
