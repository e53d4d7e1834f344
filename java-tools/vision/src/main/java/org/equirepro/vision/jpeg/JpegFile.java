package org.equirepro.vision.jpeg;

/**
 * A JPEG whose header was read. Any region can be decoded from it: the entropy-coded data are read down to the region's end, but
 * only its blocks are transformed and coloured, so that a crop costs less than the picture.
 *
 * <p>Baseline, extended sequential and progressive Huffman coding with 8 bits a sample; grey, YCbCr, RGB, CMYK and YCCK. What
 * libjpeg would mend without losing pixels is mended; missing data are refused.
 */
public final class JpegFile {

    /** More than any writer makes; each scan costs time even if it holds next to nothing. */
    private static final int MAX_SCANS = 500;

    private final byte[] bytes;
    private final Frame frame;
    private final Colours colours;

    private JpegFile(byte[] bytes, Frame frame) {
        this.bytes = bytes;
        this.frame = frame;
        this.colours = Colours.of(frame);
    }

    /** Whether the bytes begin like a JPEG. */
    public static boolean is(byte[] bytes) {
        return bytes.length > 3 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xD8 && bytes[2] == (byte) 0xFF;
    }

    /** Width and height, from the header alone. */
    public static int[] size(byte[] bytes) {
        Frame frame = Frame.read(bytes);
        return new int[] {frame.width(), frame.height()};
    }

    /**
     * Reads the header.
     *
     * @throws JpegException if there is none, the coding is not one of those above, or the end-of-image marker is missing
     */
    public static JpegFile open(byte[] bytes) {
        Frame frame = Frame.read(bytes);
        int end = bytes.length - 2;
        while (end >= frame.end() && !(bytes[end] == (byte) 0xFF && bytes[end + 1] == (byte) Markers.EOI)) {
            end--; // compressed data hold no such marker, so a file that was cut has none; trailing bytes are fine
        }
        if (end < frame.end()) {
            throw new JpegException("truncated JPEG (no end-of-image marker)");
        }
        return new JpegFile(bytes, frame);
    }

    public int width() {
        return frame.width();
    }

    public int height() {
        return frame.height();
    }

    /** Decodes a region to [height, width, 3] of RGB; see {@link #decode}. */
    public byte[] rgb(int left, int top, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        decode(left, top, width, height, new RowSink() {
            private int at;

            @Override
            public void row(int[][] row) {
                int[] red = row[0];
                int[] green = row[1];
                int[] blue = row[2];
                byte[] out = rgb;
                int from = at;
                for (int x = 0; x < red.length; x++) {
                    out[from + 3 * x] = (byte) red[x];
                    out[from + 3 * x + 1] = (byte) green[x];
                    out[from + 3 * x + 2] = (byte) blue[x];
                }
                at += 3 * width;
            }
        });
        return rgb;
    }

    /**
     * Decodes a region to the pixels that libjpeg gives.
     *
     * @param left first column; {@code top} first row
     * @param sink takes the region's rows
     * @throws JpegException if the data up to the region's last row are damaged or end too early
     */
    public void decode(int left, int top, int width, int height, RowSink sink) {
        requireReadable(left, top, width, height);
        Plane[] planes = new Plane[frame.components().length];
        for (int c = 0; c < planes.length; c++) {
            planes[c] = Plane.full(frame, frame.components()[c], left, top, left + width, top + height);
        }
        read(planes);
        Upsampler[] upsamplers = new Upsampler[planes.length];
        for (int c = 0; c < planes.length; c++) {
            upsamplers[c] = new Upsampler(planes[c], frame.maxH(), frame.maxV(), left, width);
        }
        int[][] rows = new int[planes.length][width];
        int[] spare = new int[width];
        for (int y = 0; y < height; y++) {
            for (int c = 0; c < planes.length; c++) {
                upsamplers[c].row(top + y, rows[c]);
            }
            sink.row(colours.convert(rows, spare));
        }
    }

