package org.equirepro.vision.jpeg;

/** A row of samples to RGB: ITU-R BT.601 in 16 bits as libjpeg's, and Pillow's way with CMYK. */
interface Colours {

    /**
     * Converts a row in place.
     *
     * @param row values 0 .. 255, [components, width]; overwritten
     * @param spare room for another row
     * @return red, green and blue: the arrays given, which may be one and the same
     */
    int[][] convert(int[][] row, int[] spare);

    /** By libjpeg's rules for what the components are. */
    static Colours of(Frame frame) {
        return switch (frame.components().length) {
            case 1 -> (row, spare) -> new int[][] {row[0], row[0], row[0]};
            case 3 -> frame.isYcc() ? Colours::ycc : (row, spare) -> row;
            default -> frame.adobe() == 2 ? Colours::ycck : Colours::cmyk;
        };
    }

    private static int[][] ycc(int[][] row, int[] spare) {
        int[] y = row[0];
        int[] cb = row[1];
        int[] cr = row[2];
        // one loop an array that is written, so that the compiler makes vectors of them
        for (int x = 0; x < y.length; x++) {
            spare[x] = clip(y[x] + (-22554 * (cb[x] - 128) - 46802 * (cr[x] - 128) + 32768 >> 16));
        }
        for (int x = 0; x < y.length; x++) {
            cr[x] = clip(y[x] + (91881 * (cr[x] - 128) + 32768 >> 16));
        }
        for (int x = 0; x < y.length; x++) {
            cb[x] = clip(y[x] + (116130 * (cb[x] - 128) + 32768 >> 16));
        }
        return row.length == 3 ? new int[][] {cr, spare, cb} : new int[][] {cr, spare, cb, row[3]};
    }

    /** YCCK is YCbCr of the inverted CMY; K passes through. */
    private static int[][] ycck(int[][] row, int[] spare) {
        return ink(ycc(row, spare));
    }

    private static int[][] cmyk(int[][] row, int[] spare) {
        for (int c = 0; c < 3; c++) {
            for (int x = 0; x < row[c].length; x++) {
                row[c][x] = 255 - row[c][x];
            }
        }
        return ink(row);
    }

    /** Pillow takes every CMYK JPEG for an inverted one, as Adobe writes them, and multiplies with the inverted black. */
    private static int[][] ink(int[][] inverse) {
        for (int c = 0; c < 3; c++) {
            for (int x = 0; x < inverse[c].length; x++) {
                int white = inverse[3][x];
                int product = inverse[c][x] * white + 128;
                inverse[c][x] = clip(white - (product + (product >> 8) >> 8));
            }
        }
        return inverse;
    }

    /** Held to 0 .. 255 without a branch, for vectors. */
    private static int clip(int v) {
        int positive = v & ~(v >> 31);
        int over = positive - 255;
        return 255 + (over & over >> 31);
    }
}
