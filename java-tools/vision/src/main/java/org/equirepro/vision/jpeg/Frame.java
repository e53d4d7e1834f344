package org.equirepro.vision.jpeg;

/**
 * What the markers up to the frame header say.
 *
 * @param process number of the SOF marker: 0 and 1 sequential, 2 progressive
 * @param jfif there is a JFIF marker
 * @param adobe colour transform of the Adobe marker, -1 without one
 * @param end first byte behind the frame header
 */
record Frame(int width, int height, int process, Component[] components, boolean jfif, int adobe, int end) {

    static final int PROGRESSIVE = 2;

    /**
     * One colour plane of the file.
     *
     * @param h horizontal sampling factor, 1 .. 4
     * @param v vertical
     * @param table number of its quantisation table
     */
    record Component(int id, int h, int v, int table) {}

    /** Reads up to the frame header. */
    static Frame read(byte[] bytes) {
        Markers markers = new Markers(bytes);
        boolean jfif = false;
        int adobe = -1;
        while (true) {
            int marker = markers.next();
            int at = markers.start();
            if (marker == 0) {
                throw new JpegException("truncated JPEG (it ends in the header)");
            } else if (marker == Markers.EOI || marker == Markers.SOS) {
                throw new JpegException("damaged JPEG (no frame before the first scan)");
            } else if (marker == 0xE0 && markers.segmentHolds("JFIF\0")) {
                jfif = true;
            } else if (marker == 0xEE && markers.end() - at >= 12 && markers.segmentHolds("Adobe")) {
                adobe = markers.one(at + 11);
            } else if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
                return frame(markers, marker - 0xC0, jfif, adobe);
            }
        }
    }

    private static Frame frame(Markers markers, int process, boolean jfif, int adobe) {
        int at = markers.start();
        int length = markers.end() - at;
        int count = length < 6 ? 0 : markers.one(at + 5);
        if (count == 0 || length < 6 + 3 * count) {
            throw new JpegException("damaged JPEG (bad frame header)");
        }
        if (markers.one(at) != 8) {
            throw new JpegException("JPEG with " + markers.one(at) + " bits a sample is not read; re-encode it with 8");
        }
        if (process > 2) {
            throw new JpegException("JPEG of process SOF" + process
                    + " (lossless, hierarchical or arithmetic coding) is not read; re-encode it as baseline");
        }
        if (count != 1 && count != 3 && count != 4) {
            throw new JpegException("JPEG with " + count + " components is not read");
        }
        Component[] components = new Component[count];
        for (int c = 0; c < count; c++) {
            int entry = at + 6 + 3 * c;
            int factors = markers.one(entry + 1);
            components[c] = new Component(markers.one(entry), factors >> 4, factors & 15, markers.one(entry + 2));
            if (components[c].h < 1 || components[c].h > 4 || components[c].v < 1 || components[c].v > 4
                    || components[c].table > 3) {
                throw new JpegException("damaged JPEG (bad frame header)");
            }
        }
        return new Frame(markers.two(at + 3), markers.two(at + 1), process, components, jfif, adobe, markers.end());
    }

    int maxH() {
        int most = 1;
        for (Component c : components) {
            most = Math.max(most, c.h);
        }
        return most;
    }

    int maxV() {
        int most = 1;
        for (Component c : components) {
            most = Math.max(most, c.v);
        }
        return most;
    }

    /** Whether three components are YCbCr, by libjpeg's rules: JFIF says so, an Adobe marker says which, else the ids do. */
    boolean isYcc() {
        if (jfif) {
            return true;
        }
        if (adobe >= 0) {
            return adobe != 0;
        }
        return !(components[0].id == 'R' && components[1].id == 'G' && components[2].id == 'B');
    }
}
