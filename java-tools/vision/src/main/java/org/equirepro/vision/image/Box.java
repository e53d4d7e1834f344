package org.equirepro.vision.image;

/** A rectangle of pixels; it need not lie inside of a picture until it is used on one. */
public record Box(int top, int left, int height, int width) {

    /** The whole picture. */
    public static Box all(int width, int height) {
        return new Box(0, 0, height, width);
    }
}
