package org.equirepro.vision.render;

/**
 * What a light sees: a z-buffer drawn from the light, asked how much of the light reaches a point. The answer is averaged
 * over 4 x 4 cells with a tent in each direction, which softens the edge over about three cells.
 */
final class ShadowMap {

    private final DepthRaster raster;
    private final double[] place = new double[3];
    private double[] projected = new double[0];
    private Projection view;
    private double offset;

    ShadowMap(int size) {
        this.raster = new DepthRaster(size);
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
}
