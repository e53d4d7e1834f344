package org.equirepro.bench.gpu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.ScriptCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.equirepro.base.Draws;
import org.equirepro.tensor.Cuda;
import org.equirepro.tensor.ScriptArchive;
import org.equirepro.tensor.Torch;

/** What every proof needs: libtorch on the device, a few more operators, a clock that waits for the GPU. */
final class Work implements AutoCloseable {

    private static final int WARM_UP = 3;

    private final Torch torch;
    private final ScriptCalls script;
    private final Optional<Cuda> cuda;
    private final boolean small;

    /** On the device that EQUIREPRO_DEVICE names; on a CPU the sizes are small. */
    Work() {
        torch = Torch.start(1);
        small = torch.device().equals(ai.djl.Device.cpu());
        cuda = small ? Optional.empty() : Cuda.in(Path.of(System.getenv("PYTORCH_LIBRARY_PATH")));
        try (InputStream in = Work.class.getResourceAsStream("proofs.py")) {
            script = new ScriptCalls(torch.root(), ScriptArchive.of(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Torch torch() {
        return torch;
    }

    ScriptCalls script() {
        return script;
    }

    /** Whether there is no GPU and the sizes are for a quick test of the proof itself. */
    boolean small() {
        return small;
    }

    /** The CUDA run-time; only on a GPU. */
    Cuda cuda() {
        return cuda.orElseThrow(() -> new NeedsGpu());
    }

    /** A proof has no meaning on a CPU. */
    static final class NeedsGpu extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Standard normal values on the device, the same in every run. */
    NDArray normal(NDManager manager, String name, long... shape) {
        Draws draws = Draws.at(0, name);
        long size = 1;
        for (long side : shape) {
            size *= side;
        }
        float[] values = new float[Math.toIntExact(size)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.gaussian();
        }
        return Torch.floats(manager, values, shape);
    }

    /** Milliseconds of one call, in the mean of several after a warm-up. */
    double milliseconds(Runnable call) {
        int times = small ? 2 : 20;
        for (int i = 0; i < WARM_UP; i++) {
            call.run();
        }
        cuda.ifPresent(Cuda::synchronise);
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            call.run();
        }
        cuda.ifPresent(Cuda::synchronise);
        return (System.nanoTime() - start) / 1e6 / times;
    }

    @Override
    public void close() {
        script.close();
        torch.close();
    }
}
