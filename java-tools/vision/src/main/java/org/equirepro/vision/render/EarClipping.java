package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.List;

/** Cuts a simple polygon (x, y, x, y, ...) into triangles, one convex corner without points inside at a time. */
final class EarClipping {

    private EarClipping() {}

    /** The signed area: positive if the corners run anticlockwise. */
    static double area(double[] polygon) {
        int n = polygon.length / 2;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            int j = (i + 1) % n;
            sum += polygon[2 * i] * polygon[2 * j + 1] - polygon[2 * j] * polygon[2 * i + 1];
        }
        return sum / 2;
    }

    /** Triangles of corner numbers, running the way the polygon runs. */
    static List<int[]> triangulate(double[] polygon) {
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < polygon.length / 2; i++) {
            left.add(i);
        }
        double sign = Math.signum(area(polygon));
        List<int[]> triangles = new ArrayList<>();
        while (left.size() > 3) {
            int ear = findEar(polygon, left, sign);
            int n = left.size();
            triangles.add(new int[] {left.get((ear + n - 1) % n), left.get(ear), left.get((ear + 1) % n)});
            left.remove(ear);
        }
        triangles.add(new int[] {left.get(0), left.get(1), left.get(2)});
        return triangles;
    }

    private static int findEar(double[] p, List<Integer> left, double sign) {
        int n = left.size();
        for (int i = 0; i < n; i++) {
            int a = left.get((i + n - 1) % n);
            int b = left.get(i);
            int c = left.get((i + 1) % n);
            if (sign * turn(p, a, b, c) > 0 && nothingInside(p, left, sign, a, b, c)) {
                return i;
            }
        }
        throw new IllegalArgumentException("the polygon crosses itself");
    }

    private static boolean nothingInside(double[] p, List<Integer> left, double sign, int a, int b, int c) {
        for (int k : left) {
            if (k != a && k != b && k != c && sign * turn(p, a, b, k) >= 0 && sign * turn(p, b, c, k) >= 0
                    && sign * turn(p, c, a, k) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static double turn(double[] p, int a, int b, int c) {
        return (p[2 * b] - p[2 * a]) * (p[2 * c + 1] - p[2 * a + 1]) - (p[2 * b + 1] - p[2 * a + 1]) * (p[2 * c] - p[2 * a]);
    }
}
