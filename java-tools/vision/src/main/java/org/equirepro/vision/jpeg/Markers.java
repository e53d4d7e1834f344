package org.equirepro.vision.jpeg;

/** Steps from marker to marker through a JPEG's bytes. */
final class Markers {

    static final int EOI = 0xD9;
    static final int SOS = 0xDA;

    private final byte[] bytes;
    private int next = 2;
    private int start;
    private int end;

    Markers(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Goes to the next marker with a segment (or EOI) and returns its code, 0 where the bytes end; skips what is no marker. */
    int next() {
        while (true) {
            while (next < bytes.length && bytes[next] != (byte) 0xFF) {
                next++;
            }
            while (next < bytes.length && bytes[next] == (byte) 0xFF) {
                next++;
            }
            if (next >= bytes.length) {
                return 0;
            }
            int marker = bytes[next++] & 0xFF;
            if (marker == EOI) {
                return EOI;
            }
            if (marker == 0 || marker == 1 || marker >= 0xD0 && marker <= 0xD8) {
                continue; // these have no segment
            }
            int length = next + 2 > bytes.length ? 0 : two(next);
            if (length < 2 || next + length > bytes.length) {
                return 0;
            }
            start = next + 2;
            end = next + length;
            next = end;
            return marker;
        }
    }

    /** Goes on behind entropy-coded data. */
    void continueAt(int position) {
        next = position;
    }

    /** First byte of the segment. */
    int start() {
        return start;
    }

    /** Byte behind the segment. */
    int end() {
        return end;
    }

    int one(int at) {
        return bytes[at] & 0xFF;
    }

    int two(int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    boolean segmentHolds(String text) {
        if (end - start < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[start + i] != (byte) text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
