package org.equirepro.vision.jpeg;

/** Progressive coding (T.81, annex G): a scan adds a band of coefficients, or one more bit to them. */
final class ProgressiveScan implements Scan.Blocks {

    private final Scan scan;
    private final BitReader in;
    private final Huffman[] codes;
    private int restarts;
    /** Blocks whose band ends before it begins. */
    private int endOfBand;

    ProgressiveScan(Scan scan, byte[] bytes, Tables tables) {
        boolean dc = scan.first() == 0;
        if ((dc ? scan.last() != 0 : scan.last() < scan.first() || scan.last() > 63 || scan.planes().length != 1)
                || scan.high() != 0 && scan.low() != scan.high() - 1 || scan.low() > 13) {
            throw new JpegException("damaged JPEG (bad progression)");
        }
        this.scan = scan;
        this.in = new BitReader(bytes, scan.start());
        this.codes = new Huffman[scan.planes().length];
        for (int i = 0; i < codes.length; i++) {
            if (!dc) {
                codes[i] = tables.ac(scan.ac()[i]);
            } else if (scan.high() == 0) {
                codes[i] = tables.dc(scan.dc()[i]);
            }
            scan.planes()[i].dc = 0;
        }
    }

    /** Decodes all blocks and returns where the next marker is. */
    int decode(Frame frame, int restartInterval) {
        scan.visit(frame, restartInterval, false, this);
        in.requireReal();
        return in.end();
    }

    @Override
    public void restart() {
        in.restart(restarts++ & 7);
        for (Plane plane : scan.planes()) {
            plane.dc = 0;
        }
        endOfBand = 0;
    }

    @Override
    public void block(int component, int x, int y) {
        Plane plane = scan.planes()[component];
        short[] all = plane.coefficients;
        int at = 64 * (y * plane.coefficientBlocksWide + x);
        if (scan.first() > 0) {
            if (scan.high() == 0) {
                firstBand(codes[component], all, at);
            } else {
                refineBand(codes[component], all, at);
            }
        } else if (scan.high() == 0) {
            int size = in.symbol(codes[component]);
            if (size > 0) {
                plane.dc += Huffman.extend(in.take(size), size);
            }
            all[at] = (short) (plane.dc << scan.low());
        } else if (in.bit() == 1) {
            all[at] |= (short) (1 << scan.low());
        }
    }

    private void firstBand(Huffman code, short[] all, int at) {
        if (endOfBand > 0) {
            endOfBand--;
            return;
        }
        for (int k = scan.first(); k <= scan.last(); k++) {
            int symbol = in.symbol(code);
            int run = symbol >> 4;
            int size = symbol & 15;
            if (size > 0) {
                k += run;
                all[at + Tables.ZIGZAG[k]] = (short) (Huffman.extend(in.take(size), size) << scan.low());
            } else if (run == 15) {
                k += 15;
            } else {
                endOfBand = (1 << run) - 1 + in.take(run);
                return;
            }
        }
    }

    private void refineBand(Huffman code, short[] all, int at) {
        int bit = 1 << scan.low();
        int k = scan.first();
        if (endOfBand == 0) {
            for (; k <= scan.last(); k++) {
                int symbol = in.symbol(code);
                int run = symbol >> 4;
                int value = 0;
                if ((symbol & 15) > 0) { // should be 1
                    value = in.bit() == 1 ? bit : -bit;
                } else if (run < 15) {
                    endOfBand = (1 << run) + in.take(run);
                    break;
                }
                k = refine(all, at, k, bit, run);
                if (value != 0) {
                    all[at + Tables.ZIGZAG[k]] = (short) value;
                }
            }
        }
        if (endOfBand > 0) {
            refine(all, at, k, bit, Integer.MAX_VALUE);
            endOfBand--;
        }
    }

    /** Adds a bit to the coefficients that are not zero, and returns the place of the zero behind {@code zeros} others. */
    private int refine(short[] all, int at, int from, int bit, int zeros) {
        int k = from;
        for (int left = zeros; k <= scan.last(); k++) {
            int place = at + Tables.ZIGZAG[k];
            int old = all[place];
            if (old == 0) {
                if (left-- == 0) {
                    break;
                }
            } else if (in.bit() == 1 && (old & bit) == 0) {
                all[place] = (short) (old >= 0 ? old + bit : old - bit);
            }
        }
        return k;
    }
}
