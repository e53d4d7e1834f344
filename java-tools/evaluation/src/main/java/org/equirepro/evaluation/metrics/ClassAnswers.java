package org.equirepro.evaluation.metrics;

/**
 * One class answered for each sample, and what it scores; per cent.
 *
 * @param labels 0 .. classes - 1, as the answers
 */
public record ClassAnswers(int[] answers, int[] labels, int classes) {

    /** Checks that there is an answer for each of at least one sample. */
    public ClassAnswers {
        if (labels.length == 0 || answers.length != labels.length) {
            throw new IllegalArgumentException(answers.length + " answers for " + labels.length + " samples");
        }
    }

    /** Of all samples. */
    public double top1() {
        int hits = 0;
        for (int i = 0; i < labels.length; i++) {
            hits += answers[i] == labels[i] ? 1 : 0;
        }
        return 100.0 * hits / labels.length;
    }

    /** How often each label (row) was answered by each class (column). */
    public int[][] confusion() {
        int[][] counts = new int[classes][classes];
        for (int i = 0; i < labels.length; i++) {
            counts[labels[i]][answers[i]]++;
        }
        return counts;
    }

    /** Mean over the classes that occur among the labels of the per cent of each that is answered rightly. */
    public double meanPerClass() {
        int[] totals = new int[classes];
        int[] hits = new int[classes];
        for (int i = 0; i < labels.length; i++) {
            totals[labels[i]]++;
            hits[labels[i]] += answers[i] == labels[i] ? 1 : 0;
        }
        double sum = 0;
        int present = 0;
        for (int c = 0; c < classes; c++) {
            sum += totals[c] == 0 ? 0 : 100.0 * hits[c] / totals[c];
            present += totals[c] == 0 ? 0 : 1;
        }
        return sum / present;
    }
}
