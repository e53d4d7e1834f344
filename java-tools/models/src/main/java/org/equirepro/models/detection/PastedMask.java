package org.equirepro.models.detection;

import java.util.stream.IntStream;
import org.equirepro.vision.dense.Rle;

/**
 * A mask head's map in its place in the picture (He et al. 2017, section 3): padded by a pixel of zeros on each side, its box
 * grown likewise and rounded towards zero, and read bilinearly at each pixel there. Torchvision's rules.
 */
public final class PastedMask {

    private static final int PADDING = 1;

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
        float scale = (float) (side + 2 * PADDING) / side;
        int[] x = grown(box[0], box[2], scale);
        int[] y = grown(box[1], box[3], scale);
        left = Math.min(Math.max(x[0], 0), width);
        top = Math.min(Math.max(y[0], 0), height);
        columns = Math.max(Math.min(x[1] + 1, width) - left, 0);
        rows = Math.max(Math.min(y[1] + 1, height) - top, 0);
        values = new float[rows * columns];
        Taps across = new Taps(side, x[0], Math.max(x[1] - x[0] + 1, 1), left, columns);
        Taps down = new Taps(side, y[0], Math.max(y[1] - y[0] + 1, 1), top, rows);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float upper = across.read(map, side, down.first[row], column);
                float lower = across.read(map, side, down.second[row], column);
                values[row * columns + column] = (1 - down.part[row]) * upper + down.part[row] * lower;
            }
        }
    }

    private static int[] grown(float low, float high, float scale) {
        float half = (high - low) * 0.5f * scale;
        float centre = (high + low) * 0.5f;
        return new int[] {(int) (centre - half), (int) (centre + half)};
    }

    /** Where along one axis of the padded map each pixel of the picture is read. */
    private static final class Taps {
        private final int[] first;
        private final int[] second;
        private final float[] part;

        /** The padded map spans {@code length} pixels from {@code start}; {@code count} pixels from {@code from} are read. */
        Taps(int side, int start, int length, int from, int count) {
            first = new int[count];
            second = new int[count];
            part = new float[count];
            int padded = side + 2 * PADDING;
            float scale = (float) padded / length;
            for (int i = 0; i < count; i++) {
                float at = Math.max(scale * (from - start + i + 0.5f) - 0.5f, 0);
                int below = Math.min((int) at, padded - 1);
                first[i] = below - PADDING;
                second[i] = Math.min(below + 1, padded - 1) - PADDING;
                part[i] = at - below;
            }
        }

        float read(float[] map, int side, int row, int at) {
            return (1 - part[at]) * value(map, side, row, first[at]) + part[at] * value(map, side, row, second[at]);
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
