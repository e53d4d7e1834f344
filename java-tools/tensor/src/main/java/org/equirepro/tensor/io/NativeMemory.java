package org.equirepro.tensor.io;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** libtorch's own memory as buffers: a tensor is written and read without a copy in Java's memory, whatever its size. */
final class NativeMemory {

    /** A plain C function of libtorch (torch/csrc/inductor/aoti_torch/c/shim.h); takes an at::Tensor*, which a DJL handle is. */
    private interface Shim extends Library {
        int aoti_torch_get_data_ptr(long tensor, long[] pointer);
    }

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
        Pointer pointer = address(array);
        long[] at = {0};
        content.writeTo(chunk -> {
            int count = chunk.remaining();
            pointer.getByteBuffer(at[0], count).put(chunk);
            at[0] += count;
        });
    }

    private static void forEachWindow(NDArray array, Content.Sink sink) throws IOException {
        Pointer pointer = address(array);
        long bytes = array.size() * array.getDataType().getNumOfBytes();
        for (long at = 0; at < bytes; at += WINDOW) {
            ByteBuffer window = pointer.getByteBuffer(at, Math.min(WINDOW, bytes - at));
            sink.accept(window.order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    private static Pointer address(NDArray array) {
        Shim shim = Native.load(Path.of(LibUtils.getLibtorchPath(), "libtorch_cpu.so").toString(), Shim.class);
        long[] pointer = new long[1];
        int status = shim.aoti_torch_get_data_ptr(((PtNDArray) array).getHandle(), pointer);
        if (status != 0) {
            throw new IllegalStateException("libtorch gives no address for " + array.getDataType() + " " + array.getShape());
        }
        return new Pointer(pointer[0]);
    }
}
