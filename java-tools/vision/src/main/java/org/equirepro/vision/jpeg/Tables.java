package org.equirepro.vision.jpeg;

/** Quantisation and Huffman tables and the restart interval, as the markers between scans change them. */
final class Tables {

    /** Natural (row) position of each position in zigzag order; what lies beyond the block, in damaged data, goes to the last. */
    static final int[] ZIGZAG = new int[80];

    static {
        java.util.Arrays.fill(ZIGZAG, 63);
        int x = 0;
        int y = 0;
        for (int k = 0; k < 64; k++) {
            ZIGZAG[k] = 8 * y + x;
            boolean up = (x + y) % 2 == 0;
            if (up && x < 7 && (y == 0 || x == 7)) {
                x++;
            } else if (up && x == 7) {
                y++;
            } else if (up) {
                x++;
                y--;
            } else if (y == 7) {
                x++;
            } else if (x == 0) {
                y++;
            } else {
                x--;
                y++;
            }
        }
    }

    private final boolean progressive;
    private final int[][] quantisation = new int[4][];
    private final Huffman[] dc = new Huffman[4];
    private final Huffman[] ac = new Huffman[4];
    private int restartInterval;

    Tables(boolean progressive) {
        this.progressive = progressive;
    }

    /** Takes a segment in; other markers than DQT, DHT and DRI are left alone. */
    void read(int marker, Markers markers) {
        switch (marker) {
            case 0xDB -> quantisation(markers);
            case 0xC4 -> huffman(markers);
            case 0xDD -> restartInterval = markers.two(markers.start());
            default -> { }
        }
    }

    private void quantisation(Markers markers) {
        int at = markers.start();
        while (at < markers.end()) {
            int head = markers.one(at++);
            int bytes = head >> 4 == 0 ? 1 : 2;
            if (head >> 4 > 1 || (head & 15) > 3 || at + 64 * bytes > markers.end()) {
                throw new JpegException("damaged JPEG (bad quantisation table)");
            }
            int[] table = new int[64];
            for (int k = 0; k < 64; k++, at += bytes) {
                table[ZIGZAG[k]] = bytes == 1 ? markers.one(at) : markers.two(at);
            }
            quantisation[head & 15] = table;
        }
    }

    private void huffman(Markers markers) {
        int at = markers.start();
        while (at + 17 <= markers.end()) {
            int head = markers.one(at);
            int[] counts = new int[17];
            int total = 0;
            for (int length = 1; length <= 16; length++) {
                counts[length] = markers.one(at + length);
                total += counts[length];
            }
            at += 17;
            if ((head & 15) > 3 || head >> 4 > 1 || total > 256 || at + total > markers.end()) {
                throw new JpegException("damaged JPEG (bad Huffman table)");
            }
            byte[] symbols = new byte[256];
            for (int i = 0; i < total; i++) {
                symbols[i] = (byte) markers.one(at + i);
            }
            at += total;
            boolean isDc = head >> 4 == 0;
            (isDc ? dc : ac)[head & 15] = new Huffman(counts, symbols, isDc, !isDc && !progressive);
        }
    }

    int restartInterval() {
        return restartInterval;
    }

    /** 64 divisors in natural order. */
    int[] quantisation(int number) {
        if (quantisation[number] == null) {
            throw new JpegException("damaged JPEG (a quantisation table is missing)");
        }
        return quantisation[number];
    }

    Huffman dc(int number) {
        return require(dc[number]);
    }

    Huffman ac(int number) {
        return require(ac[number]);
    }

    private static Huffman require(Huffman table) {
        if (table == null) {
            throw new JpegException("damaged JPEG (a Huffman table is missing)");
        }
        return table;
    }
}
