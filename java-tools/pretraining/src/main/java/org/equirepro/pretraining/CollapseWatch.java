package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Ops;

/** Notices when features have collapsed: all pictures have nearly the same. A run goes on, but says so. */
final class CollapseWatch {

    /** Spread of the features' directions: near 1 if they point everywhere, 0 if all point the same way. */
    static final String METRIC = "feature_spread";

    private static final double USUAL_LIMIT = 0.01;

    private final double limit;
    private long collapsedPoints;

    /** {@code collapse_below} of the recipe is the spread below which features count as collapsed. */
    CollapseWatch(Settings recipe) {
        limit = recipe.real("collapse_below", USUAL_LIMIT);
    }

    /** The metric of features [B, D]: their standard deviation over the batch at length 1, times the root of D. */
    static NDArray spread(Ops ops, NDArray features) {
        return ops.scale(ops.losses().featureStd(ops.arrays().unitRows(features, 1e-12)), Math.sqrt(features.getShape().get(1)));
    }

    /** Whether the values of a step say so. */
    boolean collapsed(Map<String, Double> values) {
        boolean collapsed = values.getOrDefault(METRIC, 1.0) < limit;
        collapsedPoints += collapsed ? 1 : 0;
        return collapsed;
    }

    /** How many points of the curves showed collapsed features in this call. */
    long collapsedPoints() {
        return collapsedPoints;
    }

    double limit() {
        return limit;
    }
}
