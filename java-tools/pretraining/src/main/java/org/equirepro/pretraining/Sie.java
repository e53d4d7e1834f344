package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Ops;
import org.equirepro.training.Loss;

/**
 * SIE's loss (Garrido et al. 2023, eq. 2 and its code's defaults): invariance on the first part of the embeddings, prediction on
 * the equivariant part, VICReg's variance and covariance on both parts side by side, and variance of the prediction.
 *
 * @param invariance weight of the distance of the invariant embeddings
 * @param equivariance factor on {@code invariance} for the distance of prediction and equivariant embedding
 * @param predictionVariance whether the prediction's spread is held up, too
 */
public record Sie(double invariance, double equivariance, double variance, double covariance, boolean predictionVariance) {

    /** From a recipe's section {@code objective}. */
    public static Sie of(Settings section) {
        return new Sie(section.real("invariance"), section.real("equivariance"), section.real("variance"), section.real("covariance"), true);
    }

    /** Invariant and equivariant embeddings of both views and the prediction of the second's, [B, D] each. */
    public Loss loss(Ops ops, NDArray xInvariant, NDArray yInvariant, NDArray xEquivariant, NDArray yEquivariant, NDArray predicted) {
        NDArray x = xInvariant.concat(xEquivariant, 1);
        NDArray y = yInvariant.concat(yEquivariant, 1);
        Map<String, NDArray> parts = new LinkedHashMap<>();
        parts.put("invariance", ops.losses().mse(xInvariant, yInvariant));
        parts.put("equivariance", ops.losses().mse(predicted, yEquivariant));
        parts.put("variance", ops.losses().hingeStd(x).add(ops.losses().hingeStd(y)));
        parts.put("covariance", ops.losses().offDiagonalCovariance(x).add(ops.losses().offDiagonalCovariance(y)));
        NDArray total = ops.scale(parts.get("invariance"), invariance)
                .add(ops.scale(parts.get("equivariance"), equivariance * invariance))
                .add(ops.scale(parts.get("variance"), variance))
                .add(ops.scale(parts.get("covariance"), covariance));
        if (predictionVariance) {
            parts.put("prediction_variance", ops.losses().hingeStd(predicted));
            total = total.add(ops.scale(parts.get("prediction_variance"), variance));
        }
        return new Loss(total, parts);
    }
}
