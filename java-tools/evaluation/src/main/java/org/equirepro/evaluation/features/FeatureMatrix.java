package org.equirepro.evaluation.features;

/**
 * Features of samples in memory, float32.
 *
 * @param rows samples
 * @param columns features of a sample
 * @param values [rows, columns], row by row; not copied
 */
public record FeatureMatrix(int rows, int columns, float[] values) implements Features {

    public FeatureMatrix {
        if ((long) rows * columns != values.length) {
            throw new IllegalArgumentException(values.length + " values for " + rows + " x " + columns);
        }
    }

    @Override
    public void copy(int row, float[] into, int at) {
        System.arraycopy(values, row * columns, into, at, columns);
    }

    /** Column by column; of the training features, and applied to training and test features alike. */
    public record Statistics(double[] mean, double[] deviation) {

        /** (x - mean) / deviation. */
        public Features standardise(Features x) {
            return Features.made(x.rows(), x.columns(), (row, into, at) -> {
                x.copy(row, into, at);
                for (int c = 0; c < mean.length; c++) {
                    into[at + c] = (float) ((into[at + c] - mean[c]) / deviation[c]);
                }
            });
        }
    }
}
