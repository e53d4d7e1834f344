package org.equirepro.vision.jpeg;

/** A row of samples to RGB: ITU-R BT.601 in 16 bits as libjpeg's, and Pillow's way with CMYK. */
interface Colours {

    /**
     * Converts a row.
     *
     * @param in values 0 .. 255 by component
     * @param rgb from {@code at} on, three bytes a column
     */
    void convert(int[][] in, int width, byte[] rgb, int at);

    /** By libjpeg's rules for what the components are. */
    static Colours of(Frame frame) {
        return switch (frame.components().length) {
            case 1 -> Colours::grey;
            case 3 -> frame.isYcc() ? Colours::ycc : Colours::rgb;
            default -> frame.adobe() == 2 ? Colours::ycck : Colours::cmyk;
        };
    }

    private static void grey(int[][] in, int width, byte[] rgb, int at) {
        for (int x = 0, o = at; x < width; x++, o += 3) {
            byte value = (byte) in[0][x];
            rgb[o] = value;
            rgb[o + 1] = value;
            rgb[o + 2] = value;
        }
    }

    private static void rgb(int[][] in, int width, byte[] rgb, int at) {
        for (int x = 0, o = at; x < width; x++, o += 3) {
            rgb[o] = (byte) in[0][x];
            rgb[o + 1] = (byte) in[1][x];
            rgb[o + 2] = (byte) in[2][x];
        }
    }

    private static void ycc(int[][] in, int width, byte[] rgb, int at) {
        int[] ys = in[0];
        int[] cbs = in[1];
        int[] crs = in[2];
        for (int x = 0, o = at; x < width; x++, o += 3) {
            int y = ys[x];
            int cb = cbs[x] - 128;
            int cr = crs[x] - 128;
            rgb[o] = clip(y + (91881 * cr + 32768 >> 16));
            rgb[o + 1] = clip(y + (-22554 * cb - 46802 * cr + 32768 >> 16));
            rgb[o + 2] = clip(y + (116130 * cb + 32768 >> 16));
        }
    }

    /** YCCK is YCbCr of the inverted CMY; K passes through. */
    private static void ycck(int[][] in, int width, byte[] rgb, int at) {
        ycc(in, width, rgb, at);
        for (int x = 0, o = at; x < width; x++) {
            for (int c = 0; c < 3; c++, o++) {
                rgb[o] = ink(rgb[o] & 0xFF, in[3][x]);
            }
        }
    }

    private static void cmyk(int[][] in, int width, byte[] rgb, int at) {
        for (int x = 0, o = at; x < width; x++) {
            for (int c = 0; c < 3; c++, o++) {
                rgb[o] = ink(255 - in[c][x], in[3][x]);
            }
        }
    }

    /** Pillow takes every CMYK JPEG for an inverted one, as Adobe writes them, and multiplies with the inverted black. */
    private static byte ink(int inverse, int white) {
        int product = inverse * white + 128;
        return clip(white - (product + (product >> 8) >> 8));
    }

    private static byte clip(int v) {
        return (byte) ((v & ~255) == 0 ? v : ~v >> 31);
    }
}
