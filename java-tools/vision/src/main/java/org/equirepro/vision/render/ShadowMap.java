package org.equirepro.vision.render;

import java.util.Arrays;

/**
 * What a light sees: a z-buffer drawn from the light, asked how much of the light reaches a point. The answer is averaged
 * over 4 x 4 cells with a tent in each direction, which softens the edge over about three cells.
 */
final class ShadowMap {

    private static final int TILE = 8;

    private final DepthRaster raster;
    private final float[] nearest; // of every tile of 8 x 8 cells, to answer quickly where nothing is in the way
    private final int tiles;
    private final double[] place = new double[3];
    private double[] projected = new double[0];
    private Projection view;
    private double offset;

    ShadowMap(int size) {
        this.raster = new DepthRaster(size);
        this.tiles = (size + TILE - 1) / TILE;
        this.nearest = new float[tiles * tiles];
    }

    /** Draws the mesh's triangles from {@code light}; {@code distance} is the usual distance of the mesh from it. */
    void draw(Projection light, double distance, double[] points, int[] corners) {
        view = light;
        offset = 1.6 * light.cell(distance, raster.size());
        raster.clear();
        if (projected.length < points.length) {
            projected = new double[points.length];
        }
        for (int i = 0; i < points.length; i += 3) {
            light.project(points[i], points[i + 1], points[i + 2], raster.size(), projected, i);
        }
        for (int t = 0; t < corners.length; t += 3) {
            raster.draw(t / 3, projected, 3 * corners[t], 3 * corners[t + 1], 3 * corners[t + 2]);
        }
        Arrays.fill(nearest, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < raster.size(); row++) {
            for (int column = 0; column < raster.size(); column++) {
                int tile = row / TILE * tiles + column / TILE;
                nearest[tile] = Math.max(nearest[tile], raster.nearness(column, row));
            }
        }
    }

    /**
     * The part of the light that reaches a point, 0 to 1. The point is asked a little along its normal n, so that a surface
     * does not shade itself by the raster's coarseness.
     */
    double reaching(double x, double y, double z, double nx, double ny, double nz) {
        int size = raster.size();
        view.project(x + offset * nx, y + offset * ny, z + offset * nz, size, place, 0);
        double column = place[0] - 0.5;
        double row = place[1] - 0.5;
        if (!(column > -2 && row > -2 && column < size + 1 && row < size + 1)) {
            return 1;
        }
        int left = (int) Math.floor(column) - 1;
        int top = (int) Math.floor(row) - 1;
        if (nothingBefore(left, top, place[2])) {
            return 1;
        }
        double fx = column - Math.floor(column);
        double fy = row - Math.floor(row);
        double sum = 0;
        for (int j = 0; j < 4; j++) {
            int r = top + j;
            double wy = j == 0 ? 1 - fy : j == 3 ? fy : 1;
            for (int i = 0; i < 4; i++) {
                int c = left + i;
                boolean free = r < 0 || c < 0 || r >= size || c >= size || raster.nearness(c, r) <= place[2];
                if (free) {
                    sum += wy * (i == 0 ? 1 - fx : i == 3 ? fx : 1);
                }
            }
        }
        return sum / 9;
    }

    /** True if the 4 x 4 cells from here are in tiles that hold nothing nearer to the light. */
    private boolean nothingBefore(int left, int top, double nearness) {
        int size = raster.size();
        int right = Math.min(size - 1, left + 3) / TILE;
        int bottom = Math.min(size - 1, top + 3) / TILE;
        for (int j = Math.max(0, top) / TILE; j <= bottom; j++) {
            for (int i = Math.max(0, left) / TILE; i <= right; i++) {
                if (nearest[j * tiles + i] > nearness) {
                    return false;
                }
            }
        }
        return true;
    }
}