    /**
     * Decodes a region's components, each from the lowest frequencies alone that leave it no smaller than the region shall become:
     * less work than {@link #decode}, for pictures that are resized anyway. {@link #toRgb} makes colours of the resized rows.
     *
     * @param left first column at full size; {@code top}, {@code width}, {@code height} likewise
     * @param toWidth columns that are wanted of the region; {@code toHeight} rows
     * @throws JpegException if the data up to the region's last row are damaged or end too early
     */
    public Samples[] reduced(int left, int top, int width, int height, int toWidth, int toHeight) {
        requireReadable(left, top, width, height);
        Plane[] planes = new Plane[frame.components().length];
        Samples[] samples = new Samples[planes.length];
        for (int c = 0; c < planes.length; c++) {
            Frame.Component component = frame.components()[c];
            double shareX = (double) component.h() / frame.maxH();
            double shareY = (double) component.v() / frame.maxV();
            int edge = 8;
            while (edge > 1 && width * shareX * (edge - 1) >= 8 * toWidth && height * shareY * (edge - 1) >= 8 * toHeight) {
                edge--;
            }
            planes[c] = Plane.reduced(frame, component, edge, left, top, left + width, top + height);
            samples[c] = new Samples(planes[c], edge * component.h(), 8 * frame.maxH(), edge * component.v(), 8 * frame.maxV(), left,
                    top, width, height);
        }
        read(planes);
        return samples;
    }

    /**
     * Converts a row in place.
     *
     * @param row values 0 .. 255, [components, width]; overwritten
     * @param spare room for another row
     * @return red, green and blue: the arrays given, which may be one and the same
     */
    public int[][] toRgb(int[][] row, int[] spare) {
        return colours.convert(row, spare);
    }

    private void requireReadable(int left, int top, int width, int height) {
        if (left < 0 || top < 0 || width < 1 || height < 1 || left + width > width() || top + height > height()) {
            throw new IllegalArgumentException("region of " + width + " x " + height + " at " + left + ", " + top);
        }
        long blocks = 0;
        for (Frame.Component c : frame.components()) {
            if (frame.maxH() % c.h() != 0 || frame.maxV() % c.v() != 0) {
                throw new JpegException("JPEG with fractional sampling factors is not read");
            }
            blocks += (long) Plane.ceil(width() * c.h(), 8 * frame.maxH()) * Plane.ceil(height() * c.v(), 8 * frame.maxV());
        }
        // a block takes a bit at least: a header that promises more is refused before memory is taken for it
        if (blocks > 8L * bytes.length) {
            throw new JpegException("truncated JPEG (" + width() + " x " + height() + " pixels in " + bytes.length + " bytes)");
        }
    }

    private void read(Plane[] planes) {
        boolean progressive = frame.process() == Frame.PROGRESSIVE;
        readScans(planes, progressive);
        if (progressive) {
            for (Plane plane : planes) {
                transform(plane);
            }
        }
    }

    private void readScans(Plane[] planes, boolean progressive) {
        Markers markers = new Markers(bytes);
        Tables tables = new Tables(progressive);
        int scans = 0;
        int seen = 0;
        for (int marker = markers.next(); marker != Markers.EOI && marker != 0; marker = markers.next()) {
            tables.read(marker, markers);
            if (marker != Markers.SOS) {
                continue;
            }
            if (++scans > MAX_SCANS) {
                throw new JpegException("damaged JPEG (more than " + MAX_SCANS + " scans)");
            }
            Scan scan = Scan.read(markers, frame, planes);
            for (int c = 0; c < planes.length; c++) {
                if (planes[c].quantisation == null && java.util.Arrays.asList(scan.planes()).contains(planes[c])) {
                    planes[c].quantisation = tables.quantisation(frame.components()[c].table());
                    seen++;
                }
            }
            if (progressive) {
                markers.continueAt(new ProgressiveScan(scan, bytes, tables).decode(frame, tables.restartInterval()));
            } else {
                int end = new SequentialScan(scan, bytes, tables).decode(frame, tables.restartInterval());
                if (seen == planes.length) {
                    return;
                }
                markers.continueAt(end);
            }
        }
        if (seen < planes.length) {
            throw new JpegException("truncated JPEG (a component has no data)");
        }
    }

    private static void transform(Plane plane) {
        int[] block = new int[64];
        for (int y = plane.fromY; y < plane.toY; y++) {
            for (int x = plane.fromX; x < plane.toX; x++) {
                int from = 64 * (y * plane.coefficientBlocksWide + x);
                int last = 0;
                for (int k = 0; k < 64; k++) {
                    int at = Tables.ZIGZAG[k];
                    int value = plane.coefficients[from + at];
                    if (value != 0) {
                        block[at] = (short) (value * plane.quantisation[at]);
                        last = k;
                    }
                }
                plane.transform(block, last, x, y);
            }
        }
    }
}
