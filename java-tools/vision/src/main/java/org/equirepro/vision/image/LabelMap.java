package org.equirepro.vision.image;

/**
 * The class of every pixel of a picture.
 *
 * @param width in pixels
 * @param height in pixels
 * @param labels [height, width] in row order, unsigned bytes; {@link #IGNORE} where no class is given; not copied
 */
public record LabelMap(int width, int height, byte[] labels) {

    /** A pixel that counts neither in training nor in scoring. */
    public static final int IGNORE = 255;

    public LabelMap {
        if (width <= 0 || height <= 0 || labels.length != Math.multiplyExact(width, height)) {
            throw new IllegalArgumentException(labels.length + " labels are not a map of " + width + " x " + height);
        }
    }

    /** The label 0 .. 255 of a pixel. */
    public int label(int x, int y) {
        return labels[y * width + x] & 0xFF;
    }

    /** All labels 0 .. 255, [height, width] in row order. */
    public int[] unsigned() {
        int[] values = new int[labels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = labels[i] & 0xFF;
        }
        return values;
    }
}
