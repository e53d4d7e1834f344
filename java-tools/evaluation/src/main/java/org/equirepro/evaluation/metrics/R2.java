package org.equirepro.evaluation.metrics;

/**
 * Coefficients of determination, R2 = 1 - RSS / TSS, of predictions and targets given row by row ({@code rows x columns}).
 * A sum of squares of zero follows scikit-learn: 1 if the prediction is perfect, else 0. All sums are float64.
 *
 * <p>The published probe pools every output with ONE mean over samples and outputs (the evaluation code of Garrido et al.,
 * "Self-supervised learning of split invariant equivariant representations", ICML 2023). Where the columns have different
 * means, a constant predictor then scores above zero: {@link #floor} says how much.
 */
public final class R2 {

    private R2() {}

    /** Over all elements, with one mean over all elements. */
    public static double pooled(double[] prediction, double[] target) {
        checkSizes(prediction, target, 1);
        return ratio(residual(prediction, target, 0, 1), total(target, 0, 1));
    }

    /** One value for each column, each with its own mean. */
    public static double[] perColumn(double[] prediction, double[] target, int columns) {
        checkSizes(prediction, target, columns);
        double[] values = new double[columns];
        for (int c = 0; c < columns; c++) {
            values[c] = ratio(residual(prediction, target, c, columns), total(target, c, columns));
        }
        return values;
    }

    /** Plain mean of {@link #perColumn}. */
    public static double uniformAverage(double[] prediction, double[] target, int columns) {
        double sum = 0;
        for (double value : perColumn(prediction, target, columns)) {
            sum += value;
        }
        return sum / columns;
    }

    /** Mean of {@link #perColumn} weighted by each column's variance; a column without variance has no weight. */
    public static double varianceWeighted(double[] prediction, double[] target, int columns) {
        checkSizes(prediction, target, columns);
        double rss = 0;
        double constantRss = 0;
        double tss = 0;
        for (int c = 0; c < columns; c++) {
            double columnTss = total(target, c, columns);
            double columnRss = residual(prediction, target, c, columns);
            tss += columnTss;
            if (columnTss > 0) {
                rss += columnRss;
            } else {
                constantRss += columnRss;
            }
        }
        return tss > 0 ? 1 - rss / tss : ratio(constantRss, 0);
    }

    /** Mean squared error over all elements. */
    public static double meanSquaredError(double[] prediction, double[] target) {
        checkSizes(prediction, target, 1);
        return residual(prediction, target, 0, 1) / target.length;
    }

    /** {@link #pooled} of the predictor that answers {@code constant} (one value a column) for every row of {@code target}. */
    public static double floor(double[] constant, double[] target) {
        return pooled(repeat(constant, target.length), target);
    }

    /** Means of the columns, e.g. of the training targets, as the constant of {@link #floor}. */
    public static double[] columnMeans(double[] values, int columns) {
        checkSizes(values, values, columns);
        double[] means = new double[columns];
        for (int c = 0; c < columns; c++) {
            means[c] = mean(values, c, columns);
        }
        return means;
    }

    /** {@code row} again and again, {@code length} elements in all. */
    static double[] repeat(double[] row, int length) {
        double[] repeated = new double[length];
        for (int i = 0; i < length; i++) {
            repeated[i] = row[i % row.length];
        }
        return repeated;
    }

    private static double ratio(double rss, double tss) {
        if (tss > 0) {
            return 1 - rss / tss;
        }
        return rss == 0 ? 1 : 0;
    }

    private static double residual(double[] prediction, double[] target, int first, int step) {
        double sum = 0;
        for (int i = first; i < target.length; i += step) {
            double difference = prediction[i] - target[i];
            sum += difference * difference;
        }
        return sum;
    }

    private static double total(double[] target, int first, int step) {
        double mean = mean(target, first, step);
        double sum = 0;
        for (int i = first; i < target.length; i += step) {
            double difference = target[i] - mean;
            sum += difference * difference;
        }
        return sum;
    }

    /** The mean; of equal values exactly that value, so that a constant column has a variance of exactly zero. */
    private static double mean(double[] values, int first, int step) {
        double sum = 0;
        int count = 0;
        boolean constant = true;
        for (int i = first; i < values.length; i += step) {
            sum += values[i];
            count++;
            constant &= values[i] == values[first];
        }
        return constant ? values[first] : sum / count;
    }

    private static void checkSizes(double[] prediction, double[] target, int columns) {
        if (prediction.length != target.length || target.length == 0 || columns < 1 || target.length % columns != 0) {
            throw new IllegalArgumentException(prediction.length + " predictions for " + target.length + " targets in "
                    + columns + " columns");
        }
    }
}
