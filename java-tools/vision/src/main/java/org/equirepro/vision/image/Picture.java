package org.equirepro.vision.image;

/**
 * An RGB picture with 8 bits a channel.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb [height, width, 3] in row order, unsigned bytes; not copied, so whoever makes a picture hands the array over
 */
public record Picture(int width, int height, byte[] rgb) {

    public Picture {
        if (width <= 0 || height <= 0 || rgb.length != Math.multiplyExact(3, Math.multiplyExact(width, height))) {
            throw new IllegalArgumentException(rgb.length + " bytes are not a picture of " + width + " x " + height);
        }
    }

    /** A black picture. */
    public static Picture black(int width, int height) {
        return new Picture(width, height, new byte[3 * width * height]);
    }

    /** The pixels inside of the box; the picture itself if that is all of it. */
    public Picture cut(Box box) {
        if (box.equals(Box.all(width, height))) {
            return this;
        }
        byte[] part = new byte[3 * box.width() * box.height()];
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(rgb, 3 * ((box.top() + y) * width + box.left()), part, 3 * y * box.width(), 3 * box.width());
        }
        return new Picture(box.width(), box.height(), part);
    }

    /** The value 0 .. 255 of channel 0 red, 1 green, 2 blue. */
    public int value(int x, int y, int channel) {
        return rgb[3 * (y * width + x) + channel] & 0xFF;
    }
}
