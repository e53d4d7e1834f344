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
    private final int[] acrossFrom;
    private final Resampling.Taps down;
    /** [taps, width] */
    private final int[][] acrossWeights;
    private final int[] downWeights;
    /** Rows of the new width, [3 * width] by colour; row y is at y modulo their number. */
    private final int[][] rows;
    private final int[] sums;
    private int in;
    private int made;

    /**
     * To [height, width, 3] bytes.
     *
     * @param across taps of a row, null to copy it; {@code down} likewise of a column
     */
    RowResampler(Resampling.Taps across, Resampling.Taps down, int width, int height, byte[] out) {
        this.down = down;
        this.width = width;
        this.height = height;
        this.out = out;
        this.acrossFrom = across == null ? null : new int[width];
        this.acrossWeights = across == null ? null : byTap(across);
        this.downWeights = down == null ? null : down.fixed();
        this.rows = new int[down == null ? 1 : down.taps()][3 * width];
        this.sums = new int[3 * width];
    }

    /** The same number of taps for every column, even if there are samples enough; what is added has weight 0. */
    private int[][] byTap(Resampling.Taps across) {
        int samples = across.samples();
        int most = Arrays.stream(across.count()).max().orElse(0);
        int taps = Math.min(most, samples);
        int[] weights = across.fixed();
        int[][] byTap = new int[taps][width];
        for (int x = 0; x < width; x++) {
            acrossFrom[x] = Math.min(across.first()[x], samples - taps);
            int shift = across.first()[x] - acrossFrom[x];
            for (int k = 0; k < across.count()[x]; k++) {
                byTap[shift + k][x] = weights[x * across.taps() + k];
            }
        }
        return byTap;
    }

    @Override
    public void row(int[][] rgb) {
        int[] row = rows[in % rows.length];
        if (acrossFrom != null) {
            across(rgb, row);
        } else {
            for (int c = 0; c < 3; c++) {
                System.arraycopy(rgb[c], 0, row, c * width, width);
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

    /** Adds two taps of all columns at a time, or one: a loop over the few taps of each column would be slower. */
    private void across(int[][] in, int[] row) {
        Arrays.fill(row, HALF);
        int k = 0;
        for (; k + 2 <= acrossWeights.length; k += 2) {
            two(in, row, k);
        }
        if (k < acrossWeights.length) {
            one(in, row, k);
        }
        clip(row);
    }

    private void two(int[][] in, int[] row, int k) {
        int[] from = acrossFrom;
        int[] a = acrossWeights[k];
        int[] b = acrossWeights[k + 1];
        int[] red = in[0];
        int[] green = in[1];
        int[] blue = in[2];
        int n = from.length;
        for (int x = 0; x < n; x++) {
            int i = from[x] + k;
            int first = a[x];
            int second = b[x];
            row[x] += red[i] * first + red[i + 1] * second;
            row[n + x] += green[i] * first + green[i + 1] * second;
            row[2 * n + x] += blue[i] * first + blue[i + 1] * second;
        }
    }

    private void one(int[][] in, int[] row, int k) {
        int[] from = acrossFrom;
        int[] a = acrossWeights[k];
        int n = from.length;
        for (int x = 0; x < n; x++) {
            int i = from[x] + k;
            int weight = a[x];
            row[x] += in[0][i] * weight;
            row[n + x] += in[1][i] * weight;
            row[2 * n + x] += in[2][i] * weight;
        }
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
