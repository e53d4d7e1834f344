package org.equirepro.vision.render;

/**
 * A view of the scene: where a point falls on a square raster, and how near it is. Right, up and forward are unit vectors;
 * pixel (0, 0) is at the top left and pixel centres are at halves.
 */
public final class Projection {

    private final double[] eye;
    private final double[] right;
    private final double[] up;
    private final double[] forward;
    private final double half;
    private final boolean perspective;

    private Projection(double[] eye, double[] towards, double half, boolean perspective) {
        this.eye = eye.clone();
        this.forward = unit(towards[0] - eye[0], towards[1] - eye[1], towards[2] - eye[2]);
        boolean vertical = Math.abs(forward[2]) > 1 - 1e-12;
        this.right = vertical ? new double[] {1, 0, 0} : unit(forward[1], -forward[0], 0);
        this.up = new double[] {right[1] * forward[2] - right[2] * forward[1], right[2] * forward[0] - right[0] * forward[2],
            right[0] * forward[1] - right[1] * forward[0]};
        this.half = half;
        this.perspective = perspective;
    }

    /** Seen from {@code eye}, with z upwards in the picture; the half field of view is an angle in radians. */
    public static Projection perspective(double[] eye, double[] towards, double halfAngle) {
        return new Projection(eye, towards, StrictMath.tan(halfAngle), true);
    }

    /** Seen along parallel rays; the raster spans twice {@code half} units. */
    public static Projection parallel(double[] eye, double[] towards, double half) {
        return new Projection(eye, towards, half, false);
    }

    /**
     * Puts the point's raster column, row and nearness in {@code out[at ...]}. The nearness grows towards the eye and is an
     * affine function of column and row on every plane: 1 / depth in perspective, minus depth in a parallel view.
     */
    public void project(double x, double y, double z, int size, double[] out, int at) {
        double dx = x - eye[0];
        double dy = y - eye[1];
        double dz = z - eye[2];
        double depth = dx * forward[0] + dy * forward[1] + dz * forward[2];
        double across = dx * right[0] + dy * right[1] + dz * right[2];
        double high = dx * up[0] + dy * up[1] + dz * up[2];
        double scale = 0.5 * size / (perspective ? half * depth : half);
        out[at] = 0.5 * size + across * scale;
        out[at + 1] = 0.5 * size - high * scale;
        out[at + 2] = perspective ? 1 / depth : -depth;
    }

    /** The direction, not of length 1, in which a perspective view looks through a place on the raster. */
    public void ray(double column, double row, int size, double[] out) {
        double a = (2 * column / size - 1) * half;
        double b = (1 - 2 * row / size) * half;
        for (int axis = 0; axis < 3; axis++) {
            out[axis] = forward[axis] + a * right[axis] + b * up[axis];
        }
    }

    /** The width of a raster cell, in units of space, at this distance from the eye. */
    double cell(double depth, int size) {
        return 2 * (perspective ? half * depth : half) / size;
    }

    double eye(int axis) {
        return eye[axis];
    }

    double forward(int axis) {
        return forward[axis];
    }

    static double[] unit(double x, double y, double z) {
        double length = Math.sqrt(x * x + y * y + z * z);
        return new double[] {x / length, y / length, z / length};
    }
}
