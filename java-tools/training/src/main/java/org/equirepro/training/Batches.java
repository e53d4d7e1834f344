package org.equirepro.training;

import ai.djl.ndarray.NDManager;

/**
 * The batches of this rank, in order from the step at which it was made. A batch depends on its step alone, so that a training
 * that goes on sees what it would have seen.
 *
 * @param <B> a batch on the device
 */
public interface Batches<B> {

    /** The batch of the next step; waits for it. Its tensors belong to {@code scope} and are gone when that is closed. */
    B next(NDManager scope);

    /** Seconds spent waiting in {@link #next} so far. */
    double waitSeconds();
}
