package org.equirepro.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The elements of a strided view, gathered in row-major order. */
final class StridedContent implements Content {

    /** Bytes of a mapped window; a multiple of every element's size, so that none lies across two. */
    private static final long WINDOW = 1L << 30;

    private final FileRegion storage;
    private final int elementBytes;
    private final long offset;
    private final long[] shape;
    private final long[] stride;

    /** @param offset of the first element, as the strides in elements; all elements lie in the storage */
    StridedContent(FileRegion storage, int elementBytes, long offset, long[] shape, long[] stride) {
        this.storage = storage;
        this.elementBytes = elementBytes;
        this.offset = offset;
        this.shape = shape;
        this.stride = stride;
    }

    @Override
    public void writeTo(Sink sink) throws IOException {
        List<ByteBuffer> windows = new ArrayList<>();
        for (long at = 0; at < storage.length(); at += WINDOW) {
            windows.add(storage.map(at, Math.min(WINDOW, storage.length() - at)));
        }
        ByteBuffer out = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        long[] index = new long[shape.length];
        do {
            long at = offset;
            for (int d = 0; d < index.length; d++) {
                at += index[d] * stride[d];
            }
            at *= elementBytes;
            copy(windows.get((int) (at / WINDOW)), (int) (at % WINDOW), out);
            if (!out.hasRemaining()) {
                sink.accept(out.flip());
                out.clear();
            }
        } while (next(index));
        sink.accept(out.flip());
    }

    private void copy(ByteBuffer from, int at, ByteBuffer to) {
        switch (elementBytes) {
            case 1 -> to.put(from.get(at));
            case 2 -> to.putShort(from.getShort(at));
            case 4 -> to.putInt(from.getInt(at));
            default -> to.putLong(from.getLong(at));
        }
    }

    private boolean next(long[] index) {
        for (int d = index.length - 1; d >= 0; d--) {
            if (++index[d] < shape[d]) {
                return true;
            }
            index[d] = 0;
        }
        return false;
    }
}
