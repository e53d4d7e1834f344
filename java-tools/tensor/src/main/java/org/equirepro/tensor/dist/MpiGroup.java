package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.equirepro.tensor.TensorAddress;

/** Ranks over Open MPI, for tensors in a CPU's memory. One thread makes all calls of MPI, its start and end, too. */
final class MpiGroup extends RankedGroup {

    private static final int ADDRESS_BYTES = 1024;

    private final CommunicationThread thread = new CommunicationThread();
    private final OpenMpi mpi;
    private final Lifeline lifeline;
    private boolean over;

    /** Starts MPI and the lifeline. */
    MpiGroup(Ranks ranks, GroupSettings settings, String name, Lifeline.Ending ending) {
        super(ranks, settings.limitSeconds());
        AtomicReference<OpenMpi> started = new AtomicReference<>();
        thread.start(() -> started.set(new OpenMpi(ranks))).await();
        this.mpi = started.get();
        this.lifeline = lifeline(name, ending);
        barrier(); // nobody goes on before everybody's death would be noticed
    }

    private Lifeline lifeline(String name, Lifeline.Ending ending) {
        Lifeline hosted = ranks.rank() == 0 ? Lifeline.host(ranks, new byte[0], ending) : null;
        try (Memory text = new Memory(ADDRESS_BYTES)) {
            text.clear();
            if (hosted != null) {
                byte[] address = hosted.address().getBytes(StandardCharsets.US_ASCII);
                text.write(0, address, 0, Math.min(address.length, ADDRESS_BYTES - 1));
            }
            thread.start(() -> mpi.broadcast(text, ADDRESS_BYTES, OpenMpi.Type.BYTE, 0, end(limit))).await();
            if (hosted == null) {
                return Lifeline.join(ranks, text.getString(0), name, ending);
            }
        }
        hosted.awaitAll(limit);
        return hosted;
    }

    private static long end(double seconds) {
        return System.nanoTime() + (long) (Math.min(FOREVER, seconds) * 1e9);
    }

    private static OpenMpi.Type type(NDArray tensor) {
        return type(tensor, OpenMpi.Type.FLOAT32, OpenMpi.Type.FLOAT64);
    }

    @Override
    public Work startSum(NDArray tensor) {
        Pointer values = TensorAddress.of(tensor);
        long count = tensor.size();
        OpenMpi.Type type = type(tensor);
        return thread.start(() -> mpi.sum(values, count, type, end(limit)));
    }

    @Override
    public void broadcast(NDArray tensor, int root) {
        Pointer values = TensorAddress.of(tensor);
        thread.start(() -> mpi.broadcast(values, tensor.size(), type(tensor), root, end(limit))).await();
    }

    @Override
    public void gather(NDArray all, NDArray mine) {
        requireFit(all, mine);
        Pointer to = TensorAddress.of(all);
        Pointer from = TensorAddress.of(mine);
        thread.start(() -> mpi.gather(to, from, mine.size(), type(mine), end(limit))).await();
    }

    @Override
    void barrier(double seconds) {
        thread.start(() -> mpi.barrier(end(seconds))).await();
    }

    @Override
    public void fail(int code, String message) {
        if (!over) {
            over = true;
            lifeline.fail(code, message);
        }
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            barrier(FOREVER);
            lifeline.close();
            thread.start(mpi::finish).await();
            thread.close();
        }
    }
}
