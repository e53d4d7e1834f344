package org.equirepro.vision.render;

/**
 * An affine map of space, the 3 x 4 matrix {@code m} in row order: {@code y = M x + t}. Angles are in degrees here, because
 * only the shape library uses them; sines come from StrictMath, so that a shape has the same bits on every machine.
 */
record Affine(double[] m) {

    static final Affine IDENTITY = new Affine(new double[] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0});

    static Affine move(double x, double y, double z) {
        return new Affine(new double[] {1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z});
    }

    static Affine scale(double x, double y, double z) {
        return new Affine(new double[] {x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0});
    }

    static Affine turnX(double degrees) {
        return linear(Rotations.x(StrictMath.toRadians(degrees)));
    }

    static Affine turnY(double degrees) {
        return linear(Rotations.y(StrictMath.toRadians(degrees)));
    }

    static Affine turnZ(double degrees) {
        return linear(Rotations.z(StrictMath.toRadians(degrees)));
    }

    private static Affine linear(double[] r) {
        return new Affine(new double[] {r[0], r[1], r[2], 0, r[3], r[4], r[5], 0, r[6], r[7], r[8], 0});
    }

    /** This map after {@code first}: the product {@code this * first}. */
    Affine after(Affine first) {
        double[] b = first.m;
        double[] c = new double[12];
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 4; column++) {
                double sum = column == 3 ? m[4 * row + 3] : 0;
                for (int k = 0; k < 3; k++) {
                    sum += m[4 * row + k] * b[4 * k + column];
                }
                c[4 * row + column] = sum;
            }
        }
        return new Affine(c);
    }

    double x(double x, double y, double z) {
        return m[0] * x + m[1] * y + m[2] * z + m[3];
    }

    double y(double x, double y, double z) {
        return m[4] * x + m[5] * y + m[6] * z + m[7];
    }

    double z(double x, double y, double z) {
        return m[8] * x + m[9] * y + m[10] * z + m[11];
    }
}
