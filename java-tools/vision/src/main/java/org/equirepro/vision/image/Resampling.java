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
    /** Of the fraction of a weight. */
    static final int BITS = 22;

    private final double support;

    Resampling(double support) {
        this.support = support;
    }

    abstract double weight(double x);

    /**
     * Which inputs make an output, and with what weights.
     *
     * @param samples number of inputs
     * @param first first input of each output
     * @param count number of inputs of each output
     * @param weights [outputs, taps], normalised to sum 1
     */
    record Taps(int samples, int[] first, int[] count, double[] weights, int taps) {

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

    /**
     * The taps from a stretch of {@code in} samples to {@code out} samples.
     *
     * @param from where the stretch begins, which need not be at a sample's edge; {@code span} its length
     */
    Taps taps(int in, double from, double span, int out) {
        double scale = span / out;
        double filterScale = Math.max(scale, 1);
        double reach = support * filterScale;
        int taps = (int) Math.ceil(reach) * 2 + 1;
        int[] first = new int[out];
        int[] count = new int[out];
        double[] weights = new double[out * taps];
        for (int o = 0; o < out; o++) {
            double centre = from + (o + 0.5) * scale;
            int begin = Math.max((int) (centre - reach + 0.5), 0);
            int end = Math.min((int) (centre + reach + 0.5), in);
            double sum = 0;
            for (int i = begin; i < end; i++) {
                double w = weight((i - centre + 0.5) * (1 / filterScale));
                weights[o * taps + i - begin] = w;
                sum += w;
            }
            for (int i = 0; i < end - begin && sum != 0; i++) {
                weights[o * taps + i] /= sum;
            }
            first[o] = begin;
            count[o] = end - begin;
        }
        return new Taps(in, first, count, weights, taps);
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
        RowResampler resampler = resampler(box.width(), box.height(), width, height, out);
        int[] red = new int[box.width()];
        int[] green = new int[box.width()];
        int[] blue = new int[box.width()];
        int[][] row = {red, green, blue};
        byte[] rgb = source.rgb();
        for (int y = 0; y < box.height(); y++) {
            int at = 3 * ((box.top() + y) * source.width() + box.left());
            for (int x = 0; x < red.length; x++) {
                red[x] = rgb[at + 3 * x] & 0xFF;
                green[x] = rgb[at + 3 * x + 1] & 0xFF;
                blue[x] = rgb[at + 3 * x + 2] & 0xFF;
            }
            resampler.row(row);
        }
    }

    /** Takes the rows of a picture of {@code inWidth} x {@code inHeight} and fills {@code out}, [height, width, 3], with it resized. */
    RowResampler resampler(int inWidth, int inHeight, int width, int height, byte[] out) {
        return new RowResampler(inWidth == width ? null : taps(inWidth, 0, inWidth, width),
                inHeight == height ? null : taps(inHeight, 0, inHeight, height), width, out);
    }
}
