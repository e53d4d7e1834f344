package org.equirepro.vision.jpeg;

/** The inverse cosine transform of a block. */
interface Idct {

    /**
     * Writes a block's samples and clears the block.
     *
     * @param block 64 dequantised coefficients in natural order; zero afterwards
     * @param last highest zigzag position that may not be zero
     * @param out samples; the block's first is at {@code at}, the next row {@code stride} behind
     */
    void apply(int[] block, int last, byte[] out, int at, int stride);

    /** To {@code edge} x {@code edge} samples, 8 being the full size. */
    static Idct of(int edge) {
        return edge == 8 ? new FullIdct() : new ReducedIdct(edge);
    }

    /** The sample of a block that has no other coefficient; one too large wraps as in libjpeg-turbo's 16-bit vectors. */
    static byte flat(int dc) {
        return sample((short) (dc << 2) + 16 >> 5);
    }

    /** {@code value + 128} held to 0 .. 255. */
    static byte sample(int value) {
        int v = value + 128;
        return (byte) ((v & ~255) == 0 ? v : ~v >> 31);
    }
}
