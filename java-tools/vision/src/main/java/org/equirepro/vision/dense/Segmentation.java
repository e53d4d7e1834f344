package org.equirepro.vision.dense;

/** Which pixels an object covers. */
public sealed interface Segmentation permits Polygons, Rle {

    /**
     * The pixels in a picture of this size.
     *
     * @throws IllegalArgumentException if the mask is one of another size
     */
    Rle toRle(int height, int width);

    /** The smallest box around it. */
    BoundingBox bounds();
}
