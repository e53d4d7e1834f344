package org.equirepro.models.detection;

/**
 * Anchors of a region proposal network (Ren et al. 2015): at each cell of each map a box for every pair of ratio and size, around
 * the cell's upper left corner, rounded to whole pixels as torchvision does.
 */
public final class Anchors {

    private final float[][] cells;

    /**
     * @param sizes side of a square anchor in pixels, by map
     * @param ratios height over width, by map; the area stays
     */
    public Anchors(double[][] sizes, double[][] ratios) {
        if (sizes.length != ratios.length) {
            throw new IllegalArgumentException("sizes of " + sizes.length + " maps with ratios of " + ratios.length);
        }
        cells = new float[sizes.length][];
        for (int map = 0; map < cells.length; map++) {
            cells[map] = cell(sizes[map], ratios[map]);
        }
    }

    private static float[] cell(double[] sizes, double[] ratios) {
        float[] boxes = new float[4 * sizes.length * ratios.length];
        int at = 0;
        for (double ratio : ratios) {
            float tall = (float) Math.sqrt((float) ratio);
            float wide = 1 / tall;
            for (double size : sizes) {
                float x = (float) Math.rint(wide * (float) size / 2); // halves to even
                float y = (float) Math.rint(tall * (float) size / 2);
                boxes[at++] = -x;
                boxes[at++] = -y;
                boxes[at++] = x;
                boxes[at++] = y;
            }
        }
        return boxes;
    }

    /** The boxes of one cell around the origin, ratio by ratio. */
    public float[] cell(int map) {
        return cells[map].clone();
    }

    /** Number of anchors in each cell of a map. */
    public int perCell(int map) {
        return cells[map].length / 4;
    }

    /**
     * The anchors of all maps: map by map, row by row, cell by cell, as the maps' values lie with channels last.
     *
     * @param mapSizes height and width of each map
     */
    public float[] all(int[][] mapSizes, int imageHeight, int imageWidth) {
        if (mapSizes.length != cells.length) {
            throw new IllegalArgumentException("anchors for " + cells.length + " maps, found " + mapSizes.length);
        }
        int count = 0;
        for (int map = 0; map < cells.length; map++) {
            count += mapSizes[map][0] * mapSizes[map][1] * cells[map].length;
        }
        float[] anchors = new float[count];
        int at = 0;
        for (int map = 0; map < cells.length; map++) {
            int strideY = imageHeight / mapSizes[map][0];
            int strideX = imageWidth / mapSizes[map][1];
            for (int y = 0; y < mapSizes[map][0]; y++) {
                for (int x = 0; x < mapSizes[map][1]; x++) {
                    for (int i = 0; i < cells[map].length; i++) {
                        anchors[at++] = cells[map][i] + (i % 2 == 0 ? x * strideX : y * strideY);
                    }
                }
            }
        }
        return anchors;
    }
}
