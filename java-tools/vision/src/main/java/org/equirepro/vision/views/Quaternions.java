package org.equirepro.vision.views;

/**
 * Quaternions as unit quaternions {@code (x, y, z, w)}, in float64. Euler angles are extrinsic x, y, z in radians: first about
 * the fixed x axis, then about the fixed y axis, then about the fixed z axis, so the matrix is Rz Ry Rx.
 *
 * <p>3DIEBench gives the pose of an object by such angles (Garrido et al., ICML 2023); what is predicted from two views is
 * the rotation from the first to the second, {@link #relativeSie}. Quaternions are never brought to a canonical sign: that
 * would mix signs between samples.
 */
public final class Quaternions {

    /** Beyond this sine of the middle angle, the two outer Euler angles are not determined one by one. */
    private static final double LOCKED = 1 - 1e-12;

    private Quaternions() {}

    /** Quaternion of the extrinsic angles x, y, z. */
    public static double[] fromEuler(double x, double y, double z) {
        double[] qx = {StrictMath.sin(x / 2), 0, 0, StrictMath.cos(x / 2)};
        double[] qy = {0, StrictMath.sin(y / 2), 0, StrictMath.cos(y / 2)};
        double[] qz = {0, 0, StrictMath.sin(z / 2), StrictMath.cos(z / 2)};
        return multiply(qz, multiply(qy, qx));
    }

    /** Hamilton product: the rotation b followed by a. */
    public static double[] multiply(double[] a, double[] b) {
        return new double[] {
            a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1],
            a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0],
            a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3],
            a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2],
        };
    }

    public static double[] conjugate(double[] q) {
        return new double[] {-q[0], -q[1], -q[2], q[3]};
    }

    /** The plain product of the conjugate of a with b. */
    public static double[] relative(double[] a, double[] b) {
        return multiply(conjugate(a), b);
    }

    /**
     * The target of the rotation probe: {@link #relative} with the opposite sign, as the library behind the published code
     * (scipy 1.10, whose inverse negates w instead of x, y and z) gave it, for every sample alike. The same rotation.
     */
    public static double[] relativeSie(double[] a, double[] b) {
        double[] q = relative(a, b);
        return new double[] {-q[0], -q[1], -q[2], -q[3]};
    }

    /** The 3 x 3 matrix, row by row, of a unit quaternion. */
    public static double[] matrix(double[] q) {
        double x = q[0];
        double y = q[1];
        double z = q[2];
        double w = q[3];
        return new double[] {
            x * x - y * y - z * z + w * w, 2 * (x * y - z * w), 2 * (x * z + y * w),
            2 * (x * y + z * w), y * y - x * x - z * z + w * w, 2 * (y * z - x * w),
            2 * (x * z - y * w), 2 * (y * z + x * w), z * z - x * x - y * y + w * w,
        };
    }

    /**
     * Extrinsic angles x, y, z of a unit quaternion; y in [-pi/2, pi/2]. In gimbal lock (y at either end) only the sum or
     * the difference of the others is determined; z is then 0.
     */
    public static double[] euler(double[] q) {
        double[] m = matrix(q);
        double sine = Math.max(-1, Math.min(1, -m[6]));
        if (Math.abs(sine) > LOCKED) {
            return new double[] {StrictMath.atan2(-m[5], m[4]), Math.copySign(StrictMath.PI / 2, sine), 0};
        }
        double y = StrictMath.atan2(sine, StrictMath.hypot(m[0], m[3]));
        return new double[] {StrictMath.atan2(m[7], m[8]), y, StrictMath.atan2(m[3], m[0])};
    }
}
