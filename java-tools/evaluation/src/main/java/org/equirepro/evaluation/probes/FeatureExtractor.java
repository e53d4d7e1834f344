package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;

/** Features of a frozen encoder, batch after batch in a fixed order, without gradients. */
final class FeatureExtractor {

    private static final int BATCH = 128;

    /** Gives the encoder's input for the samples {@code from} to {@code to} (exclusive): [B, 3, H, W], normalised. */
    @FunctionalInterface
    interface Input {
        NDArray at(NDManager scope, int from, int to);
    }

    private final Torch torch;
    private final Encoder encoder;
    private final List<FeatureKind> kinds;

    FeatureExtractor(Torch torch, Encoder encoder, List<FeatureKind> kinds) {
        this.torch = torch;
        this.encoder = encoder;
        this.kinds = kinds;
    }

    /** One matrix of {@code samples} rows for each kind. */
    Map<FeatureKind, FeatureMatrix> extract(int samples, Input input) {
        Map<FeatureKind, float[]> values = new EnumMap<>(FeatureKind.class);
        try (GradMode off = GradMode.off()) {
            for (int from = 0; from < samples; from += BATCH) {
                int to = Math.min(samples, from + BATCH);
                try (NDManager scope = torch.scope()) {
                    Encoder.Features features = encoder.forward(input.at(scope, from, to), Precision.FLOAT32);
                    for (FeatureKind kind : kinds) {
                        float[] batch = kind.of(encoder, features).toFloatArray();
                        int columns = batch.length / (to - from);
                        float[] all = values.computeIfAbsent(kind, k -> new float[Math.multiplyExact(samples, columns)]);
                        System.arraycopy(batch, 0, all, from * columns, batch.length);
                    }
                }
            }
        }
        Map<FeatureKind, FeatureMatrix> matrices = new EnumMap<>(FeatureKind.class);
        values.forEach((kind, all) -> {
            for (float v : all) {
                if (!Float.isFinite(v)) {
                    throw UserError.failure("the encoder gives features " + kind.word()
                            + " that are not finite: its pretraining diverged", null);
                }
            }
            matrices.put(kind, new FeatureMatrix(samples, all.length / samples, all));
        });
        return matrices;
    }
}
