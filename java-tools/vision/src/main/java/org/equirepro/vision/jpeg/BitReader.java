package org.equirepro.vision.jpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of entropy-coded data. A zero byte behind 0xFF is taken out; at a marker the data end, and zeros follow, of which
 * {@link #requireReal} tells whether one was used.
 */
final class BitReader {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int RST0 = 0xD0;

    private final byte[] bytes;
    private int at;
    /** The next bits, from the highest on; below {@link #count} bits there are zeros. */
    long buffer;
    int count;
    /** Zeros put behind the data's end. */
    private int padding;

    BitReader(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
    }

    /** Makes at least 32 bits available. */
    void fill() {
        if (count >= 32) {
            return;
        }
        if (at + 4 <= bytes.length) {
            int word = (int) INT.get(bytes, at);
            if ((word & 0x80808080 & ~word - 0x01010101) == 0) { // no byte is 0xFF
                buffer |= (word & 0xFFFFFFFFL) << 32 - count;
                count += 32;
                at += 4;
                return;
            }
        }
        fillByBytes();
    }

    private void fillByBytes() {
        while (count <= 56) {
            int value = 0;
            int after = at;
            if (at < bytes.length) {
                value = bytes[after++] & 0xFF;
                if (value == 0xFF) {
                    while (after < bytes.length && bytes[after] == (byte) 0xFF) {
                        after++;
                    }
                    if (after >= bytes.length || bytes[after] != 0) {
                        after = -1;
                    } else {
                        after++;
                    }
                }
            } else {
                after = -1;
            }
            if (after < 0) {
                padding += 8;
                value = 0;
            } else {
                at = after;
            }
            buffer |= (long) value << 56 - count;
            count += 8;
        }
    }

    /** Takes {@code n} bits, 0 .. 16, after a fill. */
    int take(int n) {
        int value = (int) (buffer >>> 1 >>> 63 - n);
        buffer <<= n;
        count -= n;
        return value;
    }

    /** Takes one bit. */
    int bit() {
        if (count == 0) {
            fill();
        }
        return take(1);
    }

    /** Takes a symbol of a code without values; leaves at least 15 bits. */
    int symbol(Huffman code) {
        fill();
        int found = code.look[(int) (buffer >>> 64 - Huffman.LOOK)];
        if (found == 0) {
            found = code.search(buffer);
        }
        buffer <<= found;
        count -= found & 0xFF;
        return found >> 8;
    }

    /** The data must not have ended before what was taken. */
    void requireReal() {
        if (count < padding) {
            throw new JpegException("truncated JPEG (compressed data end too early)");
        }
    }

    /** Position of the first marker behind the data read so far. */
    int end() {
        int i = at;
        while (i + 1 < bytes.length && !(bytes[i] == (byte) 0xFF && bytes[i + 1] != 0 && bytes[i + 1] != (byte) 0xFF)) {
            i++;
        }
        return i;
    }

    /** Goes behind the next restart marker, which should have number {@code wanted}; mends a wrong one as libjpeg does. */
    void restart(int wanted) {
        requireReal();
        buffer = 0;
        count = 0;
        padding = 0;
        while (true) {
            int marker = end();
            int code = marker + 1 < bytes.length ? bytes[marker + 1] & 0xFF : 0xD9;
            int ahead = code - RST0 - wanted & 7;
            boolean isRestart = code >= RST0 && code <= RST0 + 7;
            if (isRestart && ahead != 1 && ahead != 2 && ahead != 6 && ahead != 7) {
                at = marker + 2; // the one that was expected, or one too far away to tell
                return;
            }
            if (code >= 0xC0 && !(isRestart && ahead > 2)) {
                at = marker; // the data up to here are lost
                return;
            }
            at = marker + 2;
        }
    }
}
