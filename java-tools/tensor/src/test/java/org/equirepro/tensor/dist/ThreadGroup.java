package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.equirepro.tensor.TensorAddress;

/** Ranks that are threads of one process and exchange float64, for tests of what is built on a group. */
final class ThreadGroup implements ProcessGroup {

    private final int rank;
    private final NDArray[] given;
    private final CyclicBarrier meeting;

    private ThreadGroup(int rank, NDArray[] given, CyclicBarrier meeting) {
        this.rank = rank;
        this.given = given;
        this.meeting = meeting;
    }

    /** Runs the work on so many ranks and gives their results in the order of the ranks. */
    static <T> List<T> run(int size, Function<ProcessGroup, T> work) throws Exception {
        NDArray[] given = new NDArray[size];
        CyclicBarrier meeting = new CyclicBarrier(size);
        ExecutorService threads = Executors.newFixedThreadPool(size);
        try {
            List<Callable<T>> ranks = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                ProcessGroup group = new ThreadGroup(i, given, meeting);
                ranks.add(() -> {
                    JniUtils.setGraphExecutorOptimize(false);
                    JniUtils.setGradMode(false);
                    return work.apply(group);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(ranks)) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private void meet() {
        try {
            meeting.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return given.length;
    }

    @Override
    public Work startSum(NDArray tensor) {
        given[rank] = tensor;
        meet();
        byte[][] parts = new byte[given.length][];
        for (int i = 0; i < given.length; i++) {
            parts[i] = bytes(given[i]);
        }
        meet();
        ByteBuffer sum = ByteBuffer.wrap(parts[0]).order(ByteOrder.nativeOrder());
        for (int i = 1; i < parts.length; i++) {
            ByteBuffer part = ByteBuffer.wrap(parts[i]).order(ByteOrder.nativeOrder());
            for (int at = 0; at < parts[i].length; at += 8) {
                sum.putDouble(at, sum.getDouble(at) + part.getDouble(at));
            }
        }
        TensorAddress.of(tensor).write(0, parts[0], 0, parts[0].length);
        return () -> { };
    }

    private byte[] bytes(NDArray tensor) {
        return TensorAddress.of(tensor).getByteArray(0, (int) (8 * tensor.size()));
    }

    @Override
    public void broadcast(NDArray tensor, int root) {
        given[rank] = tensor;
        meet();
        byte[] values = bytes(given[root]);
        meet();
        TensorAddress.of(tensor).write(0, values, 0, values.length);
    }

    @Override
    public void gather(NDArray all, NDArray mine) {
        given[rank] = mine;
        meet();
        for (int i = 0; i < given.length; i++) {
            byte[] values = bytes(given[i]);
            TensorAddress.of(all).write((long) i * values.length, values, 0, values.length);
        }
        meet();
    }

    @Override
    public void barrier() {
        meet();
    }

    @Override
    public void onRankZero(Runnable work) {
        if (rank == 0) {
            work.run();
        }
        meet();
    }

    @Override
    public void fail(int code, String message) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // threads end by themselves
    }
}
