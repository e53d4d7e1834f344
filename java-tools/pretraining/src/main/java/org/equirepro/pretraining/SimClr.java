package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.training.Loss;

/**
 * SimCLR (Chen et al. 2020, eq. 1): each embedding must find the other view of its picture among all others of the batch.
 *
 * @param temperature that divides the cosine similarities
 */
public record SimClr(double temperature) {

    /** From a recipe's section {@code objective}. */
    public static SimClr of(Settings section) {
        double temperature = section.real("temperature");
        if (temperature <= 0) {
            throw UserError.usage(section.source() + ": objective.temperature must be more than 0, found " + temperature);
        }
        return new SimClr(temperature);
    }

    /** Embeddings [B, D] of both views to the loss; in float32. */
    public Loss loss(Ops ops, NDArray x, NDArray y) {
        NDArray loss = ops.losses().infoNce(x, y, temperature);
        return new Loss(loss, Map.of("info_nce", loss));
    }
}
