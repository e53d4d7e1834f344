package org.equirepro.vision.image;

/**
 * How far away what every pixel shows is, along the camera's axis.
 *
 * @param width  in pixels
 * @param height in pixels
 * @param metres [height, width] in row order; 0 where it is not known, as in the sky; not copied
 */
public record DepthMap(int width, int height, float[] metres) {

    /** Steps of the PNG in a metre. */
    public static final int STEPS = 1000;

    static final int MOST = 0xFFFF;

    public DepthMap {
        if (width <= 0 || height <= 0 || metres.length != Math.multiplyExact(width, height)) {
            throw new IllegalArgumentException(metres.length + " depths are not a map of " + width + " x " + height);
        }
    }

    /** A grey PNG of 16 bits in millimetres; what is farther than 65.535 m is written as that. */
    public byte[] png() {
        return Pngs.encode(this);
    }

    /**
     * Reads {@link #png}.
     *
     * @param name for errors: the file or key
     * @throws org.equirepro.base.UserError (bad data) naming the file and the reason
     */
    public static DepthMap decode(String name, byte[] bytes) {
        return Pngs.decodeDepth(name, bytes);
    }
}
