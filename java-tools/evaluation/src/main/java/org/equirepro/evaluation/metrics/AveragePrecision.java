package org.equirepro.evaluation.metrics;

import java.util.stream.IntStream;

/**
 * Precision and recall of one class over falling scores, and the two averages of Pascal VOC (Everingham et al., IJCV 2010):
 * of 2007 at eleven recalls, of 2010 and later at every recall. Labels: 1 has the class, 0 has not, -1 difficult and left out.
 * Equal scores are ranked by their position, first one first.
 */
public final class AveragePrecision {

    private final double[] precision;
    private final double[] recall;

    /** One score and one label a sample. */
    public AveragePrecision(double[] scores, int[] labels) {
        if (scores.length != labels.length) {
            throw new IllegalArgumentException(scores.length + " scores for " + labels.length + " labels");
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < -1 || labels[i] > 1 || Double.isNaN(scores[i])) {
                throw new IllegalArgumentException("sample " + i + ": label " + labels[i] + ", score " + scores[i]);
            }
        }
        int[] order = IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).boxed()
                .sorted((a, b) -> Double.compare(scores[b], scores[a])).mapToInt(Integer::intValue).toArray();
        long positives = IntStream.of(order).filter(i -> labels[i] == 1).count();
        precision = new double[order.length];
        recall = new double[order.length];
        int hits = 0;
        for (int rank = 0; rank < order.length; rank++) {
            hits += labels[order[rank]];
            precision[rank] = (double) hits / (rank + 1);
            recall[rank] = positives == 0 ? 0 : (double) hits / positives;
        }
    }

    /** Area under the curve after each precision is raised to the best one at the same or a larger recall. */
    public double allPoints() {
        double area = 0;
        double best = 0;
        for (int rank = precision.length - 1; rank >= 0; rank--) {
            best = Math.max(best, precision[rank]);
            area += (recall[rank] - (rank == 0 ? 0 : recall[rank - 1])) * best;
        }
        return area;
    }

    /** Mean of the best precision at a recall of at least 0, 0.1, ... 1; none counts as 0. */
    public double elevenPoint() {
        double sum = 0;
        for (int i = 0; i <= 10; i++) {
            double best = 0;
            for (int rank = 0; rank < precision.length; rank++) {
                if (recall[rank] >= i * 0.1) {
                    best = Math.max(best, precision[rank]);
                }
            }
            sum += best;
        }
        return sum / 11;
    }
}
