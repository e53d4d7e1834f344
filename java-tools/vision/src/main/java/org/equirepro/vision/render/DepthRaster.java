package org.equirepro.vision.render;

import java.util.Arrays;

/**
 * A square z-buffer: for every cell the nearness of the nearest triangle that covers the cell's centre, and its number. Of two
 * triangles equally near, the one drawn first stays, so the order of drawing decides and nothing else.
 */
public final class DepthRaster {

    /** The number in a cell that no triangle covers. */
    public static final int NOTHING = -1;

    private final int size;
    private final float[] nearness;
    private final int[] front;

    public DepthRaster(int size) {
        this.size = size;
        this.nearness = new float[size * size];
        this.front = new int[size * size];
        clear();
    }

    public void clear() {
        Arrays.fill(nearness, Float.NEGATIVE_INFINITY);
        Arrays.fill(front, NOTHING);
    }

    public int size() {
        return size;
    }

    public int front(int column, int row) {
        return front[row * size + column];
    }

    public float nearness(int column, int row) {
        return nearness[row * size + column];
    }

    /**
     * Draws the triangle of three projected vertices (column, row, nearness each, at {@code p[a]}, {@code p[b]}, {@code p[c]}),
     * unless it is seen from behind.
     */
    public void draw(int number, double[] p, int a, int b, int c) {
        double x0 = p[a];
        double y0 = p[a + 1];
        double ux = p[b] - x0;
        double uy = p[b + 1] - y0;
        double vx = p[c] - x0;
        double vy = p[c + 1] - y0;
        double area = vx * uy - ux * vy;
        if (!(area > 0)) {
            return;
        }
        double un = p[b + 2] - p[a + 2];
        double vn = p[c + 2] - p[a + 2];
        double slopeX = (vn * uy - un * vy) / area;
        double slopeY = (un * vx - vn * ux) / area;
        int top = Math.max(0, (int) Math.ceil(Math.min(y0, Math.min(p[b + 1], p[c + 1])) - 0.5));
        int bottom = Math.min(size - 1, (int) Math.floor(Math.max(y0, Math.max(p[b + 1], p[c + 1])) - 0.5));
        for (int row = top; row <= bottom; row++) {
            double y = row + 0.5;
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (int edge = 0; edge < 3; edge++) {
                int i = edge == 0 ? a : edge == 1 ? b : c;
                int j = edge == 0 ? b : edge == 1 ? c : a;
                double yi = p[i + 1];
                double yj = p[j + 1];
                if (yi <= y && yj >= y || yj <= y && yi >= y) {
                    // always from the upper end, so that neighbours compute the same crossing of their common edge
                    boolean down = yi < yj || yi == yj && p[i] < p[j];
                    int from = down ? i : j;
                    int to = down ? j : i;
                    double rise = p[to + 1] - p[from + 1];
                    double x = rise == 0 ? p[from] : p[from] + (p[to] - p[from]) * ((y - p[from + 1]) / rise);
                    low = Math.min(low, x);
                    high = Math.max(high, x);
                    if (rise == 0) {
                        high = Math.max(high, p[to]);
                    }
                }
            }
            int left = Math.max(0, (int) Math.ceil(low - 0.5));
            int right = Math.min(size - 1, (int) Math.floor(high - 0.5));
            double near = p[a + 2] + (left + 0.5 - x0) * slopeX + (y - y0) * slopeY;
            for (int at = row * size + left, end = row * size + right; at <= end; at++) {
                if (near > nearness[at]) {
                    nearness[at] = (float) near;
                    front[at] = number;
                }
                near += slopeX;
            }
        }
    }
}
