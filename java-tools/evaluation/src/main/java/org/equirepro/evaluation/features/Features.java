package org.equirepro.evaluation.features;

/**
 * A table of float32 features, one row a sample, wherever it lies: in memory or in a file that is mapped. What is made of it by
 * {@link #select}, {@link #beside} and {@link FeatureMatrix.Statistics#standardise} is computed when rows are read and holds nothing,
 * so a table may be larger than the heap. Any thread may read.
 */
public interface Features {

    /** Samples. */
    int rows();

    /** Features of a sample. */
    int columns();

    /** Copies a row to {@code into}, from place {@code at} on. */
    void copy(int row, float[] into, int at);

    /** The given rows in the given order, in memory. */
    default FeatureMatrix pick(int... picked) {
        float[] values = new float[Math.multiplyExact(picked.length, columns())];
        for (int i = 0; i < picked.length; i++) {
            copy(picked[i], values, i * columns());
        }
        return new FeatureMatrix(picked.length, columns(), values);
    }

    /** Rows {@code from} to {@code to} (exclusive), in memory. */
    default FeatureMatrix block(int from, int to) {
        float[] values = new float[Math.multiplyExact(to - from, columns())];
        for (int i = from; i < to; i++) {
            copy(i, values, (i - from) * columns());
        }
        return new FeatureMatrix(to - from, columns(), values);
    }

    /** Copies a row as {@link #copy} does. */
    @FunctionalInterface
    interface RowCopy {
        void copy(int row, float[] into, int at);
    }

    /** A table whose rows are made when they are read. */
    static Features made(int rows, int columns, RowCopy copy) {
        return new Features() {
            @Override
            public int rows() {
                return rows;
            }

            @Override
            public int columns() {
                return columns;
            }

            @Override
            public void copy(int row, float[] into, int at) {
                copy.copy(row, into, at);
            }
        };
    }

    /** The given rows in the given order. */
    default Features select(int... picked) {
        return made(picked.length, columns(), (row, into, at) -> copy(picked[row], into, at));
    }

    /** The columns of {@code a}, then those of {@code b}. */
    static Features beside(Features a, Features b) {
        if (a.rows() != b.rows()) {
            throw new IllegalArgumentException(a.rows() + " rows beside " + b.rows());
        }
        return made(a.rows(), a.columns() + b.columns(), (row, into, at) -> {
            a.copy(row, into, at);
            b.copy(row, into, at + a.columns());
        });
    }

    /** Mean and standard deviation of each column; a constant column gets the deviation 1. Reads the table twice. */
    default FeatureMatrix.Statistics statistics() {
        int columns = columns();
        float[] row = new float[columns];
        double[] mean = new double[columns];
        double[] deviation = new double[columns];
        for (int i = 0; i < rows(); i++) {
            copy(i, row, 0);
            for (int c = 0; c < columns; c++) {
                mean[c] += row[c];
            }
        }
        for (int c = 0; c < columns; c++) {
            mean[c] /= rows();
        }
        for (int i = 0; i < rows(); i++) {
            copy(i, row, 0);
            for (int c = 0; c < columns; c++) {
                double difference = row[c] - mean[c];
                deviation[c] += difference * difference;
            }
        }
        for (int c = 0; c < columns; c++) {
            deviation[c] = Math.sqrt(deviation[c] / rows());
            if (deviation[c] <= 1e-7 * Math.abs(mean[c]) || deviation[c] == 0) {
                deviation[c] = 1;
            }
        }
        return new FeatureMatrix.Statistics(mean, deviation);
    }
}
