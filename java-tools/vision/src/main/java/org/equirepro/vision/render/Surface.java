package org.equirepro.vision.render;

/** The albedo of an object at a point in the object's own, unrotated coordinates. */
@FunctionalInterface
public interface Surface {

    /** Puts linear red, green and blue in {@code out}. */
    void albedo(double x, double y, double z, double[] out);

    /** The same colour everywhere. */
    static Surface plain(double[] colour) {
        double[] copy = colour.clone();
        return (x, y, z, out) -> System.arraycopy(copy, 0, out, 0, 3);
    }
}
