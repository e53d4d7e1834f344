package org.equirepro.tensor;

import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
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
