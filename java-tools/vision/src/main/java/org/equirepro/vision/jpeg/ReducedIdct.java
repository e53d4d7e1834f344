package org.equirepro.vision.jpeg;

import java.util.Arrays;

/**
 * Fewer samples than 8 x 8 from the block's low frequencies only, which is a good reduction of the picture and costs less than
 * decoding it at full size: {@code n} samples a side are the {@code n}-point transform of the first {@code n} coefficients,
 *
 * <pre>s(x) = c(0) + sqrt 2 * sum over k = 1 .. n - 1 of c(k) cos((2x + 1) k pi / 2n),</pre>
 *
 * down and across, by 8. Frequencies of even number are the same in sample x and its mirror image n - 1 - x, those of odd number
 * change their sign, so each half is summed once; half of the even ones are the transform of n / 2 points.
 */
final class ReducedIdct implements Idct {

    private static final int BITS = 12;
    /** Of a fraction between the two directions. */
    private static final int PASS_BITS = 3;
    private static final int SHIFT_1 = BITS - PASS_BITS;
    private static final int SHIFT_2 = BITS + PASS_BITS + 3;

    // F_n_m = sqrt 2 * cos(m pi / 2n)
    private static final int ONE = 1 << BITS;
    private static final int SQRT_2 = fixed(Math.sqrt(2));
    private static final int F_3_1 = weight(3, 1);
    private static final int F_3_2 = weight(3, 2);
    private static final int F_4_1 = weight(4, 1);
    private static final int F_4_3 = weight(4, 3);
    private static final int F_5_1 = weight(5, 1);
    private static final int F_5_2 = weight(5, 2);
    private static final int F_5_3 = weight(5, 3);
    private static final int F_5_4 = weight(5, 4);
    private static final int F_6_5 = weight(6, 5);
    private static final int F_7_1 = weight(7, 1);
    private static final int F_7_2 = weight(7, 2);
    private static final int F_7_3 = weight(7, 3);
    private static final int F_7_4 = weight(7, 4);
    private static final int F_7_5 = weight(7, 5);
    private static final int F_7_6 = weight(7, 6);

    private final int n;
    /** After the columns: transposed, [x, y]. */
    private final int[] columns = new int[64];
    private final int[] row = new int[8];

    /** {@code n}: 1 .. 7 samples a side. */
    ReducedIdct(int n) {
        if (n < 1 || n > 7) {
            throw new IllegalArgumentException("a block of 8 reduced to " + n);
        }
        this.n = n;
    }

    private static int fixed(double value) {
        return (int) Math.rint(value * ONE);
    }

    private static int weight(int n, int m) {
        return fixed(Math.sqrt(2) * StrictMath.cos(m * Math.PI / (2 * n)));
    }

    @Override
    public void apply(int[] c, int last, byte[] out, int at, int stride) {
        if (last == 0 || n == 1) {
            byte value = Idct.flat(c[0]);
            Arrays.fill(c, 0);
            for (int y = 0; y < n; y++, at += stride) {
                Arrays.fill(out, at, at + n, value);
            }
            return;
        }
        for (int x = 0; x < n; x++) {
            points(c, x, columns, 8 * x, SHIFT_1);
        }
        for (int y = 0; y < n; y++, at += stride) {
            points(columns, y, row, 0, SHIFT_2);
            for (int x = 0; x < n; x++) {
                out[at + x] = Idct.sample(row[x]);
            }
        }
        Arrays.fill(c, 0);
    }

    /** Transforms n values of {@code c}, each 8 behind the one before, and leaves {@code shift} bits away. */
    private void points(int[] c, int at, int[] to, int first, int shift) {
        switch (n) {
            case 2 -> two(c, at, to, first, shift);
            case 3 -> three(c, at, to, first, shift);
            case 4 -> four(c, at, to, first, shift);
            case 5 -> five(c, at, to, first, shift);
            case 6 -> six(c, at, to, first, shift);
            default -> seven(c, at, to, first, shift);
        }
    }

    private static void two(int[] c, int at, int[] to, int first, int shift) {
        int even = (c[at] << BITS) + (1 << shift - 1);
        int odd = c[at + 8] << BITS;
        to[first] = even + odd >> shift;
        to[first + 1] = even - odd >> shift;
    }

