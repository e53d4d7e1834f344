package org.equirepro.vision.image;

import java.util.Arrays;
import org.equirepro.vision.jpeg.RowSink;

/**
 * Resizes a picture whose rows come one after another, with the arithmetic of {@link Resampling}. Only the rows that an output
 * row is made of are kept.
 */
final class RowResampler implements RowSink {

    private static final int BITS = Resampling.BITS;
    private static final int HALF = 1 << BITS - 1;

    private final int width;
    private final int height;
    private final byte[] out;
    /** Null where a direction stays as it is, which changes nothing even where rounding would. */
    private final Resampling.Taps across;
    private final Resampling.Taps down;
    private final int[] acrossWeights;
    private final int[] downWeights;
    /** Rows of the new width, [3 * width] by colour; row y is at y modulo their number. */
    private final int[][] rows;
    private final int[] sums;
    private int in;
    private int made;

    /**
     * From a region of {@code span} to [height, width, 3] bytes.
     *
     * @param across taps of a row, null to copy it; {@code down} likewise of a column
     */
    RowResampler(Resampling.Taps across, Resampling.Taps down, int width, int height, byte[] out) {
        this.across = across;
        this.down = down;
        this.width = width;
        this.height = height;
        this.out = out;
        this.acrossWeights = across == null ? null : across.fixed();
        this.downWeights = down == null ? null : down.fixed();
        this.rows = new int[down == null ? 1 : down.taps()][3 * width];
        this.sums = new int[3 * width];
    }

    @Override
    public void row(int[][] rgb) {
        int[] row = rows[in % rows.length];
        for (int c = 0; c < 3; c++) {
            if (across == null) {
                System.arraycopy(rgb[c], 0, row, c * width, width);
            } else {
                across(rgb[c], row, c * width);
            }
        }
        in++;
        if (down == null) {
            write(row, made++);
            return;
        }
        while (made < height && down.first()[made] + down.count()[made] <= in) {
            Arrays.fill(sums, HALF);
            for (int k = 0; k < down.count()[made]; k++) {
                add(rows[(down.first()[made] + k) % rows.length], downWeights[made * down.taps() + k]);
            }
            clip(sums);
            write(sums, made++);
        }
    }

    private void across(int[] line, int[] row, int at) {
        int taps = across.taps();
        int[] first = across.first();
        int[] count = across.count();
        int[] weights = acrossWeights;
        for (int x = 0; x < width; x++) {
            int from = first[x];
            int sum = HALF;
            int k = x * taps;
            for (int i = from, end = from + count[x]; i < end; i++) {
                sum += line[i] * weights[k++];
            }
            row[at + x] = sum;
        }
        clip(row, at, at + width);
    }

    private void add(int[] row, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += row[i] * weight;
        }
    }

    private static void clip(int[] values) {
        clip(values, 0, values.length);
    }

    /** To whole numbers held to 0 .. 255, without a branch, for vectors. */
    private static void clip(int[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            int v = values[i] >> BITS;
            int positive = v & ~(v >> 31);
            int over = positive - 255;
            values[i] = 255 + (over & over >> 31);
        }
    }

    private void write(int[] row, int y) {
        byte[] to = out;
        int at = 3 * y * width;
        for (int x = 0; x < width; x++) {
            to[at + 3 * x] = (byte) row[x];
            to[at + 3 * x + 1] = (byte) row[width + x];
            to[at + 3 * x + 2] = (byte) row[2 * width + x];
        }
    }
}
