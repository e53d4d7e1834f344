package org.equirepro.vision.image;

import org.equirepro.vision.jpeg.RowSink;

/** Resizes a picture of three colours whose rows come one after another. */
final class RowResampler implements RowSink {

    private final PlaneResampler[] planes = new PlaneResampler[3];
    private final byte[] out;
    private int at;

    /**
     * To [height, width, 3] bytes.
     *
     * @param across taps of a row, null to copy it; {@code down} likewise of a column
     */
    RowResampler(Resampling.Taps across, Resampling.Taps down, int width, byte[] out) {
        PlaneResampler.Across columns = across == null ? null : PlaneResampler.Across.of(across);
        for (int c = 0; c < 3; c++) {
            planes[c] = new PlaneResampler(columns, down, width);
        }
        this.out = out;
    }

    @Override
    public void row(int[][] rgb) {
        for (int c = 0; c < 3; c++) {
            planes[c].put(rgb[c]);
        }
        while (planes[0].ready()) {
            at = interleave(planes[0].take(), planes[1].take(), planes[2].take(), out, at);
        }
    }

    /** Writes a row's columns from {@code at} on and returns where they end. */
    static int interleave(int[] red, int[] green, int[] blue, byte[] out, int at) {
        int to = at;
        for (int x = 0; x < red.length; x++, to += 3) {
            out[to] = (byte) red[x];
            out[to + 1] = (byte) green[x];
            out[to + 2] = (byte) blue[x];
        }
        return to;
    }
}
