package org.equirepro.tensor;

import com.sun.jna.IntegerType;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The CUDA run-time library that lies beside libtorch. DJL looks for one of the system instead, and counts no GPU where there
 * is none.
 */
public final class Cuda {

    private static final int NON_BLOCKING = 1;
    private static final int WITHOUT_TIMES = 2;
    private static final int NOT_READY = 600;

    private final NativeLibrary library;

    private Cuda(NativeLibrary library) {
        this.library = library;
    }

    /** That of a folder of native libraries; empty if it is a CPU set. */
    public static Optional<Cuda> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("libcudart")).findFirst()
                    .map(file -> new Cuda(NativeLibrary.getInstance(file.toString())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** GPUs that this process may use; 0 where there is no driver. */
    public int count() {
        IntByReference count = new IntByReference();
        return library.getFunction("cudaGetDeviceCount").invokeInt(new Object[] {count}) == 0 ? count.getValue() : 0;
    }

    /** Why there is no GPU, in CUDA's words; "no error" where there are some. */
    public String message() {
        int status = library.getFunction("cudaGetDeviceCount").invokeInt(new Object[] {new IntByReference()});
        return library.getFunction("cudaGetErrorString").invokePointer(new Object[] {status}).getString(0);
    }

    /** Waits for all that was asked of the current GPU: kernels run after the calls that ask for them have returned. */
    public void synchronise() {
        call("cudaDeviceSynchronize");
    }

    /** Bytes of the current GPU that are taken, by this process and others; libtorch gives back nothing while it runs. */
    public long usedBytes() {
        long[] free = memory();
        return free[1] - free[0];
    }

    /** Bytes of the current GPU. */
    public long totalBytes() {
        return memory()[1];
    }

    /** Makes a GPU the current one of the calling thread. */
    public void use(int device) {
        call("cudaSetDevice", device);
    }

    /** A queue of work beside the default one, which it does not wait for by itself. */
    public Pointer stream() {
        PointerByReference stream = new PointerByReference();
        call("cudaStreamCreateWithFlags", stream, NON_BLOCKING);
        return stream.getValue();
    }

    /** A mark behind all that a stream was asked for so far; null is the default stream, where libtorch works. */
    public Pointer mark(Pointer stream) {
        PointerByReference event = new PointerByReference();
        call("cudaEventCreateWithFlags", event, WITHOUT_TIMES);
        call("cudaEventRecord", event.getValue(), stream);
        return event.getValue();
    }

    /** What a stream is asked for from now on waits for the mark; the calling thread does not. */
    public void await(Pointer stream, Pointer mark) {
        call("cudaStreamWaitEvent", stream, mark, 0);
    }

    /** Whether the GPU has come past the mark. */
    public boolean passed(Pointer mark) {
        int status = library.getFunction("cudaEventQuery").invokeInt(new Object[] {mark});
        if (status != 0 && status != NOT_READY) {
            call("cudaEventQuery", mark);
        }
        return status == 0;
    }

    /** Gives a mark back. */
    public void forget(Pointer mark) {
        call("cudaEventDestroy", mark);
    }

    /** So many bytes of the current GPU, for as long as the process lives. */
    public Pointer allocate(long bytes) {
        PointerByReference memory = new PointerByReference();
        call("cudaMalloc", memory, new SizeT(bytes));
        return memory.getValue();
    }

    private static final class SizeT extends IntegerType {
        private static final long serialVersionUID = 1L;

        SizeT(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    private long[] memory() {
        LongByReference free = new LongByReference();
        LongByReference total = new LongByReference();
        call("cudaMemGetInfo", free, total);
        return new long[] {free.getValue(), total.getValue()};
    }

    private void call(String function, Object... arguments) {
        int status = library.getFunction(function).invokeInt(arguments);
        if (status != 0) {
            throw new IllegalStateException(function + ": "
                    + library.getFunction("cudaGetErrorString").invokePointer(new Object[] {status}).getString(0));
        }
    }
}
