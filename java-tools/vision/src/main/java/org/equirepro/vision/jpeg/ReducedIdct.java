package org.equirepro.vision.jpeg;

import java.util.Arrays;

/**
 * Fewer samples than 8 x 8 from the block's low frequencies only, which is a good reduction of the picture and costs less than
 * decoding it at full size: {@code n} samples a side are the {@code n}-point transform of the first {@code n} coefficients.
 */
final class ReducedIdct implements Idct {

    private static final int BITS = 12;

    private final int n;
    /** Weight of frequency k in sample x: [n / 2 rounded up, n]; the other half mirrors it, odd frequencies with the other sign. */
    private final int[] basis;
    private final int[] columns = new int[64];

    /** {@code n}: 1 .. 7 samples a side. */
    ReducedIdct(int n) {
        if (n < 1 || n > 7) {
            throw new IllegalArgumentException("a block of 8 reduced to " + n);
        }
        this.n = n;
        this.basis = new int[(n + 1) / 2 * n];
        for (int x = 0; x < (n + 1) / 2; x++) {
            for (int k = 0; k < n; k++) {
                // sample = 1/8 sum c(k) F(k) cos(...), c(0) = 1, c(k) = sqrt 2, in one direction
                double scale = (k == 0 ? 1 : Math.sqrt(2)) / Math.sqrt(8);
                basis[x * n + k] = (int) Math.rint(scale * StrictMath.cos((2 * x + 1) * k * Math.PI / (2 * n)) * (1 << BITS));
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
        for (int k = 0; k < n; k++) { // columns: n of n samples each
            for (int x = 0; x < (n + 1) / 2; x++) {
                int even = 1 << BITS - 4;
                int odd = 0;
                for (int j = 0; j < n; j += 2) {
                    even += basis[x * n + j] * c[8 * j + k];
                }
                for (int j = 1; j < n; j += 2) {
                    odd += basis[x * n + j] * c[8 * j + k];
                }
                columns[8 * x + k] = even + odd >> BITS - 3;
                columns[8 * (n - 1 - x) + k] = even - odd >> BITS - 3;
            }
        }
        for (int y = 0; y < n; y++, at += stride) {
            for (int x = 0; x < (n + 1) / 2; x++) {
                int even = 1 << BITS + 2;
                int odd = 0;
                for (int j = 0; j < n; j += 2) {
                    even += basis[x * n + j] * columns[8 * y + j];
                }
                for (int j = 1; j < n; j += 2) {
                    odd += basis[x * n + j] * columns[8 * y + j];
                }
                out[at + x] = Idct.sample(even + odd >> BITS + 3);
                out[at + n - 1 - x] = Idct.sample(even - odd >> BITS + 3);
            }
        }
        Arrays.fill(c, 0);
    }
}
