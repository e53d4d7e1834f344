package org.equirepro.vision.jpeg;

import java.util.Arrays;

/**
 * Fewer samples than 8 x 8 from the block's low frequencies only, which is a good reduction of the picture and costs less than
 * decoding it at full size: {@code n} samples a side are the {@code n}-point transform of the first {@code n} coefficients.
 */
final class ReducedIdct implements Idct {

    private static final int BITS = 12;

    private final int n;
    private final int half;
    /** Weight of frequency k in sample x: [half, 7], 0 from frequency n on; the other half of the samples mirrors it. */
    private final int[] basis;
    private final int[] columns = new int[64];

    /** {@code n}: 1 .. 7 samples a side. */
    ReducedIdct(int n) {
        if (n < 1 || n > 7) {
            throw new IllegalArgumentException("a block of 8 reduced to " + n);
        }
        this.n = n;
        this.half = (n + 1) / 2;
        this.basis = new int[half * 7];
        for (int x = 0; x < half; x++) {
            for (int k = 0; k < n; k++) {
                // a sample is a quarter of the sum over both directions, a frequency of 0 counting 1 / sqrt 2
                double scale = (k == 0 ? 1 : Math.sqrt(2)) / Math.sqrt(8);
                basis[x * 7 + k] = (int) Math.rint(scale * StrictMath.cos((2 * x + 1) * k * Math.PI / (2 * n)) * (1 << BITS));
            }
        }
    }

    @Override
    public void apply(int[] c, int last, byte[] out, int at, int stride) {
        if (last == 0) {
            byte value = Idct.flat(c[0]);
            c[0] = 0;
            for (int y = 0; y < n; y++, at += stride) {
                Arrays.fill(out, at, at + n, value);
            }
            return;
        }
        for (int x = 0; x < n; x++) {
            column(c, x);
        }
        for (int y = 0; y < n; y++, at += stride) {
            row(8 * y, out, at);
        }
        Arrays.fill(c, 0);
    }

    private void column(int[] c, int x) {
        int[] b = basis;
        int c0 = c[x];
        int c1 = c[x + 8];
        int c2 = c[x + 16];
        int c3 = c[x + 24];
        int c4 = c[x + 32];
        int c5 = c[x + 40];
        int c6 = c[x + 48];
        for (int i = 0, k = 0; i < half; i++, k += 7) {
            int even = b[k] * c0 + b[k + 2] * c2 + b[k + 4] * c4 + b[k + 6] * c6 + (1 << BITS - 4);
            int odd = b[k + 1] * c1 + b[k + 3] * c3 + b[k + 5] * c5;
            columns[8 * i + x] = even + odd >> BITS - 3;
            columns[8 * (n - 1 - i) + x] = even - odd >> BITS - 3;
        }
    }

    private void row(int r, byte[] out, int at) {
        int[] b = basis;
        int c0 = columns[r];
        int c1 = columns[r + 1];
        int c2 = columns[r + 2];
        int c3 = columns[r + 3];
        int c4 = columns[r + 4];
        int c5 = columns[r + 5];
        int c6 = columns[r + 6];
        for (int i = 0, k = 0; i < half; i++, k += 7) {
            int even = b[k] * c0 + b[k + 2] * c2 + b[k + 4] * c4 + b[k + 6] * c6 + (1 << BITS + 2);
            int odd = b[k + 1] * c1 + b[k + 3] * c3 + b[k + 5] * c5;
            out[at + i] = Idct.sample(even + odd >> BITS + 3);
            out[at + n - 1 - i] = Idct.sample(even - odd >> BITS + 3);
        }
    }
}
