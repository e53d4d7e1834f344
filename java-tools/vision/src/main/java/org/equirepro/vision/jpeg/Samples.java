package org.equirepro.vision.jpeg;

/**
 * The samples of one component that a region of the picture touches. The region's edges may lie between them: it begins
 * {@link #left} and {@link #top} samples behind the first one's edge.
 */
public final class Samples {

    private final Plane plane;
    private final int firstX;
    private final int firstY;
    private final int columns;
    private final int rows;
    private final double left;
    private final double top;
    private final double width;
    private final double height;

    /**
     * For a region in pixels of the picture.
     *
     * @param wide samples of the component to {@code unitX} pixels across; {@code high} to {@code unitY} down
     */
    Samples(Plane plane, int wide, int unitX, int high, int unitY, int left, int top, int width, int height) {
        this.plane = plane;
        this.firstX = left * wide / unitX;
        this.firstY = top * high / unitY;
        this.columns = Plane.ceil((left + width) * wide, unitX) - firstX;
        this.rows = Plane.ceil((top + height) * high, unitY) - firstY;
        this.left = (double) left * wide / unitX - firstX;
        this.top = (double) top * high / unitY - firstY;
        this.width = (double) width * wide / unitX;
        this.height = (double) height * high / unitY;
    }

    public int columns() {
        return columns;
    }

    public int rows() {
        return rows;
    }

    public double left() {
        return left;
    }

    public double top() {
        return top;
    }

    /** The region's width in samples, not rounded. */
    public double width() {
        return width;
    }

    /** The region's height in samples, not rounded. */
    public double height() {
        return height;
    }

    /** Row {@code y} of {@link #rows}: values 0 .. 255 of its {@link #columns}. */
    public void row(int y, int[] out) {
        byte[] from = plane.samples;
        int at = plane.row(firstY + y) + firstX;
        for (int x = 0; x < columns; x++) {
            out[x] = from[at + x] & 0xFF;
        }
    }
}
