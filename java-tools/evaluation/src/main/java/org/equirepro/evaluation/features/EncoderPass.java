package org.equirepro.evaluation.features;

import ai.djl.ndarray.NDArray;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Precision;

/** One batch on its way through an encoder: each output is computed when it is first asked for. */
final class EncoderPass {

    private final Encoder encoder;
    private final NDArray pictures;
    private Encoder.Features features;

    /** {@code pictures} [B, 3, H, W], normalised. */
    EncoderPass(Encoder encoder, NDArray pictures) {
        this.encoder = encoder;
        this.pictures = pictures;
    }

    Encoder encoder() {
        return encoder;
    }

    Encoder.Features features() {
        if (features == null) {
            features = encoder.forward(pictures, Precision.FLOAT32);
        }
        return features;
    }

    /** [B, count * D], the last blocks' class tokens. */
    NDArray classTokens(int count) {
        return encoder.classTokens(pictures, count);
    }
}
