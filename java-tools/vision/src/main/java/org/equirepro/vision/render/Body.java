package org.equirepro.vision.render;

/**
 * A mesh in its place.
 *
 * @param mesh     in its own coordinates; the sphere about their origin that holds it should be small
 * @param rotation 9 numbers, row order
 * @param offset   where the mesh's origin is
 * @param surface  its albedo, which the mesh's tones multiply
 * @param casts    whether it throws shadows; what everything stands on or before need not
 */
public record Body(Mesh mesh, double[] rotation, double[] offset, Surface surface, boolean casts) {

    private static final double[] UPRIGHT = {1, 0, 0, 0, 1, 0, 0, 0, 1};

    /** Something fixed, already in the scene's coordinates, that throws no shadow. */
    static Body fixed(Mesh mesh, Surface surface) {
        return new Body(mesh, UPRIGHT, new double[3], surface, false);
    }

    /** The same elsewhere on the ground. */
    Body moved(double dx, double dy) {
        return new Body(mesh, rotation, new double[] {offset[0] + dx, offset[1] + dy, offset[2]}, surface, casts);
    }

    /** Distance of the farthest vertex from the mesh's origin. */
    double radius() {
        double[] p = mesh.points();
        double farthest = 0;
        for (int i = 0; i < p.length; i += 3) {
            farthest = Math.max(farthest, p[i] * p[i] + p[i + 1] * p[i + 1] + p[i + 2] * p[i + 2]);
        }
        return Math.sqrt(farthest);
    }

    /** Puts vertex {@code from} (three numbers) of the mesh, as it stands in the scene, in {@code out}. */
    void place(int from, double[] out, int to) {
        double[] p = mesh.points();
        double x = p[from];
        double y = p[from + 1];
        double z = p[from + 2];
        for (int axis = 0; axis < 3; axis++) {
            out[to + axis] = rotation[3 * axis] * x + rotation[3 * axis + 1] * y + rotation[3 * axis + 2] * z + offset[axis];
        }
    }
}
