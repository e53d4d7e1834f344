package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Ops;
import org.equirepro.training.Observer;

/**
 * Notices when features have collapsed: all pictures have nearly the same. A run goes on, but its curves, its output and its meter
 * say so.
 */
final class CollapseWatch implements Observer {

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

    @Override
    public Optional<String> point(Map<String, Double> values) {
        double spread = values.getOrDefault(METRIC, 1.0);
        if (spread >= limit) {
            return Optional.empty();
        }
        values.put("collapsed", 1.0);
        return ++collapsedPoints > 1 ? Optional.empty()
                : Optional.of(String.format("the features have collapsed, %s %.2g is below %.2g; not said again", METRIC, spread, limit));
    }

    /** How many points of the curves showed collapsed features in this call. */
    long collapsedPoints() {
        return collapsedPoints;
    }
}
