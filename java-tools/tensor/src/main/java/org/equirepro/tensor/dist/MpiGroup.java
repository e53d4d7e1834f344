package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.equirepro.tensor.TensorAddress;

/** Ranks over Open MPI, for tensors in a CPU's memory. One thread makes all calls of MPI, its start and end, too. */
final class MpiGroup implements ProcessGroup {

    private static final int ADDRESS_BYTES = 1024;
    private static final double FOREVER = 1e9;

    private final Ranks ranks;
    private final double limit;
    private final CommunicationThread thread = new CommunicationThread();
    private final OpenMpi mpi;
    private final Lifeline lifeline;
    private boolean over;

    /** Starts MPI and the lifeline. */
    MpiGroup(Ranks ranks, GroupSettings settings, String name, Lifeline.Ending ending) {
        this.ranks = ranks;
        this.limit = settings.limitSeconds();
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
        return switch (tensor.getDataType()) {
            case FLOAT32 -> OpenMpi.Type.FLOAT32;
            case FLOAT64 -> OpenMpi.Type.FLOAT64;
            default -> throw new IllegalArgumentException("ranks exchange float32 or float64, found " + tensor.getDataType() + " "
                    + tensor.getShape());
        };
    }

    @Override
    public int rank() {
        return ranks.rank();
    }

    @Override
    public int size() {
        return ranks.size();
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
        if (all.size() != mine.size() * size() || all.getDataType() != mine.getDataType()) {
            throw new IllegalArgumentException("gather of " + mine.getShape() + " from " + size() + " ranks does not fit " + all.getShape());
        }
        Pointer to = TensorAddress.of(all);
        Pointer from = TensorAddress.of(mine);
        thread.start(() -> mpi.gather(to, from, mine.size(), type(mine), end(limit))).await();
    }

    @Override
    public void barrier() {
        barrier(limit);
    }

    private void barrier(double seconds) {
        thread.start(() -> mpi.barrier(end(seconds))).await();
    }

    @Override
    public void onRankZero(Runnable work) {
        if (rank() == 0) {
            work.run();
        }
        barrier(FOREVER); // should rank 0 die meanwhile, the lifeline says so
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
