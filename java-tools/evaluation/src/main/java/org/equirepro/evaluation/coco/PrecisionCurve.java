package org.equirepro.evaluation.coco;

/**
 * Precision and recall of one category at one threshold, over falling scores: precision is read at 101 recalls, each time the best
 * one at that recall or a larger one.
 *
 * @param precision at the recalls 0, 0.01, .. 1; 0 where that recall is not reached
 * @param recall with all detections
 */
record PrecisionCurve(double[] precision, double recall) {

    static final int RECALLS = 101;

    /** Keeps precision defined before the first detection, as the COCO code does. */
    private static final double SMALLEST = Math.ulp(1.0);

    /**
     * @param hits bits of all detections by falling score, as {@link Matching} has them
     * @param ignored the same
     * @param threshold number of the bit
     * @param objects how many count, at least one
     */
    static PrecisionCurve of(int[] hits, int[] ignored, int threshold, int objects) {
        double[] best = new double[hits.length];
        double[] recall = new double[hits.length];
        int right = 0;
        int wrong = 0;
        for (int d = 0; d < hits.length; d++) {
            if ((ignored[d] >> threshold & 1) == 0) {
                boolean hit = (hits[d] >> threshold & 1) != 0;
                right += hit ? 1 : 0;
                wrong += hit ? 0 : 1;
            }
            recall[d] = (double) right / objects;
            best[d] = right / (wrong + right + SMALLEST);
        }
        for (int d = hits.length - 1; d > 0; d--) {
            best[d - 1] = Math.max(best[d - 1], best[d]);
        }
        double[] precision = new double[RECALLS];
        int at = 0;
        for (int r = 0; r < RECALLS; r++) {
            double wanted = r == RECALLS - 1 ? 1 : r * 0.01;
            while (at < recall.length && recall[at] < wanted) {
                at++;
            }
            precision[r] = at < recall.length ? best[at] : 0;
        }
        return new PrecisionCurve(precision, hits.length == 0 ? 0 : recall[hits.length - 1]);
    }
}
