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
     * @param constant what the constant predictor answers, one number a column: the training targets' means
     */
    void pooled(ProbePart part, String metric, double[] predicted, double[] truth, double[] constant) {
        row(part, "all", metric, R2.pooled(predicted, truth), R2.floor(constant, truth), truth.length / constant.length);
    }

    /** A value for each column. */
    void perParameter(ProbePart part, List<String> parameters, double[] predicted, double[] truth, double[] constant) {
        int columns = parameters.size();
        for (int c = 0; c < columns; c++) {
            double[] own = column(truth, c, columns);
            double floor = R2.floor(new double[] {constant[c]}, own);
            row(part, parameters.get(c), "r2", R2.pooled(column(predicted, c, columns), own), floor, own.length);
        }
    }

    private void row(ProbePart part, String parameter, String metric, double value, double floor, int samples) {
        part.result(task.row(target, parameter, features, protocol, metric, value, floor, samples));
    }

    private static double[] column(double[] values, int c, int columns) {
        double[] column = new double[values.length / columns];
        Arrays.setAll(column, i -> values[i * columns + c]);
        return column;
    }

    static double[] widen(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }
}
