package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;

/** Predicts the second view's equivariant embedding from the first's and the parameters of the transformation between them. */
@FunctionalInterface
public interface LatentPredictor {

    /** Embedding [B, D] and latent [B, L] to an embedding [B, D]. */
    NDArray predict(NDArray x, NDArray latent);
}
