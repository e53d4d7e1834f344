package org.equirepro.tensor.nn;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Told while a backward pass still runs which gradients are final, so that their all-reduce can begin. Every trained parameter
 * is reported once a pass, in backward order; one that the loss does not reach is reported too, without a gradient.
 */
@FunctionalInterface
public interface GradientListener {

    /** Nobody listens. */
    GradientListener NONE = parameters -> { };

    /** The gradients of these parameters will not change any more in this backward pass. */
    void ready(List<NDArray> parameters);
}
