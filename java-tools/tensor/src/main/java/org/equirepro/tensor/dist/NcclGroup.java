package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Cuda;
import org.equirepro.tensor.TensorAddress;

/**
 * Ranks over NCCL, a GPU each. Not yet run on GPUs; see docs/gpu.md.
 *
 * <p>libtorch works on the GPU's default stream, NCCL on one of its own. An exchange starts when the default stream has come to
 * where it was asked for, and then runs beside what libtorch is asked for next; {@link Work#await} lets the default stream wait
 * for it, not the calling thread. So nothing here waits for the GPU but {@link #barrier} and {@link #close}.
 */
final class NcclGroup extends RankedGroup {

    private static final Pointer LIBTORCH_STREAM = Pointer.NULL;
    private static final long POLL_NANOS = 1_000_000;

    private final Nccl nccl;
    private final Cuda cuda;
    private final Lifeline lifeline;
    private final Pointer stream;
    private final Pointer one;
    private final HangWatch watch;
    private boolean over;

    private NcclGroup(Ranks ranks, double limit, Nccl nccl, Cuda cuda, int device, Lifeline lifeline, Lifeline.Ending ending) {
        super(ranks, limit);
        this.nccl = nccl;
        this.cuda = cuda;
        this.lifeline = lifeline;
        this.stream = cuda.stream();
        this.one = cuda.allocate(Float.BYTES);
        this.watch = new HangWatch(cuda, device, nccl, limit, message -> {
            lifeline.fail(ExitCode.FAILURE.code(), message);
            ending.end(ExitCode.FAILURE.code(), message);
        });
    }

    /** Meets the other ranks by a file in the folder {@code shared} and joins their group. */
    static ProcessGroup open(Ranks ranks, GroupSettings settings, int device, Path shared, String name, Lifeline.Ending ending) {
        Nccl nccl = new Nccl();
        Path folder = Path.of(LibUtils.getLibtorchPath());
        Cuda cuda = Cuda.in(folder).orElseThrow(() -> UserError.failure(folder + " has no CUDA run-time library", null));
        cuda.use(device);
        Meeting meeting = new Meeting(shared, System.getenv());
        Lifeline lifeline;
        if (ranks.rank() == 0) {
            lifeline = Lifeline.host(ranks, nccl.newId(), ending);
            meeting.announce(lifeline);
            lifeline.awaitAll(settings.limitSeconds());
            meeting.over();
            nccl.join(ranks, lifeline.payload());
        } else {
            lifeline = meeting.join(ranks, name, ending, settings.limitSeconds());
            nccl.join(ranks, lifeline.payload());
        }
        return new NcclGroup(ranks, settings.limitSeconds(), nccl, cuda, device, lifeline, ending);
    }

    private static Nccl.Type type(NDArray tensor) {
        return type(tensor, Nccl.Type.FLOAT32, Nccl.Type.FLOAT64);
    }

    /** Lets NCCL's stream wait for what libtorch was asked for, asks NCCL, and gives the way to wait for that. */
    private Work start(String what, Runnable ask) {
        Pointer ready = cuda.mark(LIBTORCH_STREAM);
        cuda.await(stream, ready);
        cuda.forget(ready); // CUDA frees it when the stream has come past
        ask.run();
        Pointer done = cuda.mark(stream);
        return () -> {
            cuda.await(LIBTORCH_STREAM, done);
            watch.add(what, done);
        };
    }

    @Override
    public Work startSum(NDArray tensor) {
        Pointer values = TensorAddress.of(tensor);
        return start("ncclAllReduce", () -> nccl.sum(values, tensor.size(), type(tensor), stream));
    }

    @Override
    public void broadcast(NDArray tensor, int root) {
        Pointer values = TensorAddress.of(tensor);
        start("ncclBroadcast", () -> nccl.broadcast(values, tensor.size(), type(tensor), root, stream)).await();
    }

    @Override
    public void gather(NDArray all, NDArray mine) {
        requireFit(all, mine);
        Pointer to = TensorAddress.of(all);
        Pointer from = TensorAddress.of(mine);
        start("ncclAllGather", () -> nccl.gather(to, from, mine.size(), type(mine), stream)).await();
    }

    @Override
    void barrier(double seconds) {
        nccl.sum(one, 1, Nccl.Type.FLOAT32, stream);
        Pointer done = cuda.mark(stream);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (!cuda.passed(done)) {
            nccl.requireSound();
            if (System.nanoTime() - end > 0) {
                throw UserError.failure(String.format("%s waited %.0f s for the others: another rank hangs, or is not at the same place",
                        ranks, seconds), null);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        cuda.forget(done);
    }

    @Override
    public void fail(int code, String message) {
        if (!over) {
            over = true;
            watch.close();
            lifeline.fail(code, message);
        }
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            barrier(FOREVER);
            watch.close();
            lifeline.close();
            nccl.finish();
        }
    }
}
