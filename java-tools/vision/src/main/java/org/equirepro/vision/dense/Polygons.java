package org.equirepro.vision.dense;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An outline of one or more parts, each x0, y0, x1, y1, ... in pixels from the picture's upper left corner; at least one part, of
 * at least three points each.
 */
public record Polygons(List<double[]> parts) implements Segmentation {

    /** The outline is drawn on a grid so many times finer than the pixels. */
    private static final int FINER = 5;
    /** Half a step on the fine grid beside the middle of a pixel: where a column of pixels is crossed. */
    private static final int MIDDLE = FINER / 2;

    /** @throws IllegalArgumentException for no parts, a part of fewer than three points, or numbers that no picture needs */
    public Polygons {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("an outline needs a part");
        }
        for (double[] part : parts) {
            if (part.length < 6 || part.length % 2 != 0) {
                throw new IllegalArgumentException("an outline of " + part.length + " numbers; three points or more are needed");
            }
            for (double value : part) {
                if (!(Math.abs(value) <= 100_000)) {
                    throw new IllegalArgumentException("an outline goes through " + value);
                }
            }
        }
    }

    @Override
    public BoundingBox bounds() {
        double left = Double.POSITIVE_INFINITY;
        double top = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double bottom = Double.NEGATIVE_INFINITY;
        for (double[] part : parts) {
            for (int i = 0; i < part.length; i += 2) {
                left = Math.min(left, part[i]);
                right = Math.max(right, part[i]);
                top = Math.min(top, part[i + 1]);
                bottom = Math.max(bottom, part[i + 1]);
            }
        }
        return new BoundingBox(left, top, right - left, bottom - top);
    }

    /** The union of the parts' pixels, each by COCO's rule, bit by bit. */
    @Override
    public Rle toRle(int height, int width) {
        List<Rle> masks = new ArrayList<>(parts.size());
        for (double[] part : parts) {
            masks.add(rasterise(part, height, width));
        }
        return Rle.merge(masks, false);
    }

    /**
     * COCO's rule: the outline is walked on the fine grid; wherever it steps over the middle of a column of pixels, a run begins
     * or ends at that height. Two runs' ends at one place cancel each other.
     */
    private static Rle rasterise(double[] xy, int height, int width) {
        Crossings crossings = new Crossings(height, width);
        int n = xy.length / 2;
        int x = fine(xy[0]);
        int y = fine(xy[1]);
        for (int i = 1; i <= n; i++) {
            int nextX = fine(xy[2 * (i % n)]);
            int nextY = fine(xy[2 * (i % n) + 1]);
            edge(x, y, nextX, nextY, crossings);
            x = nextX;
            y = nextY;
        }
        return crossings.runs();
    }

    private static int fine(double value) {
        return (int) (FINER * value + 0.5);
    }

    /** All grid points of one edge in its direction; rounded from the same end whichever way it is walked. */
    private static void edge(int x0, int y0, int x1, int y1, Crossings crossings) {
        int dx = Math.abs(x1 - x0);
        int dy = Math.abs(y1 - y0);
        if (dx >= dy) {
            boolean backwards = x0 > x1;
            int startX = backwards ? x1 : x0;
            int startY = backwards ? y1 : y0;
            double slope = dx == 0 ? 0 : (double) ((backwards ? y0 : y1) - startY) / dx;
            for (int d = 0; d <= dx; d++) {
                int t = backwards ? dx - d : d;
                crossings.point(startX + t, (int) (startY + slope * t + 0.5));
            }
        } else {
            boolean backwards = y0 > y1;
            int startX = backwards ? x1 : x0;
            int startY = backwards ? y1 : y0;
            double slope = (double) ((backwards ? x0 : x1) - startX) / dy;
            for (int d = 0; d <= dy; d++) {
                int t = backwards ? dy - d : d;
                crossings.point((int) (startX + slope * t + 0.5), startY + t);
            }
        }
    }

    /** Takes the outline's points one after the other and keeps where columns are crossed. */
    private static final class Crossings {
        private final int height;
        private final int width;
        private int[] places = new int[64];
        private int size;
        private boolean begun;
        private int lastX;
        private int lastY;

        Crossings(int height, int width) {
            this.height = height;
            this.width = width;
        }

        void point(int x, int y) {
            if (begun && x != lastX) {
                int column = x < lastX ? x : x - 1;
                if (Math.floorMod(column, FINER) == MIDDLE) {
                    crossed(Math.floorDiv(column, FINER), Math.min(y, lastY));
                }
            }
            begun = true;
            lastX = x;
            lastY = y;
        }

        private void crossed(int column, int fineY) {
            if (column < 0 || column >= width) {
                return;
            }
            double row = Math.ceil(Math.min(Math.max((fineY + 0.5) / FINER - 0.5, 0), height));
            if (size == places.length) {
                places = Arrays.copyOf(places, 2 * size);
            }
            places[size++] = column * height + (int) row;
        }

        Rle runs() {
            Arrays.sort(places, 0, size);
            Rle.Runs runs = new Rle.Runs();
            int pixels = height * width;
            int last = 0;
            for (int i = 0; i < size && places[i] < pixels; i++) {
                if (i + 1 < size && places[i + 1] == places[i]) {
                    i++;
                } else {
                    runs.add(places[i] - last);
                    last = places[i];
                }
            }
            runs.add(pixels - last);
            return Rle.ofRuns(height, width, runs.toArray());
        }
    }
}
