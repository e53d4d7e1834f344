package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Ops;
import org.equirepro.training.Loss;

/**
 * VICReg (Bardes, Ponce and LeCun 2022, eqs 1 to 6) as SIE computes it: the mean over all elements for invariance, hinge on the
 * standard deviation halved and summed over both views, squared off-diagonal covariances over the dimension, summed likewise.
 *
 * @param invariance weight of the distance between the views' embeddings
 * @param variance weight of the hinge
 * @param covariance weight of the off-diagonal covariances
 */
public record VicReg(double invariance, double variance, double covariance) {

    /** From a recipe's section {@code objective}. */
    public static VicReg of(Settings section) {
        return new VicReg(section.real("invariance"), section.real("variance"), section.real("covariance"));
    }

    /** Embeddings [B, D] of both views to the loss; in float32. */
    public Loss loss(Ops ops, NDArray x, NDArray y) {
        NDArray distance = ops.losses().mse(x, y);
        NDArray spread = ops.losses().hingeStd(x).add(ops.losses().hingeStd(y));
        NDArray correlation = ops.losses().offDiagonalCovariance(x).add(ops.losses().offDiagonalCovariance(y));
        NDArray total = ops.scale(distance, invariance).add(ops.scale(spread, variance)).add(ops.scale(correlation, covariance));
        Map<String, NDArray> parts = new LinkedHashMap<>();
        parts.put("invariance", distance);
        parts.put("variance", spread);
        parts.put("covariance", correlation);
        return new Loss(total, parts);
    }
}
