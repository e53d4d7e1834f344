package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;

/**
 * The ranks that train one network together. Every rank makes the same calls in the same order with tensors of the same shapes,
 * contiguous, float32 or float64. One thread calls; a collective that takes longer than its limit, or a rank that dies, ends
 * every rank with a message.
 */
public interface ProcessGroup extends AutoCloseable {

    /** A collective under way. */
    @FunctionalInterface
    interface Work {
        /** Returns when it is done; only then may its tensors be touched. */
        void await();
    }

    /** A process alone: every collective is already done. */
    static ProcessGroup single() {
        return new SingleProcess();
    }

    int rank();

    int size();

    /** Starts to replace the tensor by its sum over ranks, the same bits on each. */
    Work startSum(NDArray tensor);

    /** Replaces the tensor by its sum over ranks. */
    default void sum(NDArray tensor) {
        startSum(tensor).await();
    }

    /** Replaces the tensor by that of the rank {@code root}. */
    void broadcast(NDArray tensor, int root);

    /** Fills {@code all} [size * n, ..] by every rank's {@code mine} [n, ..], in the order of the ranks. */
    void gather(NDArray all, NDArray mine);

    /** Returns when every rank has called it. */
    void barrier();

    /** Rank 0 works, the others wait for it, however long it takes. */
    void onRankZero(Runnable work);

    /** Tells the other ranks that this one ends badly: they end, too, within a second, with this exit code. */
    void fail(int code, String message);

    /** The good end, together: waits for the others. Closing again does nothing. */
    @Override
    void close();
}
