package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.boxes.Boxes;

/**
 * Keypoints as cells of a map over their region, and back (He et al. 2017, section 5): a class out of side x side for each
 * keypoint. Torchvision's rules.
 */
public final class KeypointMaps {

    /** Marks a keypoint that is not trained on: hidden from the annotator or outside of the region. */
    public static final long NONE = -1;

    private final Ops ops;
    private final int side;

    /** @param side of the map: 56 */
    public KeypointMaps(Ops ops, int side) {
        this.ops = ops;
        this.side = side;
    }

    /**
     * Cells of keypoints, row by row of the map, or {@link #NONE}.
     *
     * @param regions boxes
     * @param keypoints x, y and visibility (0 for not labelled) of every point of every region
     */
    public long[] encode(float[] regions, float[] keypoints) {
        int points = points(regions, keypoints);
        long[] cells = new long[keypoints.length / 3];
        for (int i = 0; i < cells.length; i++) {
            int region = 4 * (i / points);
            long x = cell(keypoints[3 * i], regions[region], regions[region + 2]);
            long y = cell(keypoints[3 * i + 1], regions[region + 1], regions[region + 3]);
            boolean inside = x >= 0 && y >= 0 && x < side && y < side;
            cells[i] = inside && keypoints[3 * i + 2] > 0 ? y * side + x : NONE;
        }
        return cells;
    }

    private static int points(float[] regions, float[] keypoints) {
        int count = Boxes.count(regions);
        if (count == 0 ? keypoints.length > 0 : keypoints.length % (3 * count) != 0) {
            throw new IllegalArgumentException(keypoints.length + " numbers are not x, y and visibility of the keypoints of " + count
                    + " regions");
        }
        return keypoints.length / 3 / Math.max(count, 1);
    }

    /** What lies on the far border belongs to the last cell. */
    private long cell(float at, float low, float high) {
        return at == high ? side - 1 : (long) Math.floor((at - low) * (side / (high - low)));
    }

    /**
     * Where the keypoints are.
     *
     * @param points x and y of each, in the order of the maps
     * @param scores the map's value there, not bounded
     */
    public record Found(float[] points, float[] scores) {}

    /**
     * The highest place of each map, enlarged to its region's pixels by bicubic interpolation.
     *
     * @param maps [R, K, side, side]
     * @param regions R boxes
     */
    public Found decode(NDArray maps, float[] regions) {
        int count = Boxes.count(regions);
        int points = (int) maps.getShape().get(1);
        Found found = new Found(new float[2 * count * points], new float[count * points]);
        for (int r = 0; r < count; r++) {
            float width = Math.max(regions[4 * r + 2] - regions[4 * r], 1);
            float height = Math.max(regions[4 * r + 3] - regions[4 * r + 1], 1);
            int columns = (int) Math.ceil(width);
            int rows = (int) Math.ceil(height);
            float[] enlarged = enlarged(maps, r, rows, columns);
            for (int k = 0; k < points; k++) {
                int best = k * rows * columns;
                for (int i = best; i < (k + 1) * rows * columns; i++) {
                    best = enlarged[i] > enlarged[best] ? i : best;
                }
                int pixel = best - k * rows * columns;
                found.points[2 * (r * points + k)] = (pixel % columns + 0.5f) * (width / columns) + regions[4 * r];
                found.points[2 * (r * points + k) + 1] = (pixel / columns + 0.5f) * (height / rows) + regions[4 * r + 1];
                found.scores[r * points + k] = enlarged[best];
            }
        }
        return found;
    }

    /** [K, rows, columns] of one region. */
    private float[] enlarged(NDArray maps, int region, int rows, int columns) {
        try (NDManager scope = maps.getManager().newSubManager()) {
            NDArray one = maps.get(region).expandDims(0); // [1, K, side, side]
            one.attach(scope);
            return ops.pictures().resizeBicubic(one, rows, columns, false).toFloatArray();
        }
    }
}
