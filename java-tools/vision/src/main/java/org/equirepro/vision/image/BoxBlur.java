package org.equirepro.vision.image;

/**
 * An extended box blur along a line: a box of odd width whose two outermost weights are a fraction (Gwosdek, Grewenig, Bruhn,
 * Weickert: "Theoretical foundations of Gaussian convolution by extended box filtering", SSVM 2011), three times, in Pillow's
 * 24-bit fixed point with rounding to 8 bits after each time. Edges repeat.
 *
 * @param radius whole pixels on either side that count fully
 * @param inner weight of those, in 1/2^24
 * @param outer weight of the two pixels beyond
 */
record BoxBlur(int radius, int inner, int outer) {

    private static final int PASSES = 3;
    private static final int ONE = 1 << 24;

    /** The blur with standard deviation {@code sigma} in pixels. */
    static BoxBlur ofSigma(float sigma) {
        float variance = sigma * sigma / PASSES;
        float length = (float) Math.sqrt(12.0 * variance + 1.0);
        float whole = (float) Math.floor((length - 1.0) / 2.0);
        float fraction = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
        fraction /= 6 * (variance - (whole + 1) * (whole + 1));
        float radius = whole + fraction;
        int pixels = (int) radius;
        int inner = (int) (ONE / (radius * 2 + 1));
        return new BoxBlur(pixels, inner, (ONE - (pixels * 2 + 1) * inner) / 2);
    }

    /** Blurs [height, width, 3] bytes in place, first along rows, then along columns. */
    void apply(byte[] rgb, int width, int height) {
        if (radius == 0 && outer == 0) {
            return;
        }
        int margin = radius + 1;
        int[] a = new int[3 * (width + 2 * margin)];
        int[] b = new int[a.length];
        for (int y = 0; y < height; y++) {
            along(rgb, 3 * y * width, width, 3, a, b);
        }
        a = new int[3 * width * (height + 2 * margin)];
        b = new int[a.length];
        along(rgb, 0, height, 3 * width, a, b);
    }

    /**
     * Blurs across {@code n} groups of {@code unit} neighbouring values, all values of a group at once.
     *
     * @param a room for n + 2 * (radius + 1) groups: the values between repeated edges
     * @param b the same
     */
    private void along(byte[] values, int start, int n, int unit, int[] a, int[] b) {
        int margin = (radius + 1) * unit;
        int count = n * unit;
        for (int i = 0; i < count; i++) {
            a[margin + i] = values[start + i] & 0xFF;
        }
        int[] in = a;
        int[] out = b;
        for (int pass = 0; pass < PASSES; pass++) {
            for (int at = 0; at < margin; at += unit) {
                System.arraycopy(in, margin, in, at, unit);
                System.arraycopy(in, margin + count - unit, in, margin + count + at, unit);
            }
            once(in, out, count, unit, margin);
            int[] swap = in;
            in = out;
            out = swap;
        }
        for (int i = 0; i < count; i++) {
            values[start + i] = (byte) in[margin + i];
        }
    }

    private void once(int[] in, int[] out, int count, int unit, int margin) {
        System.arraycopy(in, margin, out, margin, count);
        for (int k = unit; k < margin; k += unit) {
            for (int i = margin; i < margin + count; i++) {
                out[i] += in[i - k] + in[i + k];
            }
        }
        for (int i = margin; i < margin + count; i++) { // at most 255.5 * 2^24: fits 32 bits without sign
            out[i] = out[i] * inner + (in[i - margin] + in[i + margin]) * outer + (1 << 23) >>> 24;
        }
    }
}