    private static void three(int[] c, int at, int[] to, int first, int shift) {
        int mean = (c[at] << BITS) + (1 << shift - 1);
        int even = mean + F_3_2 * c[at + 16];
        int odd = F_3_1 * c[at + 8];
        to[first] = even + odd >> shift;
        to[first + 1] = mean - SQRT_2 * c[at + 16] >> shift;
        to[first + 2] = even - odd >> shift;
    }

    private static void four(int[] c, int at, int[] to, int first, int shift) {
        int c1 = c[at + 8];
        int c3 = c[at + 24];
        int mean = (c[at] << BITS) + (1 << shift - 1);
        int slope = c[at + 16] << BITS;
        int odd0 = F_4_1 * c1 + F_4_3 * c3;
        int odd1 = F_4_3 * c1 - F_4_1 * c3;
        to[first] = mean + slope + odd0 >> shift;
        to[first + 1] = mean - slope + odd1 >> shift;
        to[first + 2] = mean - slope - odd1 >> shift;
        to[first + 3] = mean + slope - odd0 >> shift;
    }

    private static void five(int[] c, int at, int[] to, int first, int shift) {
        int c1 = c[at + 8];
        int c2 = c[at + 16];
        int c3 = c[at + 24];
        int c4 = c[at + 32];
        int mean = (c[at] << BITS) + (1 << shift - 1);
        int even0 = mean + F_5_2 * c2 + F_5_4 * c4;
        int even1 = mean - F_5_4 * c2 - F_5_2 * c4;
        int odd0 = F_5_1 * c1 + F_5_3 * c3;
        int odd1 = F_5_3 * c1 - F_5_1 * c3;
        to[first] = even0 + odd0 >> shift;
        to[first + 1] = even1 + odd1 >> shift;
        to[first + 2] = mean + SQRT_2 * (c4 - c2) >> shift;
        to[first + 3] = even1 - odd1 >> shift;
        to[first + 4] = even0 - odd0 >> shift;
    }

    /** The weights of the odd frequencies are 1 and (sqrt 3 + 1) / 2, (sqrt 3 - 1) / 2, which differ by 1. */
    private static void six(int[] c, int at, int[] to, int first, int shift) {
        int c1 = c[at + 8];
        int c3 = c[at + 24] << BITS;
        int c4 = c[at + 32];
        int c5 = c[at + 40];
        int mean = (c[at] << BITS) + (1 << shift - 1);
        int outer = mean + F_3_2 * c4;
        int slope = F_3_1 * c[at + 16];
        int even0 = outer + slope;
        int even1 = mean - SQRT_2 * c4;
        int even2 = outer - slope;
        int both = F_6_5 * (c1 + c5);
        int odd0 = both + (c1 << BITS) + c3;
        int odd1 = (c1 - c5 << BITS) - c3;
        int odd2 = both + (c5 << BITS) - c3;
        to[first] = even0 + odd0 >> shift;
        to[first + 1] = even1 + odd1 >> shift;
        to[first + 2] = even2 + odd2 >> shift;
        to[first + 3] = even2 - odd2 >> shift;
        to[first + 4] = even1 - odd1 >> shift;
        to[first + 5] = even0 - odd0 >> shift;
    }

    private static void seven(int[] c, int at, int[] to, int first, int shift) {
        int c1 = c[at + 8];
        int c2 = c[at + 16];
        int c3 = c[at + 24];
        int c4 = c[at + 32];
        int c5 = c[at + 40];
        int c6 = c[at + 48];
        int mean = (c[at] << BITS) + (1 << shift - 1);
        int even0 = mean + F_7_2 * c2 + F_7_4 * c4 + F_7_6 * c6;
        int even1 = mean + F_7_6 * c2 - F_7_2 * c4 - F_7_4 * c6;
        int even2 = mean - F_7_4 * c2 - F_7_6 * c4 + F_7_2 * c6;
        int odd0 = F_7_1 * c1 + F_7_3 * c3 + F_7_5 * c5;
        int odd1 = F_7_3 * c1 - F_7_5 * c3 - F_7_1 * c5;
        int odd2 = F_7_5 * c1 - F_7_1 * c3 + F_7_3 * c5;
        to[first] = even0 + odd0 >> shift;
        to[first + 1] = even1 + odd1 >> shift;
        to[first + 2] = even2 + odd2 >> shift;
        to[first + 3] = mean + SQRT_2 * (c4 - c2 - c6) >> shift;
        to[first + 4] = even2 - odd2 >> shift;
        to[first + 5] = even1 - odd1 >> shift;
        to[first + 6] = even0 - odd0 >> shift;
    }
}
