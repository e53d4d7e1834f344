package org.equirepro.vision.jpeg;

/** A Huffman code (ITU-T T.81, annex C) with tables that take a code of up to {@link #LOOK} bits in one step. */
final class Huffman {

    /** Bits that are looked at together. */
    static final int LOOK = 11;

    /**
     * By the next LOOK bits: {@code symbol << 8 |} bits taken. With values, where the value behind the code fits too:
     * {@code value << 16 | zeros before it << 8 |} bits taken by both. 0 if the code is longer.
     */
    final int[] look = new int[1 << LOOK];
    /** Largest code of each length, -1 without one; a guard at 17 ends the search. */
    private final int[] most = new int[18];
    private final int[] offset = new int[18];
    private final byte[] symbols;

    /**
     * @param counts number of codes of length 1 .. 16, from index 1
     * @param symbols in the order of the codes
     * @param dc symbols are sizes of DC differences, at most 15
     * @param withValues of coefficients in {@link #look}
     */
    Huffman(int[] counts, byte[] symbols, boolean dc, boolean withValues) {
        this.symbols = symbols;
        int code = 0;
        int at = 0;
        for (int length = 1; length <= 16; length++, code <<= 1) {
            offset[length] = at - code;
            for (int i = 0; i < counts[length]; i++, at++, code++) {
                if (code + 1 >= 1 << length) { // no code is all ones
                    throw new JpegException("damaged JPEG (bad Huffman table)");
                }
                if (dc && (symbols[at] & 0xFF) > 15) {
                    throw new JpegException("damaged JPEG (bad Huffman table)");
                }
                fill(code, length, symbols[at] & 0xFF, withValues);
            }
            most[length] = counts[length] > 0 ? code - 1 : -1;
        }
        most[17] = Integer.MAX_VALUE;
    }

    private void fill(int code, int length, int symbol, boolean withValues) {
        if (length > LOOK) {
            return;
        }
        int spare = LOOK - length;
        int size = symbol & 15;
        for (int rest = 0; rest < 1 << spare; rest++) {
            int index = code << spare | rest;
            look[index] = !withValues || size == 0 || size > spare ? symbol << 8 | length
                    : extend(rest >> spare - size, size) << 16 | symbol >> 4 << 8 | length + size;
        }
    }

    /** A value of {@code size} bits with its sign (T.81, F.12). */
    static int extend(int bits, int size) {
        return bits < 1 << size - 1 ? bits - (1 << size) + 1 : bits;
    }

    /** For codes longer than LOOK: as {@link #look}; a code that does not exist takes 17 bits and gives 0, as in libjpeg. */
    int search(long buffer) {
        int length = LOOK + 1;
        while ((int) (buffer >>> 64 - length) > most[length]) {
            length++;
        }
        if (length > 16) {
            return 17;
        }
        return (symbols[(int) (buffer >>> 64 - length) + offset[length] & 0xFF] & 0xFF) << 8 | length;
    }
}
