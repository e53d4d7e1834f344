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

    /**
     * Blurs {@code n} values at {@code start, start + step, ...} in place.
     *
     * @param line room for n values
     */
    void line(byte[] values, int start, int step, int n, byte[] line) {
        if (radius == 0 && outer == 0) {
            return;
        }
        for (int pass = 0; pass < PASSES; pass++) {
            for (int i = 0, at = start; i < n; i++, at += step) {
                line[i] = values[at];
            }
            int last = n - 1;
            int first = line[0] & 0xFF;
            int sum = first * (radius + 1); // the box around pixel -1
            for (int i = 0; i < radius; i++) {
                sum += line[Math.min(i, last)] & 0xFF;
            }
            for (int i = 0, at = start; i < n; i++, at += step) {
                int left = line[Math.max(i - radius - 1, 0)] & 0xFF;
                sum += (line[Math.min(i + radius, last)] & 0xFF) - left;
                int right = line[Math.min(i + radius + 1, last)] & 0xFF;
                // at most 255.5 * 2^24: fits 32 bits without sign
                values[at] = (byte) (sum * inner + (left + right) * outer + (1 << 23) >>> 24);
            }
        }
    }
}
