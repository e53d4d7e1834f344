package org.equirepro.vision.render;

/**
 * Rotation matrices, 9 numbers in row order, for column vectors: {@code y = R x}. Angles in radians, right-handed.
 */
public final class Rotations {

    private Rotations() {}

    /**
     * The rotation of extrinsic x-y-z Tait-Bryan angles, {@code R = Rz Ry Rx}: first about the fixed x axis, then y, then z.
     * It is what scipy's {@code Rotation.from_euler("xyz", [x, y, z])} builds (3DIEBench: SIE, appendix on the data).
     */
    public static double[] extrinsicXyz(double x, double y, double z) {
        return product(z(z), product(y(y), x(x)));
    }

    static double[] x(double angle) {
        double c = StrictMath.cos(angle);
        double s = StrictMath.sin(angle);
        return new double[] {1, 0, 0, 0, c, -s, 0, s, c};
    }

    static double[] y(double angle) {
        double c = StrictMath.cos(angle);
        double s = StrictMath.sin(angle);
        return new double[] {c, 0, s, 0, 1, 0, -s, 0, c};
    }

    static double[] z(double angle) {
        double c = StrictMath.cos(angle);
        double s = StrictMath.sin(angle);
        return new double[] {c, -s, 0, s, c, 0, 0, 0, 1};
    }

    /** The matrix product {@code a b}. */
    public static double[] product(double[] a, double[] b) {
        double[] c = new double[9];
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                c[3 * row + column] = a[3 * row] * b[column] + a[3 * row + 1] * b[3 + column] + a[3 * row + 2] * b[6 + column];
            }
        }
        return c;
    }
}
