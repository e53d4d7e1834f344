package org.equirepro.evaluation.probes;

import java.util.Arrays;
import java.util.List;
import org.equirepro.evaluation.metrics.R2;

/** Rows of results of a regression from what was answered; every value beside what a constant predictor scores. */
final class R2Rows {

    private final ProbeTask task;
    private final String target;
    private final String features;
    private final String protocol;

    R2Rows(ProbeTask task, String target, String features, String protocol) {
        this.task = task;
        this.target = target;
        this.features = features;
        this.protocol = protocol;
    }

    /**
     * The pooled value with one mean over all samples and columns, as published.
     *
     * @param predicted of each head
     * @param constant what the constant predictor answers, one number a column: the training targets' means
     */
    void pooled(ProbePart part, String metric, double[][] predicted, double[] truth, double[] constant) {
        double[] values = Arrays.stream(predicted).mapToDouble(one -> R2.pooled(one, truth)).toArray();
        task.rows(part, target, "all", features, protocol, metric, values, R2.floor(constant, truth), truth.length / constant.length);
    }

    /** A value for each column. */
    void perParameter(ProbePart part, List<String> parameters, double[][] predicted, double[] truth, double[] constant) {
        int columns = parameters.size();
        for (int i = 0; i < columns; i++) {
            int c = i;
            double[] own = column(truth, c, columns);
            double floor = R2.floor(new double[] {constant[c]}, own);
            double[] values = Arrays.stream(predicted).mapToDouble(one -> R2.pooled(column(one, c, columns), own)).toArray();
            task.rows(part, target, parameters.get(c), features, protocol, "r2", values, floor, own.length);
        }
    }

    private static double[] column(double[] values, int c, int columns) {
        double[] column = new double[values.length / columns];
        Arrays.setAll(column, i -> values[i * columns + c]);
        return column;
    }

    static double[][] widen(float[][] values) {
        return Arrays.stream(values).map(R2Rows::widen).toArray(double[][]::new);
    }

    static double[] widen(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }
}
