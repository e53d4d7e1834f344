package org.equirepro.training;

import ai.djl.ndarray.NDManager;

/**
 * The batches of this rank, in order from the step at which it was made. A batch depends on its step alone, so that a training
 * that goes on sees what it would have seen.
 *
 * @param <B> a batch on the device
 */
public interface Batches<B> {

    /**
     * The batch of the next step, or the next part of it; waits for it. Its tensors belong to {@code scope} and are gone when that is
     * closed.
     */
    B next(NDManager scope);

    /**
     * In how many parts the batch of a step comes, on every rank alike. Gradients add up over them, so that a batch for which memory
     * is short trains as in one piece, if its loss is a mean over samples.
     */
    default int parts() {
        return 1;
    }

    /** The weight of a part's loss in that of the step, parts from 0; all together 1. */
    default double share(int part) {
        return 1.0 / parts();
    }

    /** Seconds spent waiting in {@link #next} so far. */
    double waitSeconds();
}
