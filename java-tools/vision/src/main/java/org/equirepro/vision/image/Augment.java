package org.equirepro.vision.image;

/**
 * Colour changes, flips and blur in place on [height, width, 3] bytes, with the results of Pillow (as torchvision calls it):
 * 8 bits after every operation, and Pillow's truncation and rounding.
 */
public final class Augment {

    private Augment() {}

    /** Pillow's weights of ITU-R 601-2 luma in 16 bits. */
    private static int luma(byte[] rgb, int at) {
        return (rgb[at] & 0xFF) * 19595 + (rgb[at + 1] & 0xFF) * 38470 + (rgb[at + 2] & 0xFF) * 7471 + 0x8000 >> 16;
    }

    /** {@code from + alpha * (to - from)}, cut to an integer, clipped if {@code alpha} leads beyond the two. */
    private static byte blend(int from, int to, float alpha) {
        float value = from + alpha * (to - from);
        return (byte) (value <= 0 ? 0 : value >= 255 ? 255 : (int) value);
    }

    /** Factor 0 black, 1 unchanged. */
    public static void brightness(byte[] rgb, double factor) {
        towards(rgb, 0, (float) factor);
    }

    /** Factor 0 the mean luma everywhere, 1 unchanged. */
    public static void contrast(byte[] rgb, double factor) {
        long sum = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            sum += luma(rgb, i);
        }
        towards(rgb, (int) ((double) sum / (rgb.length / 3) + 0.5), (float) factor);
    }

    private static void towards(byte[] rgb, int from, float alpha) {
        if (alpha == 1) {
            return;
        }
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = alpha == 0 ? (byte) from : blend(from, v, alpha);
        }
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = table[rgb[i] & 0xFF];
        }
    }

    /** Factor 0 grey, 1 unchanged. */
    public static void saturation(byte[] rgb, double factor) {
        float alpha = (float) factor;
        if (alpha == 1) {
            return;
        }
        for (int i = 0; i < rgb.length; i += 3) {
            int grey = luma(rgb, i);
            for (int c = i; c < i + 3; c++) {
                rgb[c] = alpha == 0 ? (byte) grey : blend(grey, rgb[c] & 0xFF, alpha);
            }
        }
    }

    /**
     * Turns the hue by a fraction of the circle, through 8-bit HSV.
     *
     * @param shift -0.5 .. 0.5
     */
    public static void hue(byte[] rgb, double shift) {
        int turn = (int) (shift * 255) & 0xFF;
        for (int i = 0; i < rgb.length; i += 3) {
            turnHue(rgb, i, turn);
        }
    }

    private static void turnHue(byte[] rgb, int at, int turn) {
        int r = rgb[at] & 0xFF;
        int g = rgb[at + 1] & 0xFF;
        int b = rgb[at + 2] & 0xFF;
        int v = Math.max(r, Math.max(g, b));
        int least = Math.min(r, Math.min(g, b));
        if (v == least) {
            return; // grey has no hue: it stays as it is
        }
        float range = v - least;
        int s = (int) (range / v * 255.0);
        float sector;
        if (r == v) {
            sector = (v - b) / range - (v - g) / range;
        } else if (g == v) {
            sector = (float) (2.0 + (v - r) / range - (v - b) / range);
        } else {
            sector = (float) (4.0 + (v - g) / range - (v - r) / range);
        }
        double turns = sector / 6.0 + 1.0; // 5/6 .. 2; the remainder of a division by 1 is exact, and slow
        float h = (float) (turns >= 1 ? turns - 1 : turns);
        int hue = (int) (h * 255.0) + turn & 0xFF;
        if (s == 0) {
            rgb[at] = (byte) v;
            rgb[at + 1] = (byte) v;
            rgb[at + 2] = (byte) v;
            return;
        }
        int sextant = (int) (hue * 6.0 / 255.0);
        float f = (float) (hue * 6.0 / 255.0 - sextant);
        float fs = (float) (s / 255.0);
        int p = (int) (v * (1.0 - fs) + 0.5);
        int q = (int) (v * (1.0 - fs * f) + 0.5);
        int t = (int) (v * (1.0 - fs * (1.0 - f)) + 0.5);
        switch (sextant % 6) {
            case 0 -> set(rgb, at, v, t, p);
            case 1 -> set(rgb, at, q, v, p);
            case 2 -> set(rgb, at, p, v, t);
            case 3 -> set(rgb, at, p, q, v);
            case 4 -> set(rgb, at, t, p, v);
            default -> set(rgb, at, v, p, q);
        }
    }

    private static void set(byte[] rgb, int at, int r, int g, int b) {
        rgb[at] = (byte) r;
        rgb[at + 1] = (byte) g;
        rgb[at + 2] = (byte) b;
    }

    /** Luma in all three channels. */
    public static void grayscale(byte[] rgb) {
        for (int i = 0; i < rgb.length; i += 3) {
            int grey = luma(rgb, i);
            set(rgb, i, grey, grey, grey);
        }
    }

    /** Inverts the values of {@code threshold} and above. */
    public static void solarize(byte[] rgb, int threshold) {
        for (int i = 0; i < rgb.length; i++) {
            int v = rgb[i] & 0xFF;
            if (v >= threshold) {
                rgb[i] = (byte) (255 - v);
            }
        }
    }

    /** Left becomes right. */
    public static void flip(byte[] rgb, int width, int height) {
        for (int y = 0; y < height; y++) {
            int a = 3 * y * width;
            int b = a + 3 * (width - 1);
            for (; a < b; a += 3, b -= 3) {
                for (int c = 0; c < 3; c++) {
                    byte keep = rgb[a + c];
                    rgb[a + c] = rgb[b + c];
                    rgb[b + c] = keep;
                }
            }
        }
    }

    /** Pillow's GaussianBlur(radius): three extended box blurs a direction, whose variance is {@code radius} squared. */
    public static void gaussianBlur(byte[] rgb, int width, int height, double radius) {
        if (!(radius >= 0)) {
            throw new IllegalArgumentException("radius of a blur must not be negative: " + radius);
        }
        BoxBlur.ofSigma((float) radius).apply(rgb, width, height);
    }
}
