package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One closed part of a mesh after its transform: equal vertices welded, flat faces dropped, turned outside out, with the
 * corner normals that smooth shading needs.
 *
 * @param points  x, y, z of every vertex
 * @param faces   three vertex numbers each
 * @param normals nine numbers for each face
 */
record PartSurface(double[] points, List<int[]> faces, List<double[]> normals) {

    /** {@code crease}: the cosine of the angle up to which neighbouring faces are smoothed together. */
    static PartSurface of(double[] local, List<int[]> faces, Affine frame, double crease) {
        int[] welded = weld(local);
        double[] points = new double[local.length];
        for (int i = 0; i < local.length; i += 3) {
            points[i] = frame.x(local[i], local[i + 1], local[i + 2]);
            points[i + 1] = frame.y(local[i], local[i + 1], local[i + 2]);
            points[i + 2] = frame.z(local[i], local[i + 1], local[i + 2]);
        }
        List<int[]> kept = new ArrayList<>();
        double volume = 0;
        for (int[] face : faces) {
            int a = welded[face[0]];
            int b = welded[face[1]];
            int c = welded[face[2]];
            if (a != b && b != c && c != a) {
                kept.add(new int[] {a, b, c});
                volume += relativeDeterminant(points, kept.get(0)[0], a, b, c);
            }
        }
        if (volume < 0) {
            kept.replaceAll(f -> new int[] {f[0], f[2], f[1]});
        }
        return new PartSurface(points, kept, smooth(points, kept, crease));
    }

    /** For every vertex the number of the first one at the same place. */
    private static int[] weld(double[] points) {
        Map<List<Double>, Integer> first = new HashMap<>();
        int[] welded = new int[points.length / 3];
        for (int i = 0; i < welded.length; i++) {
            List<Double> key = List.of(points[3 * i] + 0.0, points[3 * i + 1] + 0.0, points[3 * i + 2] + 0.0);
            Integer known = first.putIfAbsent(key, i);
            welded[i] = known == null ? i : known;
        }
        return welded;
    }

    private static double relativeDeterminant(double[] p, int origin, int a, int b, int c) {
        double[] q = new double[9];
        int[] corner = {a, b, c};
        for (int i = 0; i < 9; i++) {
            q[i] = p[3 * corner[i / 3] + i % 3] - p[3 * origin + i % 3];
        }
        return Mesh.determinant(q, 0, 1, 2);
    }

    private static List<double[]> smooth(double[] p, List<int[]> faces, double crease) {
        double[][] across = new double[faces.size()][];
        Map<Integer, List<Integer>> around = new HashMap<>();
        for (int f = 0; f < faces.size(); f++) {
            across[f] = cross(p, faces.get(f));
            for (int vertex : faces.get(f)) {
                around.computeIfAbsent(vertex, v -> new ArrayList<>()).add(f);
            }
        }
        List<double[]> normals = new ArrayList<>();
        for (int f = 0; f < faces.size(); f++) {
            double[] corners = new double[9];
            for (int k = 0; k < 3; k++) {
                double[] sum = new double[3];
                for (int other : around.get(faces.get(f)[k])) {
                    if (other == f || cosine(across[f], across[other]) > crease) {
                        for (int axis = 0; axis < 3; axis++) {
                            sum[axis] += across[other][axis];
                        }
                    }
                }
                double length = Math.sqrt(dot(sum, sum));
                for (int axis = 0; axis < 3; axis++) {
                    corners[3 * k + axis] = length == 0 ? 0 : sum[axis] / length;
                }
            }
            normals.add(corners);
        }
        return normals;
    }

    /** The face's normal, as long as twice its area. */
    private static double[] cross(double[] p, int[] f) {
        double ux = p[3 * f[1]] - p[3 * f[0]];
        double uy = p[3 * f[1] + 1] - p[3 * f[0] + 1];
        double uz = p[3 * f[1] + 2] - p[3 * f[0] + 2];
        double vx = p[3 * f[2]] - p[3 * f[0]];
        double vy = p[3 * f[2] + 1] - p[3 * f[0] + 1];
        double vz = p[3 * f[2] + 2] - p[3 * f[0] + 2];
        return new double[] {uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx};
    }

    private static double dot(double[] a, double[] b) {
        return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }

    private static double cosine(double[] a, double[] b) {
        double lengths = Math.sqrt(dot(a, a) * dot(b, b));
        return lengths == 0 ? -1 : dot(a, b) / lengths;
    }
}
