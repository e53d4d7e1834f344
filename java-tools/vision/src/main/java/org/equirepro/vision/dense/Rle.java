package org.equirepro.vision.dense;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A binary mask as runs of pixels, column by column from the left and each from the top: the form in which COCO keeps masks.
 * Runs of zeros and ones alternate and begin with zeros, so the first run may be empty. Immutable.
 */
public final class Rle implements Segmentation {

    private final int height;
    private final int width;
    private final int[] runs;

    private Rle(int height, int width, int[] runs) {
        this.height = height;
        this.width = width;
        this.runs = runs;
    }

    /**
     * A mask of given runs (COCO's uncompressed counts).
     *
     * @throws IllegalArgumentException if a run is negative or they do not sum up to height * width
     */
    public static Rle ofRuns(int height, int width, int[] runs) {
        long pixels = pixels(height, width);
        long sum = 0;
        for (int run : runs) {
            if (run < 0) {
                throw new IllegalArgumentException("a run of a mask is negative: " + run);
            }
            sum += run;
        }
        if (sum != pixels) {
            throw new IllegalArgumentException("the runs of a mask have " + sum + " pixels, not " + height + " x " + width);
        }
        return new Rle(height, width, runs.clone());
    }

    /** The runs of a mask [height, width] in row order; any value but 0 counts as one. */
    public static Rle encode(byte[] mask, int height, int width) {
        if (mask.length != pixels(height, width)) {
            throw new IllegalArgumentException(mask.length + " values are not a mask of " + height + " x " + width);
        }
        Runs found = new Runs();
        boolean value = false;
        int run = 0;
        for (int x = 0; x < width; x++) {
            for (int at = x; at < mask.length; at += width) {
                if (mask[at] != 0 != value) {
                    found.add(run);
                    run = 0;
                    value = !value;
                }
                run++;
            }
        }
        found.add(run);
        return new Rle(height, width, found.toArray());
    }

