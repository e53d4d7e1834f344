package org.equirepro.vision.image;

/**
 * Resizing with antialiasing as Pillow does it: a filter whose support grows with the reduction, first along rows, then along
 * columns, 22 bits fixed point, rounded to 8 bits after each pass. Bit-exact.
 */
public enum Resampling {
    /** Triangle of support 1. */
    BILINEAR(1) {
        @Override
        double weight(double x) {
            double a = Math.abs(x);
            return a < 1 ? 1 - a : 0;
        }
    },
    /** Cubic convolution with a = -0.5, support 2. */
    BICUBIC(2) {
        @Override
        double weight(double x) {
            double a = Math.abs(x);
            if (a < 1) {
                return ((A + 2) * a - (A + 3)) * a * a + 1;
            }
            return a < 2 ? (((a - 5) * a + 8) * a - 4) * A : 0;
        }
    };

    private static final double A = -0.5;
    private static final int BITS = 22;

    private final double support;

    Resampling(double support) {
        this.support = support;
    }

    abstract double weight(double x);

    /**
     * Which inputs make an output, and with what weights.
     *
     * @param first first input of each output
     * @param count number of inputs of each output
     * @param weights [outputs, taps], normalised to sum 1
     */
    record Taps(int[] first, int[] count, double[] weights, int taps) {

        /** Weights in fixed point, rounded away from zero at the half. */
        int[] fixed() {
            int[] fixed = new int[weights.length];
            for (int i = 0; i < fixed.length; i++) {
                double scaled = weights[i] * (1 << BITS);
                fixed[i] = (int) (weights[i] < 0 ? scaled - 0.5 : scaled + 0.5);
            }
            return fixed;
        }
    }

    /** The taps from {@code in} to {@code out} samples. */
    Taps taps(int in, int out) {
        double scale = (double) in / out;
        double filterScale = Math.max(scale, 1);
        double reach = support * filterScale;
        int taps = (int) Math.ceil(reach) * 2 + 1;
        int[] first = new int[out];
        int[] count = new int[out];
        double[] weights = new double[out * taps];
        for (int o = 0; o < out; o++) {
            double centre = (o + 0.5) * scale;
            int from = Math.max((int) (centre - reach + 0.5), 0);
            int to = Math.min((int) (centre + reach + 0.5), in);
            double sum = 0;
            for (int i = from; i < to; i++) {
                double w = weight((i - centre + 0.5) * (1 / filterScale));
                weights[o * taps + i - from] = w;
                sum += w;
            }
            for (int i = 0; i < to - from && sum != 0; i++) {
                weights[o * taps + i] /= sum;
            }
            first[o] = from;
            count[o] = to - from;
        }
        return new Taps(first, count, weights, taps);
    }

    /** Resizes the whole picture. */
    public Picture resize(Picture source, int width, int height) {
        return crop(source, Box.all(source.width(), source.height()), width, height);
    }

    /** Cuts the box out and resizes it; nothing outside of the box is looked at. */
    public Picture crop(Picture source, Box box, int width, int height) {
        Picture target = Picture.black(width, height);
        crop(source, box, width, height, target.rgb());
        return target;
    }

    /**
     * As {@link #crop(Picture, Box, int, int)} into an array of the caller.
     *
     * @param out [height, width, 3], overwritten
     */
    public void crop(Picture source, Box box, int width, int height, byte[] out) {
        if (box.top() < 0 || box.left() < 0 || box.height() < 1 || box.width() < 1
                || box.top() + box.height() > source.height() || box.left() + box.width() > source.width()) {
            throw new IllegalArgumentException(box + " does not lie in a picture of " + source.width() + " x " + source.height());
        }
        if (box.width() == width && box.height() == height) {
            for (int y = 0; y < height; y++) {
                System.arraycopy(source.rgb(), 3 * ((box.top() + y) * source.width() + box.left()), out, 3 * y * width,
                        3 * width);
            }
            return;
        }
        // rows [box.height, width, 3]: each row resized; a pass that would change nothing is left out
        byte[] rows = box.height() == height ? out : new byte[3 * box.height() * width];
        if (box.width() == width) {
            for (int y = 0; y < box.height(); y++) {
                System.arraycopy(source.rgb(), 3 * ((box.top() + y) * source.width() + box.left()), rows, 3 * y * width,
                        3 * width);
            }
        } else {
            alongRows(source, box, width, rows);
        }
        if (rows != out) {
            alongColumns(rows, box.height(), width, height, out);
        }
    }

    private void alongRows(Picture source, Box box, int width, byte[] rows) {
        Taps taps = taps(box.width(), width);
        int[] weights = taps.fixed();
        byte[] in = source.rgb();
        for (int y = 0, o = 0; y < box.height(); y++) {
            int row = 3 * ((box.top() + y) * source.width() + box.left());
            for (int x = 0; x < width; x++, o += 3) {
                int at = row + 3 * taps.first[x];
                int r = 1 << BITS - 1;
                int g = r;
                int b = r;
                for (int k = x * taps.taps, end = k + taps.count[x]; k < end; k++, at += 3) {
                    int w = weights[k];
                    r += (in[at] & 0xFF) * w;
                    g += (in[at + 1] & 0xFF) * w;
                    b += (in[at + 2] & 0xFF) * w;
                }
                rows[o] = clip(r >> BITS);
                rows[o + 1] = clip(g >> BITS);
                rows[o + 2] = clip(b >> BITS);
            }
        }
    }

    private void alongColumns(byte[] rows, int inHeight, int width, int height, byte[] out) {
        Taps taps = taps(inHeight, height);
        int[] weights = taps.fixed();
        int stride = 3 * width;
        int[] sums = new int[stride];
        for (int y = 0; y < height; y++) {
            java.util.Arrays.fill(sums, 1 << BITS - 1);
            for (int k = 0; k < taps.count[y]; k++) {
                int w = weights[y * taps.taps + k];
                int at = (taps.first[y] + k) * stride;
                for (int i = 0; i < stride; i++) {
                    sums[i] += (rows[at + i] & 0xFF) * w;
                }
            }
            for (int i = 0; i < stride; i++) {
                out[y * stride + i] = clip(sums[i] >> BITS);
            }
        }
    }

    private static byte clip(int value) {
        return (byte) (value < 0 ? 0 : Math.min(value, 255));
    }
}
