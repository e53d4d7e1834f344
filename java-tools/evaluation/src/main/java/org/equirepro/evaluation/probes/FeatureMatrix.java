package org.equirepro.evaluation.probes;

/**
 * Features of samples, float32.
 *
 * @param rows samples
 * @param columns features of a sample
 * @param values [rows, columns], row by row; not copied
 */
record FeatureMatrix(int rows, int columns, float[] values) {

    FeatureMatrix {
        if ((long) rows * columns != values.length) {
            throw new IllegalArgumentException(values.length + " values for " + rows + " x " + columns);
        }
    }

    /** The columns of {@code a}, then those of {@code b}. */
    static FeatureMatrix beside(FeatureMatrix a, FeatureMatrix b) {
        if (a.rows != b.rows) {
            throw new IllegalArgumentException(a.rows + " rows beside " + b.rows);
        }
        int columns = a.columns + b.columns;
        float[] values = new float[Math.multiplyExact(a.rows, columns)];
        for (int i = 0; i < a.rows; i++) {
            System.arraycopy(a.values, i * a.columns, values, i * columns, a.columns);
            System.arraycopy(b.values, i * b.columns, values, i * columns + a.columns, b.columns);
        }
        return new FeatureMatrix(a.rows, columns, values);
    }

    /** The given rows in the given order. */
    FeatureMatrix pick(int[] picked) {
        float[] some = new float[Math.multiplyExact(picked.length, columns)];
        for (int i = 0; i < picked.length; i++) {
            System.arraycopy(values, picked[i] * columns, some, i * columns, columns);
        }
        return new FeatureMatrix(picked.length, columns, some);
    }

    /** Mean and standard deviation of each column; a constant column gets the deviation 1. */
    Statistics statistics() {
        double[] mean = new double[columns];
        double[] deviation = new double[columns];
        for (int c = 0; c < columns; c++) {
            for (int i = 0; i < rows; i++) {
                mean[c] += values[i * columns + c];
            }
            mean[c] /= rows;
            for (int i = 0; i < rows; i++) {
                double difference = values[i * columns + c] - mean[c];
                deviation[c] += difference * difference;
            }
            deviation[c] = Math.sqrt(deviation[c] / rows);
            if (deviation[c] <= 1e-7 * Math.abs(mean[c]) || deviation[c] == 0) {
                deviation[c] = 1;
            }
        }
        return new Statistics(mean, deviation);
    }

    /** Column by column; of the training features, and applied to training and test features alike. */
    record Statistics(double[] mean, double[] deviation) {

        /** (x - mean) / deviation. */
        FeatureMatrix standardise(FeatureMatrix x) {
            float[] values = new float[x.values.length];
            for (int i = 0; i < values.length; i++) {
                int c = i % x.columns;
                values[i] = (float) ((x.values[i] - mean[c]) / deviation[c]);
            }
            return new FeatureMatrix(x.rows, x.columns, values);
        }
    }
}
