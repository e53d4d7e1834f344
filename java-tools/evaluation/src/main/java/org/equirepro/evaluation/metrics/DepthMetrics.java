package org.equirepro.evaluation.metrics;

import java.util.Arrays;
import java.util.List;

/**
 * Errors of one picture's depth, as Eigen et al. (2014) and everyone since reports them; a set's score is the mean over its pictures.
 *
 * @param pixels how many count; with none all errors are 0
 * @param rmse root of the mean squared error, metres
 * @param absRel mean of |found - true| / true
 * @param rmseLog root of the mean squared difference of natural logarithms
 * @param log10 mean difference of decimal logarithms
 * @param silog standard deviation of the difference of natural logarithms; KITTI's number is 100 times this
 * @param delta1 share of pixels whose depth is wrong by less than a factor of 1.25
 */
public record DepthMetrics(int pixels, double rmse, double absRel, double rmseLog, double log10, double silog, double delta1) {

    /** Names of the errors, in the order of {@link #values}. */
    public static final List<String> NAMES = List.of("rmse", "abs_rel", "rmse_log", "log10", "silog", "delta1");

    private static final double FACTOR = 1.25;

    /**
     * Compares found and true depth in metres, both above 0.
     *
     * @param found one value for each of {@code depth}
     */
    public static DepthMetrics of(float[] found, float[] depth) {
        if (found.length != depth.length) {
            throw new IllegalArgumentException(found.length + " depths found for " + depth.length);
        }
        int n = depth.length;
        if (n == 0) {
            return new DepthMetrics(0, 0, 0, 0, 0, 0, 0);
        }
        double squares = 0;
        double relative = 0;
        double logs = 0;
        double absoluteLogs = 0;
        double squaredLogs = 0;
        int near = 0;
        for (int i = 0; i < n; i++) {
            double difference = (double) found[i] - depth[i];
            double log = StrictMath.log((double) found[i] / depth[i]);
            squares += difference * difference;
            relative += Math.abs(difference) / depth[i];
            logs += log;
            absoluteLogs += Math.abs(log);
            squaredLogs += log * log;
            near += Math.max((double) found[i] / depth[i], (double) depth[i] / found[i]) < FACTOR ? 1 : 0;
        }
        double mean = logs / n;
        return new DepthMetrics(n, Math.sqrt(squares / n), relative / n, Math.sqrt(squaredLogs / n), absoluteLogs / n / StrictMath.log(10),
                Math.sqrt(Math.max(0, squaredLogs / n - mean * mean)), (double) near / n);
    }

    /** The errors by {@link #NAMES}. */
    public double[] values() {
        return new double[] {rmse, absRel, rmseLog, log10, silog, delta1};
    }

    /** Mean of each error over pictures, at least one. */
    public static double[] means(List<DepthMetrics> pictures) {
        double[] means = new double[NAMES.size()];
        Arrays.setAll(means, k -> pictures.stream().mapToDouble(errors -> errors.values()[k]).sum() / pictures.size());
        return means;
    }
}
