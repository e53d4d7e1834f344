package org.equirepro.vision.render;

/** Rings around a path: circles across its direction, turned from point to point as little as possible. */
final class TubeFrames {

    private TubeFrames() {}

    /** One ring of {@code segments} points for every point of {@code path} (x, y, z each). */
    static double[][] rings(int segments, double[] path, double[] radii, boolean closed) {
        int n = radii.length;
        double[][] rings = new double[n][3 * segments];
        double[] side = null;
        for (int i = 0; i < n; i++) {
            double[] along = direction(path, i, n, closed);
            side = side == null ? anyAcross(along) : across(side, along);
            double[] third = cross(along, side);
            for (int k = 0; k < segments; k++) {
                double angle = 2 * StrictMath.PI * k / segments;
                double c = radii[i] * StrictMath.cos(angle);
                double s = radii[i] * StrictMath.sin(angle);
                for (int axis = 0; axis < 3; axis++) {
                    rings[i][3 * k + axis] = path[3 * i + axis] + c * side[axis] + s * third[axis];
                }
            }
        }
        return rings;
    }

    private static double[] direction(double[] path, int i, int n, boolean closed) {
        int before = closed ? (i + n - 1) % n : Math.max(0, i - 1);
        int behind = closed ? (i + 1) % n : Math.min(n - 1, i + 1);
        return unit(new double[] {path[3 * behind] - path[3 * before], path[3 * behind + 1] - path[3 * before + 1],
            path[3 * behind + 2] - path[3 * before + 2]});
    }

    private static double[] anyAcross(double[] along) {
        double[] axis = Math.abs(along[2]) < 0.8 ? new double[] {0, 0, 1} : new double[] {1, 0, 0};
        return across(axis, along);
    }

    /** The part of {@code v} that is across {@code along}, of length 1. */
    private static double[] across(double[] v, double[] along) {
        double d = v[0] * along[0] + v[1] * along[1] + v[2] * along[2];
        return unit(new double[] {v[0] - d * along[0], v[1] - d * along[1], v[2] - d * along[2]});
    }

    private static double[] unit(double[] v) {
        double length = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        return new double[] {v[0] / length, v[1] / length, v[2] / length};
    }

    private static double[] cross(double[] a, double[] b) {
        return new double[] {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    }
}
