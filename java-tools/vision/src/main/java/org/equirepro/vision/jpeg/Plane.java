package org.equirepro.vision.jpeg;

/** The samples of one component, as far as a region of the picture needs them, and where they lie in the file. */
final class Plane {

    final int h;
    final int v;
    /** Blocks that hold samples; interleaved scans have more. */
    final int blocksWide;
    final int blocksHigh;
    /** Size of the whole component in samples. */
    final int width;
    final int height;
    /** Blocks that are needed: from (inclusive) and to (exclusive). */
    final int fromX;
    final int toX;
    final int fromY;
    final int toY;
    /** Samples of the needed blocks, [rows, stride]. */
    final byte[] samples;
    final int stride;
    /** Coefficients of all blocks in natural order, [rows, columns, 64]; progressive files only. */
    final short[] coefficients;
    final int coefficientBlocksWide;
    int[] quantisation;
    int dc;

    private final int edge;
    private final Idct idct;

    /**
     * Room for blocks.
     *
     * @param edge samples of a block's side after the inverse transform, 8 at full size
     * @param left first sample that is needed; likewise {@code top}, and {@code right} and {@code bottom}, the last ones. Those
     *     beyond the component are left out
     */
    private Plane(Frame frame, Frame.Component component, int edge, int left, int top, int right, int bottom) {
        int maxH = frame.maxH();
        int maxV = frame.maxV();
        this.h = component.h();
        this.v = component.v();
        this.edge = edge;
        this.idct = Idct.of(edge);
        this.blocksWide = ceil(frame.width() * h, 8 * maxH);
        this.blocksHigh = ceil(frame.height() * v, 8 * maxV);
        this.width = ceil(frame.width() * h * edge, 8 * maxH);
        this.height = ceil(frame.height() * v * edge, 8 * maxV);
        this.fromX = Math.max(0, left) / edge;
        this.toX = Math.min(blocksWide, right / edge + 1);
        this.fromY = Math.max(0, top) / edge;
        this.toY = Math.min(blocksHigh, bottom / edge + 1);
        this.stride = (toX - fromX) * edge;
        this.samples = new byte[stride * (toY - fromY) * edge];
        this.coefficientBlocksWide = ceil(frame.width(), 8 * maxH) * h;
        int rows = ceil(frame.height(), 8 * maxV) * v;
        this.coefficients = frame.process() == Frame.PROGRESSIVE ? new short[Math.multiplyExact(64 * coefficientBlocksWide, rows)]
                : null;
    }

    /** For picture columns {@code left} to {@code right} (exclusive) and rows likewise, at full size with their neighbours. */
    static Plane full(Frame frame, Frame.Component component, int left, int top, int right, int bottom) {
        int h = component.h();
        int v = component.v();
        int maxH = frame.maxH();
        int maxV = frame.maxV();
        // smooth upsampling looks at one neighbour on each side
        return new Plane(frame, component, 8, left * h / maxH - 1, top * v / maxV - 1, (right - 1) * h / maxH + 1,
                (bottom - 1) * v / maxV + 1);
    }

    /** For the samples that a region touches, {@code edge} to a block's side. */
    static Plane reduced(Frame frame, Frame.Component component, int edge, int left, int top, int right, int bottom) {
        int wide = component.h() * edge;
        int high = component.v() * edge;
        int unitX = 8 * frame.maxH();
        int unitY = 8 * frame.maxV();
        return new Plane(frame, component, edge, left * wide / unitX, top * high / unitY, ceil(right * wide, unitX) - 1,
                ceil(bottom * high, unitY) - 1);
    }

    static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }

    boolean needs(int blockX, int blockY) {
        return blockX >= fromX && blockX < toX && blockY >= fromY && blockY < toY;
    }

    /** Writes the samples of a needed block; see {@link Idct#apply}. */
    void transform(int[] block, int last, int blockX, int blockY) {
        idct.apply(block, last, samples, (blockY - fromY) * edge * stride + (blockX - fromX) * edge, stride);
    }

    /** Where row {@code y} of the component would begin in {@link #samples} if column 0 was there; {@code y} is held inside. */
    int row(int y) {
        int inside = Math.max(0, Math.min(y, height - 1));
        return (inside - fromY * edge) * stride - fromX * edge;
    }
}
