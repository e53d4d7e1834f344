package org.equirepro.vision.image;

/**
 * A picture as networks see it.
 *
 * @param channels number of planes
 * @param height in pixels
 * @param width in pixels
 * @param values [channels, height, width], usually 0 .. 1
 */
public record FloatPicture(int channels, int height, int width, float[] values) {

    public FloatPicture {
        if (channels < 1 || height < 1 || width < 1 || values.length != channels * height * width) {
            throw new IllegalArgumentException(values.length + " values are not " + channels + " x " + height + " x " + width);
        }
    }

    /** [height, width, 3] bytes to [3, height, width] in 0 .. 1. */
    public static FloatPicture of(Picture picture) {
        int plane = picture.width() * picture.height();
        float[] values = new float[3 * plane];
        byte[] rgb = picture.rgb();
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < 3; c++) {
                values[c * plane + i] = (rgb[3 * i + c] & 0xFF) / 255f;
            }
        }
        return new FloatPicture(3, picture.height(), picture.width(), values);
    }

    /** A picture of the same size with other values. */
    FloatPicture with(float[] other) {
        return new FloatPicture(channels, height, width, other);
    }

    /** {@code (value - mean) / std} by channel. */
    public FloatPicture normalised(double[] mean, double[] std) {
        float[] out = values.clone();
        int plane = width * height;
        for (int i = 0; i < out.length; i++) {
            out[i] = (out[i] - (float) mean[i / plane]) / (float) std[i / plane];
        }
        return with(out);
    }
}