    /**
     * Reads COCO's compressed text. A number is written in groups of five bits, the lowest first, each as a character from '0' on
     * with a sixth bit where more follow, and from the fourth run on as the difference to the run two before.
     *
     * @throws IllegalArgumentException if the text is damaged or of another size
     */
    public static Rle parse(int height, int width, String text) {
        byte[] codes = text.getBytes(StandardCharsets.ISO_8859_1);
        Runs found = new Runs();
        for (int at = 0; at < codes.length; ) {
            long value = 0;
            int shift = 0;
            int code;
            do {
                code = at < codes.length ? codes[at++] - '0' : -1;
                if (code < 0 || code > 63 || shift > 30) {
                    throw new IllegalArgumentException("damaged text of a mask at character " + (at - 1));
                }
                value |= (long) (code & 0x1F) << shift;
                shift += 5;
            } while ((code & 0x20) != 0);
            if ((code & 0x10) != 0) {
                value |= -1L << shift;
            }
            value += found.size > 2 ? found.values[found.size - 2] : 0;
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("damaged text of a mask: a run of " + value + " pixels");
            }
            found.add((int) value);
        }
        return ofRuns(height, width, found.toArray());
    }

    /** The compressed text, which {@link #parse} reads. */
    public String text() {
        StringBuilder text = new StringBuilder(2 * runs.length);
        for (int i = 0; i < runs.length; i++) {
            int value = i > 2 ? runs[i] - runs[i - 2] : runs[i];
            boolean more;
            do {
                int code = value & 0x1F;
                value >>= 5;
                more = (code & 0x10) != 0 ? value != -1 : value != 0;
                text.append((char) ('0' + (more ? code | 0x20 : code)));
            } while (more);
        }
        return text.toString();
    }

    /** The mask [height, width] in row order with values 0 and 1. */
    public byte[] decode() {
        byte[] mask = new byte[height * width];
        int at = 0;
        for (int i = 0; i < runs.length; i++) {
            if (i % 2 == 1) {
                for (int k = at; k < at + runs[i]; k++) {
                    mask[k % height * width + k / height] = 1;
                }
            }
            at += runs[i];
        }
        return mask;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** Lengths of the runs; a copy. */
    public int[] runs() {
        return runs.clone();
    }

    /** Number of ones. */
    public long area() {
        long area = 0;
        for (int i = 1; i < runs.length; i += 2) {
            area += runs[i];
        }
        return area;
    }

    /** The smallest box around the ones; all zeros for an empty mask. As COCO does it, a run over two columns spans their height. */
    @Override
    public BoundingBox bounds() {
        int left = width;
        int top = height;
        int right = -1;
        int bottom = -1;
        int at = 0;
        for (int i = 0; i + 1 < runs.length; i += 2) {
            int first = at + runs[i];
            int last = first + runs[i + 1] - 1;
            at = last + 1;
            if (last < first) {
                continue;
            }
            boolean several = first / height < last / height;
            left = Math.min(left, first / height);
            right = Math.max(right, last / height);
            top = several ? 0 : Math.min(top, first % height);
            bottom = several ? height - 1 : Math.max(bottom, last % height);
        }
        return right < 0 ? new BoundingBox(0, 0, 0, 0) : new BoundingBox(left, top, right - left + 1, bottom - top + 1);
    }

    /** The pixels that any of the masks has, or with {@code common} all of them. The masks are of one size, at least one. */
    public static Rle merge(List<Rle> masks, boolean common) {
        Rle merged = masks.get(0);
        for (Rle next : masks.subList(1, masks.size())) {
            merged = merged.merged(next, common);
        }
        return merged;
    }

    private Rle merged(Rle other, boolean common) {
        Runs found = new Runs();
        boolean[] value = {false};
        int[] run = {0};
        walk(other, (length, here, there) -> {
            if ((common ? here && there : here || there) != value[0]) {
                found.add(run[0]);
                run[0] = 0;
                value[0] = !value[0];
            }
            run[0] += length;
        });
        found.add(run[0]);
        return new Rle(height, width, found.toArray());
    }

    /**
     * Intersection over union; for a crowd region, over this mask's own area. 0 where nothing is common.
     *
     * @param crowd whether {@code truth} is a crowd region
     */
    public double overlap(Rle truth, boolean crowd) {
        long[] counts = new long[2];
        walk(truth, (length, here, there) -> {
            counts[0] += here && there ? length : 0;
            counts[1] += here || there ? length : 0;
        });
        return counts[0] == 0 ? 0 : (double) counts[0] / (crowd ? area() : counts[1]);
    }

    /** Receives stretches of pixels, none empty, in which both masks are constant. */
    private interface Stretches {
        void stretch(int length, boolean here, boolean there);
    }

    private void walk(Rle other, Stretches stretches) {
        requireSize(other.height, other.width);
        int i = 0;
        int k = 0;
        int left = runs.length > 0 ? runs[0] : 0;
        int otherLeft = other.runs.length > 0 ? other.runs[0] : 0;
        for (long rest = (long) height * width; rest > 0; ) {
            while (left == 0) {
                left = runs[++i];
            }
            while (otherLeft == 0) {
                otherLeft = other.runs[++k];
            }
            int length = Math.min(left, otherLeft);
            stretches.stretch(length, i % 2 == 1, k % 2 == 1);
            left -= length;
            otherLeft -= length;
            rest -= length;
        }
    }

    @Override
    public Rle toRle(int ofHeight, int ofWidth) {
        requireSize(ofHeight, ofWidth);
        return this;
    }

    private void requireSize(int otherHeight, int otherWidth) {
        if (otherHeight != height || otherWidth != width) {
            throw new IllegalArgumentException("a mask of " + height + " x " + width + " where " + otherHeight + " x " + otherWidth
                    + " is needed");
        }
    }

    private static long pixels(int height, int width) {
        if (height < 0 || width < 0 || (long) height * width > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("no mask can have " + height + " x " + width + " pixels");
        }
        return (long) height * width;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Rle rle && rle.height == height && rle.width == width && Arrays.equals(rle.runs, runs);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * height + width) + Arrays.hashCode(runs);
    }

    @Override
    public String toString() {
        return height + " x " + width + " " + text();
    }

    /** A growing array. */
    static final class Runs {
        private int[] values = new int[32];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
