package org.equirepro.models.detection;

import java.util.stream.IntStream;
import org.equirepro.vision.dense.Rle;

/**
 * A mask head's map in its place in the picture (He et al. 2017, section 3): at the middle of each pixel the map is read bilinearly,
 * and it is zero around its box. Detectron2's rules; torchvision rounds the box to whole pixels first.
 */
public final class PastedMask {

    private final int height;
    private final int width;
    private final int top;
    private final int left;
    private final int rows;
    private final int columns;
    private final float[] values;

    /**
     * @param map probabilities [side, side]
     * @param box x1, y1, x2, y2 in pixels
     * @param height of the picture in pixels
     * @param width of the picture in pixels
     */
    public PastedMask(float[] map, int side, float[] box, int height, int width) {
        if (map.length != side * side || box.length != 4) {
            throw new IllegalArgumentException(map.length + " values are not a map of " + side + " x " + side + ", or " + box.length
                    + " numbers not a box");
        }
        this.height = height;
        this.width = width;
        int[] x = reached(box[0], box[2], side, width);
        int[] y = reached(box[1], box[3], side, height);
        left = x[0];
        top = y[0];
        columns = x[1];
        rows = y[1];
        values = new float[rows * columns];
        Taps across = new Taps(side, box[0], box[2], left, columns);
        Taps down = new Taps(side, box[1], box[3], top, rows);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float upper = across.read(map, side, down.first[row], column);
                float lower = across.read(map, side, down.first[row] + 1, column);
                values[row * columns + column] = (1 - down.part[row]) * upper + down.part[row] * lower;
            }
        }
    }

    /** The first pixel whose middle is less than half a cell outside of the box, and how many there are. */
    private static int[] reached(float low, float high, int side, int pixels) {
        double reach = (high - low) / (2.0 * side);
        int first = (int) Math.min(Math.max(Math.ceil(low - reach - 0.5), 0), pixels);
        int end = (int) Math.min(Math.max(Math.floor(high + reach - 0.5) + 1, first), pixels);
        return new int[] {first, high > low ? end - first : 0};
    }

    /** Where along one axis of the map each pixel of the picture is read. */
    private static final class Taps {
        private final int[] first;
        private final float[] part;

        /** The map spans {@code low} to {@code high}; {@code count} pixels from {@code from} are read. */
        Taps(int side, float low, float high, int from, int count) {
            first = new int[count];
            part = new float[count];
            for (int i = 0; i < count; i++) {
                double at = (from + i + 0.5 - low) * side / (high - low) - 0.5;
                first[i] = (int) Math.floor(at);
                part[i] = (float) (at - first[i]);
            }
        }

        float read(float[] map, int side, int row, int at) {
            return (1 - part[at]) * value(map, side, row, first[at]) + part[at] * value(map, side, row, first[at] + 1);
        }

        private static float value(float[] map, int side, int row, int column) {
            return row < 0 || row >= side || column < 0 || column >= side ? 0 : map[row * side + column];
        }
    }

    /** Probabilities in the whole picture, [height, width]. */
    public float[] picture() {
        float[] picture = new float[height * width];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(values, row * columns, picture, (top + row) * width + left, columns);
        }
        return picture;
    }

    /** The pixels whose probability is larger than {@code threshold}, mostly 0.5. Only the mask's own place is walked over. */
    public Rle toRle(double threshold) {
        IntStream.Builder changes = IntStream.builder(); // pixels in column order at which the mask begins or ends
        boolean on = false;
        for (int column = 0; column < columns; column++) {
            int start = (left + column) * height + top;
            for (int row = 0; row < rows; row++) {
                if (values[row * columns + column] > threshold != on) {
                    changes.add(start + row);
                    on = !on;
                }
            }
            boolean goesOn = rows == height && column + 1 < columns; // from the column's foot to the next one's head
            if (on && !goesOn) {
                changes.add(start + rows);
                on = false;
            }
        }
        int[] at = changes.build().filter(pixel -> pixel < height * width).toArray();
        int[] runs = new int[at.length + 1];
        for (int i = 0; i < runs.length; i++) {
            runs[i] = (i < at.length ? at[i] : height * width) - (i > 0 ? at[i - 1] : 0);
        }
        return Rle.ofRuns(height, width, runs);
    }
}
