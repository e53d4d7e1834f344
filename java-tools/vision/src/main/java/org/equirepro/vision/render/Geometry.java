package org.equirepro.vision.render;

import java.util.Arrays;
import java.util.List;

/**
 * The triangles of all bodies of a scene, one body's after the other's, in the scene's coordinates.
 *
 * @param own     x, y, z of every vertex in its body's coordinates
 * @param points  x, y, z of every vertex in the scene
 * @param corners three vertex numbers for every triangle
 * @param bodyOf  the body of every triangle
 * @param firstOf the first triangle of every body
 */
record Geometry(double[] own, double[] points, int[] corners, int[] bodyOf, int[] firstOf) {

    static Geometry of(List<Body> bodies) {
        int vertices = 0;
        int triangles = 0;
        int[] firstOf = new int[bodies.size()];
        for (int b = 0; b < firstOf.length; b++) {
            firstOf[b] = triangles;
            vertices += bodies.get(b).mesh().points().length;
            triangles += bodies.get(b).mesh().triangles();
        }
        Geometry all = new Geometry(new double[vertices], new double[vertices], new int[3 * triangles], new int[triangles], firstOf);
        int at = 0;
        for (int b = 0; b < firstOf.length; b++) {
            Body body = bodies.get(b);
            double[] p = body.mesh().points();
            int[] c = body.mesh().corners();
            for (int i = 0; i < c.length; i++) {
                all.corners[3 * firstOf[b] + i] = c[i] + at / 3;
            }
            Arrays.fill(all.bodyOf, firstOf[b], firstOf[b] + c.length / 3, b);
            System.arraycopy(p, 0, all.own, at, p.length);
            for (int i = 0; i < p.length; i += 3) {
                body.place(i, all.points, at + i);
            }
            at += p.length;
        }
        return all;
    }

    /** The corners of the triangles that throw shadows. */
    int[] casting(List<Body> bodies) {
        int[] some = new int[corners.length];
        int size = 0;
        for (int t = 0; t < bodyOf.length; t++) {
            if (bodies.get(bodyOf[t]).casts()) {
                System.arraycopy(corners, 3 * t, some, size, 3);
                size += 3;
            }
        }
        return Arrays.copyOf(some, size);
    }
}
