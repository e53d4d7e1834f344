package org.equirepro.evaluation.probes;

/** What a classifier scores that always answers the most frequent class of the training labels; per cent. */
final class ConstantAnswer {

    private ConstantAnswer() {}

    static double top1(int[] trainLabels, int[] testLabels, int classes) {
        int answer = mostFrequent(trainLabels, classes);
        int hits = 0;
        for (int label : testLabels) {
            hits += label == answer ? 1 : 0;
        }
        return 100.0 * hits / testLabels.length;
    }

    /** Mean over the classes that occur among the test labels. */
    static double meanPerClass(int[] trainLabels, int[] testLabels, int classes) {
        int answer = mostFrequent(trainLabels, classes);
        boolean[] seen = new boolean[classes];
        int present = 0;
        for (int label : testLabels) {
            present += seen[label] ? 0 : 1;
            seen[label] = true;
        }
        return seen[answer] ? 100.0 / present : 0;
    }

    /** The lowest of the most frequent ones. */
    private static int mostFrequent(int[] labels, int classes) {
        int[] counts = new int[classes];
        int best = 0;
        for (int label : labels) {
            counts[label]++;
        }
        for (int c = 1; c < classes; c++) {
            best = counts[c] > counts[best] ? c : best;
        }
        return best;
    }
}
