package org.equirepro.tensor.io;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.equirepro.tensor.TensorAddress;

/** libtorch's own memory as buffers: a tensor is written and read without a copy in Java's memory, whatever its size. */
final class NativeMemory {

    private static final long WINDOW = 1L << 28;

    private NativeMemory() {}

    /** The values of a contiguous tensor as they are when they are written; a tensor of a GPU is copied to the host first. */
    static Content of(NDArray array) {
        return sink -> {
            if (array.getDevice().isGpu()) {
                try (NDArray host = array.toDevice(Device.cpu(), true)) {
                    forEachWindow(host, sink);
                }
            } else {
                forEachWindow(array, sink);
            }
        };
    }

    /** Overwrites a contiguous tensor of as many bytes as {@code content} has. */
    static void fill(NDArray array, Content content) throws IOException {
        if (array.getDevice().isGpu()) {
            try (NDArray host = array.getManager().create(array.getShape(), array.getDataType(), Device.cpu())) {
                fill(host, content);
                host.copyTo(array);
            }
            return;
        }
        Pointer pointer = TensorAddress.of(array);
        long[] at = {0};
        content.writeTo(chunk -> {
            int count = chunk.remaining();
            pointer.getByteBuffer(at[0], count).put(chunk);
            at[0] += count;
        });
    }

    private static void forEachWindow(NDArray array, Content.Sink sink) throws IOException {
        Pointer pointer = TensorAddress.of(array);
        long bytes = array.size() * array.getDataType().getNumOfBytes();
        for (long at = 0; at < bytes; at += WINDOW) {
            ByteBuffer window = pointer.getByteBuffer(at, Math.min(WINDOW, bytes - at));
            sink.accept(window.order(ByteOrder.LITTLE_ENDIAN));
        }
    }
}
