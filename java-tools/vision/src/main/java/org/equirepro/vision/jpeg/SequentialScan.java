package org.equirepro.vision.jpeg;

/** Baseline and extended sequential coding (T.81, F.2): every block is whole, and transformed at once where it is needed. */
final class SequentialScan implements Scan.Blocks {

    private final Scan scan;
    private final BitReader in;
    private final Huffman[] dc;
    private final Huffman[] ac;
    private final int[] block = new int[64];
    private final int[] unused = new int[64];
    private int restarts;

    SequentialScan(Scan scan, byte[] bytes, Tables tables) {
        this.scan = scan;
        this.in = new BitReader(bytes, scan.start());
        int n = scan.planes().length;
        this.dc = new Huffman[n];
        this.ac = new Huffman[n];
        for (int i = 0; i < n; i++) {
            Plane plane = scan.planes()[i];
            dc[i] = tables.dc(scan.dc()[i]);
            ac[i] = tables.ac(scan.ac()[i]);
            plane.dc = 0;
        }
    }

    /** Decodes the blocks down to the last needed row and returns where the next marker is. */
    int decode(Frame frame, int restartInterval) {
        scan.visit(frame, restartInterval, true, this);
        in.requireReal();
        return in.end();
    }

    @Override
    public void restart() {
        in.restart(restarts++ & 7);
        for (Plane plane : scan.planes()) {
            plane.dc = 0;
        }
    }

    @Override
    public void block(int component, int x, int y) {
        Plane plane = scan.planes()[component];
        if (plane.needs(x, y)) {
            int last = read(plane, dc[component], ac[component], block);
            plane.transform(block, last, x, y);
        } else {
            read(plane, dc[component], ac[component], unused);
        }
    }

    /** Reads and dequantises a block into natural order; returns the highest zigzag position that was set. */
    private int read(Plane plane, Huffman dcCode, Huffman acCode, int[] out) {
        int size = in.symbol(dcCode);
        if (size > 0) {
            plane.dc += Huffman.extend(in.take(size), size);
        }
        int[] quantisation = plane.quantisation;
        // 16 bits, as in libjpeg-turbo's vector code
        out[0] = (short) (plane.dc * quantisation[0]);
        int[] look = acCode.look;
        int[] zigzag = Tables.ZIGZAG;
        BitReader bits = in;
        long buffer = bits.buffer;
        int count = bits.count;
        int last = 0;
        for (int k = 1; k < 64; k++) {
            if (count < 32) {
                bits.buffer = buffer;
                bits.count = count;
                bits.fill();
                buffer = bits.buffer;
                count = bits.count;
            }
            int found = look[(int) (buffer >>> 64 - Huffman.LOOK)];
            if (found == 0) {
                found = acCode.search(buffer);
            }
            buffer <<= found;
            count -= found & 0xFF;
            int value = found >> 16;
            if (value != 0) {
                k += found >> 8 & 0xFF;
            } else {
                int zeros = found >> 12;
                int length = found >> 8 & 15;
                if (length == 0) {
                    if (zeros < 15) {
                        break; // end of block
                    }
                    k += 15;
                    continue;
                }
                k += zeros;
                value = Huffman.extend((int) (buffer >>> 64 - length), length);
                buffer <<= length;
                count -= length;
            }
            int to = zigzag[k];
            out[to] = (short) (value * quantisation[to]);
            last = k;
        }
        bits.buffer = buffer;
        bits.count = count;
        return last;
    }
}
