package org.equirepro.vision.image;

import java.util.Arrays;

/**
 * Resizes one plane of a picture whose rows come one after another, with the arithmetic of {@link Resampling}. Only the rows that
 * an output row is made of are kept.
 */
final class PlaneResampler {

    private static final int BITS = Resampling.BITS;
    private static final int HALF = 1 << BITS - 1;

    /**
     * The taps of a row, ordered for a loop over its columns. All columns have the same number, even if there are samples enough;
     * what is added has weight 0.
     *
     * @param from first sample of each column
     * @param weights [taps, width]
     */
    record Across(int[] from, int[][] weights) {

        static Across of(Resampling.Taps taps) {
            int samples = taps.samples();
            int width = taps.first().length;
            int[] fixed = taps.fixed();
            int[] from = new int[width];
            int[][] weights = new int[Math.min(Arrays.stream(taps.count()).max().orElse(0), samples)][width];
            for (int x = 0; x < width; x++) {
                from[x] = Math.min(taps.first()[x], samples - weights.length);
                int shift = taps.first()[x] - from[x];
                for (int k = 0; k < taps.count()[x]; k++) {
                    weights[shift + k][x] = fixed[x * taps.taps() + k];
                }
            }
            return new Across(from, weights);
        }
    }

    private final int width;
    /** Null where a direction stays as it is, which changes nothing even where rounding would. */
    private final Across across;
    private final Resampling.Taps down;
    private final int[] downWeights;
    /** Rows of the new width; row y is at y modulo their number. */
    private final int[][] rows;
    private final int[] sums;
    private int in;
    private int made;

    /**
     * To rows of {@code width} columns.
     *
     * @param across null to copy rows; {@code down} likewise for columns
     */
    PlaneResampler(Across across, Resampling.Taps down, int width) {
        this.width = width;
        this.across = across;
        this.down = down;
        this.downWeights = down == null ? null : down.fixed();
        this.rows = new int[down == null ? 1 : down.taps()][width];
        this.sums = new int[width];
    }

    /** Takes the plane's next row. */
    void put(int[] samples) {
        int[] row = rows[in++ % rows.length];
        if (across == null) {
            System.arraycopy(samples, 0, row, 0, width);
            return;
        }
        Arrays.fill(row, HALF);
        int[][] weights = across.weights;
        int k = 0;
        // taps of all columns two at a time: a loop over the few taps of each column would be slower
        for (; k + 2 <= weights.length; k += 2) {
            two(samples, row, k);
        }
        if (k < weights.length) {
            one(samples, row, k);
        }
        clip(row);
    }

    private void two(int[] in, int[] row, int k) {
        int[] from = across.from;
        int[] a = across.weights[k];
        int[] b = across.weights[k + 1];
        for (int x = 0; x < row.length; x++) {
            int i = from[x] + k;
            row[x] += in[i] * a[x] + in[i + 1] * b[x];
        }
    }

    private void one(int[] in, int[] row, int k) {
        int[] from = across.from;
        int[] a = across.weights[k];
        for (int x = 0; x < row.length; x++) {
            row[x] += in[from[x] + k] * a[x];
        }
    }

    /** Whether the rows of the next output row are there. */
    boolean ready() {
        return down == null ? made < in : made < down.first().length && down.first()[made] + down.count()[made] <= in;
    }

    /** The next output row, 0 .. 255; valid until the next call of a method. */
    int[] take() {
        int y = made++;
        if (down == null) {
            return rows[0];
        }
        Arrays.fill(sums, HALF);
        for (int k = 0; k < down.count()[y]; k++) {
            add(rows[(down.first()[y] + k) % rows.length], downWeights[y * down.taps() + k]);
        }
        clip(sums);
        return sums;
    }

    private void add(int[] row, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += row[i] * weight;
        }
    }

    /** To whole numbers held to 0 .. 255, without a branch, for vectors. */
    private static void clip(int[] values) {
        for (int i = 0; i < values.length; i++) {
            int v = values[i] >> BITS;
            int positive = v & ~(v >> 31);
            int over = positive - 255;
            values[i] = 255 + (over & over >> 31);
        }
    }
}
