package org.equirepro.vision.jpeg;

/**
 * Brings a component's rows to the picture's width: where it has half the samples in a direction, by libjpeg's triangle filter
 * (3/4 of the nearer and 1/4 of the farther sample, rounded up and down in turn), else by repeating samples.
 */
final class Upsampler {

    private final Plane plane;
    private final int left;
    private final int width;
    /** Picture columns, and rows, to a sample. */
    private final int factorX;
    private final int factorY;
    private final boolean smoothX;
    private final boolean smoothY;
    /** Sums of two rows for the samples from {@link #first} on, with a neighbour more on both sides. */
    private final int[] sums;
    private final int first;

    /** For picture columns {@code left} to {@code left + width} (exclusive). */
    Upsampler(Plane plane, int maxH, int maxV, int left, int width) {
        this.plane = plane;
        this.left = left;
        this.width = width;
        this.factorX = maxH / plane.h;
        this.factorY = maxV / plane.v;
        boolean wide = factorX == 1 || plane.width > 2;
        this.smoothX = factorX == 2 && factorY <= 2 && wide;
        this.smoothY = factorY == 2 && factorX <= 2 && wide;
        this.first = left / factorX - 1;
        this.sums = new int[(left + width - 1) / factorX + 2 - first];
    }

    /** Row {@code y} of the picture: the values of its columns. */
    void row(int y, int[] out) {
        int near = plane.row(y / factorY);
        if (!smoothX && !smoothY) {
            byte[] samples = plane.samples;
            if (factorX == 1) {
                for (int x = 0; x < width; x++) {
                    out[x] = samples[near + left + x] & 0xFF;
                }
            } else {
                for (int x = 0; x < width; x++) {
                    out[x] = samples[near + (left + x) / factorX] & 0xFF;
                }
            }
            return;
        }
        int rest = y % factorY;
        if (smoothY) {
            sum(near, plane.row(y / 2 + 2 * rest - 1), smoothX ? 0 : rest + 1);
        } else {
            sum(near);
        }
        if (!smoothX) {
            for (int x = 0; x < width; x++) {
                out[x] = sums[x + 1] >> 2;
            }
        } else if (smoothY) {
            across(out, 8, 7, 4);
        } else {
            across(out, 1, 2, 2);
        }
    }

    /** Samples beyond the component's sides are those at its sides. */
    private int column(int i) {
        return Math.max(0, Math.min(first + i, plane.width - 1));
    }

    private void sum(int near) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = plane.samples[near + column(i)] & 0xFF;
        }
    }

    private void sum(int near, int far, int bias) {
        byte[] samples = plane.samples;
        int last = sums.length - 1;
        for (int i = 0; i <= last; i += last) {
            sums[i] = 3 * (samples[near + column(i)] & 0xFF) + (samples[far + column(i)] & 0xFF) + bias;
        }
        for (int i = 1; i < last; i++) {
            sums[i] = 3 * (samples[near + first + i] & 0xFF) + (samples[far + first + i] & 0xFF) + bias;
        }
    }

    /** Even columns lie nearer to the sample before, odd ones to that behind. */
    private void across(int[] out, int evenBias, int oddBias, int shift) {
        int[] s = sums;
        int i = 1;
        int x = 0;
        if ((left & 1) == 1) {
            out[x++] = 3 * s[1] + s[2] + oddBias >> shift;
            i++;
        }
        for (; x + 1 < width; x += 2, i++) {
            int here = 3 * s[i];
            out[x] = here + s[i - 1] + evenBias >> shift;
            out[x + 1] = here + s[i + 1] + oddBias >> shift;
        }
        if (x < width) {
            out[x] = 3 * s[i] + s[i - 1] + evenBias >> shift;
        }
    }
}
