package org.equirepro.vision.render;

/**
 * A closed triangle mesh. Triangles run anticlockwise when seen from outside; the renderer does not draw them from behind.
 *
 * @param points  x, y, z of every vertex
 * @param corners three vertex numbers for every triangle
 * @param normals the unit normals at the three corners of every triangle (9 numbers each), smoothed except at creases
 * @param tones   one factor on the albedo for every triangle
 */
public record Mesh(double[] points, int[] corners, double[] normals, double[] tones) {

    public int triangles() {
        return tones.length;
    }

    /** Centred on its bounding box, and scaled so that the vertex farthest from there is at {@code radius}. */
    public Mesh fitted(double radius) {
        double[] centre = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (int i = axis; i < points.length; i += 3) {
                low = Math.min(low, points[i]);
                high = Math.max(high, points[i]);
            }
            centre[axis] = (low + high) / 2;
        }
        double farthest = 0;
        double[] moved = new double[points.length];
        for (int i = 0; i < points.length; i += 3) {
            double square = 0;
            for (int axis = 0; axis < 3; axis++) {
                moved[i + axis] = points[i + axis] - centre[axis];
                square += moved[i + axis] * moved[i + axis];
            }
            farthest = Math.max(farthest, square);
        }
        double scale = radius / Math.sqrt(farthest);
        for (int i = 0; i < moved.length; i++) {
            moved[i] *= scale;
        }
        return new Mesh(moved, corners, normals, tones);
    }

    /** The volume inside; where parts overlap it counts once for each part. */
    public double volume() {
        double sum = 0;
        for (int t = 0; t < corners.length; t += 3) {
            sum += determinant(points, corners[t], corners[t + 1], corners[t + 2]);
        }
        return sum / 6;
    }

    static double determinant(double[] p, int a, int b, int c) {
        int i = 3 * a;
        int j = 3 * b;
        int k = 3 * c;
        return p[i] * (p[j + 1] * p[k + 2] - p[j + 2] * p[k + 1])
                + p[i + 1] * (p[j + 2] * p[k] - p[j] * p[k + 2])
                + p[i + 2] * (p[j] * p[k + 1] - p[j + 1] * p[k]);
    }
}
