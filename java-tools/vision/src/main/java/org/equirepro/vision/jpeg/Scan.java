package org.equirepro.vision.jpeg;

/**
 * The header of a scan and the order of its blocks.
 *
 * @param planes the components in it
 * @param dc number of each one's DC table
 * @param ac number of each one's AC table
 * @param first first coefficient in zigzag order; then {@code last}
 * @param high bit above the one that this scan adds, 0 in a first scan; {@code low} its own
 * @param start first byte of the data
 */
record Scan(Plane[] planes, int[] dc, int[] ac, int first, int last, int high, int low, int start) {

    /** Reads a block; {@code x} and {@code y} count blocks of the component. */
    interface Blocks {
        void block(int component, int x, int y);

        void restart();
    }

    /** {@code all}: the planes of the frame's components. */
    static Scan read(Markers markers, Frame frame, Plane[] all) {
        int at = markers.start();
        int length = markers.end() - at;
        int count = length < 1 ? 0 : markers.one(at);
        if (count < 1 || count > 4 || length < 4 + 2 * count) {
            throw damaged();
        }
        Plane[] planes = new Plane[count];
        int[] dc = new int[count];
        int[] ac = new int[count];
        for (int i = 0; i < count; i++) {
            int id = markers.one(at + 1 + 2 * i);
            for (int c = 0; c < all.length; c++) {
                if (frame.components()[c].id() == id && planes[i] == null && !java.util.Arrays.asList(planes).contains(all[c])) {
                    planes[i] = all[c];
                }
            }
            int tables = markers.one(at + 2 + 2 * i);
            dc[i] = tables >> 4;
            ac[i] = tables & 15;
            if (planes[i] == null || dc[i] > 3 || ac[i] > 3) {
                throw damaged();
            }
        }
        int rest = at + 1 + 2 * count;
        int bits = markers.one(rest + 2);
        return new Scan(planes, dc, ac, markers.one(rest), markers.one(rest + 1), bits >> 4, bits & 15, markers.end());
    }

    private static JpegException damaged() {
        return new JpegException("damaged JPEG (bad scan header)");
    }

    /** Visits the blocks in the order of the file, down to the last row that the needed ones of this scan reach if {@code needed}. */
    void visit(Frame frame, int restartInterval, boolean needed, Blocks blocks) {
        boolean single = planes.length == 1;
        int wide = single ? planes[0].blocksWide : Plane.ceil(frame.width(), 8 * frame.maxH());
        int high = single ? planes[0].blocksHigh : Plane.ceil(frame.height(), 8 * frame.maxV());
        if (needed) {
            int rows = 0;
            for (Plane plane : planes) {
                rows = Math.max(rows, single ? plane.toY : Plane.ceil(plane.toY, plane.v));
            }
            high = Math.min(high, rows);
        }
        int left = restartInterval;
        for (int y = 0; y < high; y++) {
            for (int x = 0; x < wide; x++) {
                if (restartInterval > 0 && left-- == 0) {
                    blocks.restart();
                    left = restartInterval - 1;
                }
                if (single) {
                    blocks.block(0, x, y);
                    continue;
                }
                for (int c = 0; c < planes.length; c++) {
                    Plane plane = planes[c];
                    for (int j = 0; j < plane.v; j++) {
                        for (int i = 0; i < plane.h; i++) {
                            blocks.block(c, x * plane.h + i, y * plane.v + j);
                        }
                    }
                }
            }
        }
    }
}
