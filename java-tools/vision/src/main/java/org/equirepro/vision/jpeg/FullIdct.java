package org.equirepro.vision.jpeg;

import java.util.Arrays;

/**
 * 8 x 8 samples by the accurate integer method of the Independent JPEG Group (after Loeffler, Ligtenberg and Moschytz, ICASSP
 * 1989): 13-bit constants, two more bits between the columns and the rows. To the bit as libjpeg.
 */
final class FullIdct implements Idct {

    private static final int BITS = 13;
    private static final int PASS_BITS = 2;
    private static final int HALF_1 = 1 << BITS - PASS_BITS - 1;
    private static final int HALF_2 = 1 << BITS + PASS_BITS + 2;
    private static final int SHIFT_1 = BITS - PASS_BITS;
    private static final int SHIFT_2 = BITS + PASS_BITS + 3;

    // cosines and their sums, times 2^13; the names are the values
    private static final int F_0_298 = 2446;
    private static final int F_0_390 = 3196;
    private static final int F_0_541 = 4433;
    private static final int F_0_765 = 6270;
    private static final int F_0_899 = 7373;
    private static final int F_1_175 = 9633;
    private static final int F_1_501 = 12299;
    private static final int F_1_847 = 15137;
    private static final int F_1_961 = 16069;
    private static final int F_2_053 = 16819;
    private static final int F_2_562 = 20995;
    private static final int F_3_072 = 25172;

    /** No picture has a larger mean: 8 times 128, and as much again for rounding. */
    private static final int MAX_DC = 2048;

    private final int[] columns = new int[64];

    @Override
    public void apply(int[] c, int last, byte[] out, int at, int stride) {
        if (last == 0) {
            byte value = Idct.flat(c[0]);
            c[0] = 0;
            for (int y = 0; y < 8; y++, at += stride) {
                Arrays.fill(out, at, at + 8, value);
            }
            return;
        }
        // in zigzag order the first 10 coefficients lie in 4 columns and rows
        int used = last < 10 ? 4 : 8;
        for (int x = 0; x < used; x++) {
            column(c, x);
        }
        if (Math.abs(c[0]) > MAX_DC) {
            holdTo16Bits(c);
        }
        for (int y = 0; y < 8; y++, at += stride) {
            row(used, 8 * y, out, at);
        }
        Arrays.fill(c, 0, 8 * used, 0);
    }

    /** With damaged data: what libjpeg-turbo's 16-bit vectors have here, which wrap if all columns are flat and else saturate. */
    private void holdTo16Bits(int[] c) {
        int sloping = 0;
        for (int i = 8; i < 64; i++) {
            sloping |= c[i];
        }
        for (int i = 0; i < 64; i++) {
            int value = columns[i];
            columns[i] = sloping == 0 ? (short) value : Math.max(Short.MIN_VALUE, Math.min(value, Short.MAX_VALUE));
        }
    }

    private void column(int[] c, int x) {
        int[] w = columns;
        int i1 = c[x + 8];
        int i2 = c[x + 16];
        int i3 = c[x + 24];
        int i4 = c[x + 32];
        int i5 = c[x + 40];
        int i6 = c[x + 48];
        int i7 = c[x + 56];
        if ((i1 | i2 | i3 | i4 | i5 | i6 | i7) == 0) {
            int flat = c[x] << PASS_BITS;
            for (int y = x; y < 64; y += 8) {
                w[y] = flat;
            }
            return;
        }
        int z1 = (i2 + i6) * F_0_541;
        int t2 = z1 - i6 * F_1_847;
        int t3 = z1 + i2 * F_0_765;
        int t0 = ((short) (c[x] + i4) << BITS) + HALF_1;
        int t1 = ((short) (c[x] - i4) << BITS) + HALF_1;
        int e0 = t0 + t3;
        int e3 = t0 - t3;
        int e1 = t1 + t2;
        int e2 = t1 - t2;
        int z3 = i7 + i3;
        int z4 = i5 + i1;
        int z5 = (z3 + z4) * F_1_175;
        z3 = z5 - z3 * F_1_961;
        z4 = z5 - z4 * F_0_390;
        int za = (i7 + i1) * -F_0_899;
        int zb = (i5 + i3) * -F_2_562;
        int o3 = i7 * F_0_298 + za + z3;
        int o2 = i5 * F_2_053 + zb + z4;
        int o1 = i3 * F_3_072 + zb + z3;
        int o0 = i1 * F_1_501 + za + z4;
        w[x] = e0 + o0 >> SHIFT_1;
        w[x + 56] = e0 - o0 >> SHIFT_1;
        w[x + 8] = e1 + o1 >> SHIFT_1;
        w[x + 48] = e1 - o1 >> SHIFT_1;
        w[x + 16] = e2 + o2 >> SHIFT_1;
        w[x + 40] = e2 - o2 >> SHIFT_1;
        w[x + 24] = e3 + o3 >> SHIFT_1;
        w[x + 32] = e3 - o3 >> SHIFT_1;
    }

    /** The same across a row; columns from {@code used} on are zero. */
    private void row(int used, int r, byte[] out, int at) {
        int[] w = columns;
        int i1 = w[r + 1];
        int i2 = w[r + 2];
        int i3 = w[r + 3];
        int i4 = 0;
        int i5 = 0;
        int i6 = 0;
        int i7 = 0;
        if (used == 8) {
            i4 = w[r + 4];
            i5 = w[r + 5];
            i6 = w[r + 6];
            i7 = w[r + 7];
        }
        int z1 = (i2 + i6) * F_0_541;
        int t2 = z1 - i6 * F_1_847;
        int t3 = z1 + i2 * F_0_765;
        int t0 = ((short) (w[r] + i4) << BITS) + HALF_2;
        int t1 = ((short) (w[r] - i4) << BITS) + HALF_2;
        int e0 = t0 + t3;
        int e3 = t0 - t3;
        int e1 = t1 + t2;
        int e2 = t1 - t2;
        int z3 = i7 + i3;
        int z4 = i5 + i1;
        int z5 = (z3 + z4) * F_1_175;
        z3 = z5 - z3 * F_1_961;
        z4 = z5 - z4 * F_0_390;
        int za = (i7 + i1) * -F_0_899;
        int zb = (i5 + i3) * -F_2_562;
        int o3 = i7 * F_0_298 + za + z3;
        int o2 = i5 * F_2_053 + zb + z4;
        int o1 = i3 * F_3_072 + zb + z3;
        int o0 = i1 * F_1_501 + za + z4;
        out[at] = Idct.sample(e0 + o0 >> SHIFT_2);
        out[at + 7] = Idct.sample(e0 - o0 >> SHIFT_2);
        out[at + 1] = Idct.sample(e1 + o1 >> SHIFT_2);
        out[at + 6] = Idct.sample(e1 - o1 >> SHIFT_2);
        out[at + 2] = Idct.sample(e2 + o2 >> SHIFT_2);
        out[at + 5] = Idct.sample(e2 - o2 >> SHIFT_2);
        out[at + 3] = Idct.sample(e3 + o3 >> SHIFT_2);
        out[at + 4] = Idct.sample(e3 - o3 >> SHIFT_2);
    }
}
