package org.equirepro.vision.image;

import java.util.Arrays;

/**
 * torchvision's transforms of float tensors on one picture, in plain Java: the yardstick for the batched operators, whose
 * results they give to about 1e-5. Each method returns a new picture.
 */
public final class FloatTransforms {

    private FloatTransforms() {}

    /** Counter-clockwise about the centre, black outside; the nearest pixel if not bilinear. */
    public static FloatPicture rotate(FloatPicture in, double degrees, boolean bilinear) {
        return affine(in, -degrees, 0, 0, 1, 0, 0, bilinear);
    }

    /** Clockwise rotation, shift in pixels, scale and shear in degrees about the centre; black outside. */
    public static FloatPicture affine(FloatPicture in, double degrees, double tx, double ty, double scale, double shearX,
            double shearY, boolean bilinear) {
        return sample(in, Geometry.inverseAffine(0, 0, degrees, tx, ty, scale, shearX, shearY), bilinear);
    }

    /** grid_sample with align_corners false and zeros outside; the matrix maps from the centre to the centre. */
    private static FloatPicture sample(FloatPicture in, double[] m, boolean bilinear) {
        int w = in.width();
        int h = in.height();
        float[] out = new float[in.values().length];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                double bx = x + 0.5 - w * 0.5;
                double by = y + 0.5 - h * 0.5;
                // through float, as the grid is
                double sx = (float) (m[0] * bx + m[1] * by + m[2] + w * 0.5 - 0.5);
                double sy = (float) (m[3] * bx + m[4] * by + m[5] + h * 0.5 - 0.5);
                for (int c = 0; c < in.channels(); c++) {
                    out[(c * h + y) * w + x] = bilinear ? bilinear(in, c, sx, sy)
                            : pixel(in, c, (int) Math.rint(sx), (int) Math.rint(sy));
                }
            }
        }
        return in.with(out);
    }

    private static float bilinear(FloatPicture in, int c, double x, double y) {
        int ix = (int) Math.floor(x);
        int iy = (int) Math.floor(y);
        double dx = x - ix;
        double dy = y - iy;
        return (float) ((1 - dy) * ((1 - dx) * pixel(in, c, ix, iy) + dx * pixel(in, c, ix + 1, iy))
                + dy * ((1 - dx) * pixel(in, c, ix, iy + 1) + dx * pixel(in, c, ix + 1, iy + 1)));
    }

    private static float pixel(FloatPicture in, int c, int x, int y) {
        return x < 0 || y < 0 || x >= in.width() || y >= in.height() ? 0 : in.values()[(c * in.height() + y) * in.width() + x];
    }

    /**
     * Convolves with a sampled and normalised Gaussian; edges are reflected without repeating the edge.
     *
     * @param size of the kernel, odd
     * @param sigma in pixels
     */
    public static FloatPicture gaussianBlur(FloatPicture in, int size, double sigma) {
        int reach = size / 2;
        if (size % 2 == 0 || !(sigma > 0) || reach >= in.width() || reach >= in.height()) {
            throw new IllegalArgumentException("kernel of " + size + " with sigma " + sigma + " on " + in.width() + " x "
                    + in.height());
        }
        double[] kernel = new double[size];
        for (int k = 0; k < size; k++) {
            kernel[k] = Math.exp(-0.5 * Math.pow((k - reach) / sigma, 2));
        }
        double sum = Arrays.stream(kernel).sum();
        int w = in.width();
        int h = in.height();
        double[] rows = new double[in.values().length];
        for (int i = 0; i < rows.length; i++) {
            int line = i / w * w;
            for (int k = 0; k < size; k++) {
                rows[i] += kernel[k] / sum * in.values()[line + reflect(i - line + k - reach, w)];
            }
        }
        float[] out = new float[rows.length];
        for (int i = 0; i < out.length; i++) {
            int plane = i / (w * h) * w * h;
            int y = (i - plane) / w;
            double value = 0;
            for (int k = 0; k < size; k++) {
                value += kernel[k] / sum * rows[plane + reflect(y + k - reach, h) * w + i % w];
            }
            out[i] = (float) value;
        }
        return in.with(out);
    }

    private static int reflect(int i, int n) {
        return i < 0 ? -i : i >= n ? 2 * n - 2 - i : i;
    }

    /** Factor 0 black, 1 unchanged. */
    public static FloatPicture brightness(FloatPicture in, double factor) {
        return blend(in, new float[in.values().length], factor);
    }

    /** Factor 0 the mean luma everywhere, 1 unchanged. */
    public static FloatPicture contrast(FloatPicture in, double factor) {
        double sum = 0;
        float[] grey = grayscale(in).values();
        int plane = in.width() * in.height();
        for (int i = 0; i < plane; i++) {
            sum += grey[i];
        }
        float[] mean = new float[in.values().length];
        Arrays.fill(mean, (float) (sum / plane));
        return blend(in, mean, factor);
    }

    /** Factor 0 grey, 1 unchanged. */
    public static FloatPicture saturation(FloatPicture in, double factor) {
        return blend(in, grayscale(in).values(), factor);
    }

    private static FloatPicture blend(FloatPicture in, float[] other, double factor) {
        float[] out = new float[other.length];
        float f = (float) factor;
        float rest = (float) (1 - factor);
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.max(0, Math.min(1, f * in.values()[i] + rest * other[i]));
        }
        return in.with(out);
    }

    /** Luma 0.2989, 0.587, 0.114 in all three channels. */
    public static FloatPicture grayscale(FloatPicture in) {
        int plane = in.width() * in.height();
        float[] v = in.values();
        float[] out = new float[v.length];
        for (int i = 0; i < plane; i++) {
            float grey = 0.2989f * v[i] + 0.587f * v[plane + i] + 0.114f * v[2 * plane + i];
            out[i] = grey;
            out[plane + i] = grey;
            out[2 * plane + i] = grey;
        }
        return in.with(out);
    }

    /** Inverts the values of {@code threshold} and above. */
    public static FloatPicture solarize(FloatPicture in, double threshold) {
        float[] out = in.values().clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = out[i] >= (float) threshold ? 1 - out[i] : out[i];
        }
        return in.with(out);
    }

    /** Turns the hue by a fraction of the circle, -0.5 .. 0.5, through HSV. */
    public static FloatPicture hue(FloatPicture in, double shift) {
        int plane = in.width() * in.height();
        float[] out = in.values().clone();
        float[] pixel = new float[3];
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < 3; c++) {
                pixel[c] = out[c * plane + i];
            }
            turn(pixel, shift);
            for (int c = 0; c < 3; c++) {
                out[c * plane + i] = pixel[c];
            }
        }
        return in.with(out);
    }

    private static void turn(float[] rgb, double shift) {
        float r = rgb[0];
        float g = rgb[1];
        float b = rgb[2];
        float most = Math.max(r, Math.max(g, b));
        float range = most - Math.min(r, Math.min(g, b));
        if (range == 0) {
            return;
        }
        double sector = most == r ? ((double) g - b) / range
                : most == g ? 2 + ((double) b - r) / range
                : 4 + ((double) r - g) / range;
        double h = sector / 6 + 1 + shift;
        h -= Math.floor(h);
        double s = range / most;
        double six = h * 6;
        int sextant = (int) Math.floor(six);
        double f = six - sextant;
        float p = clamp(most * (1 - s));
        float q = clamp(most * (1 - s * f));
        float t = clamp(most * (1 - s * (1 - f)));
        switch (sextant % 6) {
            case 0 -> set(rgb, most, t, p);
            case 1 -> set(rgb, q, most, p);
            case 2 -> set(rgb, p, most, t);
            case 3 -> set(rgb, p, q, most);
            case 4 -> set(rgb, t, p, most);
            default -> set(rgb, most, p, q);
        }
    }

    private static void set(float[] rgb, float r, float g, float b) {
        rgb[0] = r;
        rgb[1] = g;
        rgb[2] = b;
    }

    private static float clamp(double value) {
        return (float) Math.max(0, Math.min(1, value));
    }

    /** Left becomes right. */
    public static FloatPicture flip(FloatPicture in) {
        float[] out = new float[in.values().length];
        for (int i = 0; i < out.length; i++) {
            int line = i / in.width() * in.width();
            out[i] = in.values()[line + in.width() - 1 - (i - line)];
        }
        return in.with(out);
    }

    /** Cuts the box out, which must lie inside. */
    public static FloatPicture crop(FloatPicture in, Box box) {
        float[] out = new float[in.channels() * box.height() * box.width()];
        for (int c = 0, o = 0; c < in.channels(); c++) {
            for (int y = 0; y < box.height(); y++, o += box.width()) {
                System.arraycopy(in.values(), (c * in.height() + box.top() + y) * in.width() + box.left(), out, o, box.width());
            }
        }
        return new FloatPicture(in.channels(), box.height(), box.width(), out);
    }

    /** torch's interpolate with antialias: the filters of {@link Resampling} without rounding or clipping. */
    public static FloatPicture resize(FloatPicture in, Resampling filter, int width, int height) {
        Resampling.Taps across = filter.taps(in.width(), 0, in.width(), width);
        Resampling.Taps down = filter.taps(in.height(), 0, in.height(), height);
        int lines = in.channels() * in.height();
        double[] rows = new double[lines * width];
        for (int line = 0; line < lines; line++) {
            for (int x = 0; x < width; x++) {
                for (int k = 0; k < across.count()[x]; k++) {
                    rows[line * width + x] += across.weights()[x * across.taps() + k]
                            * in.values()[line * in.width() + across.first()[x] + k];
                }
            }
        }
        float[] out = new float[in.channels() * height * width];
        for (int i = 0; i < out.length; i++) {
            int c = i / (height * width);
            int y = i / width % height;
            double value = 0;
            for (int k = 0; k < down.count()[y]; k++) {
                value += down.weights()[y * down.taps() + k] * rows[(c * in.height() + down.first()[y] + k) * width + i % width];
            }
            out[i] = (float) value;
        }
        return new FloatPicture(in.channels(), height, width, out);
    }
}
