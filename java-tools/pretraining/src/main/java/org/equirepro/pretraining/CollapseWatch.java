package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Ops;
import org.equirepro.training.Course;
import org.equirepro.training.Observer;
import org.equirepro.training.UpdateRule;

/**
 * Notices when features have collapsed: all pictures have nearly the same, or the teacher says the same of all. A run goes on, but its
 * curves, its output and its meter say so. A falling loss does not tell: a teacher that always names one prototype is easy to follow.
 */
final class CollapseWatch implements Observer {

    /** Spread of the features' directions: near 1 if they point everywhere, 0 if all point the same way. */
    static final String METRIC = "feature_spread";

    private static final double USUAL_SPREAD = 0.01;
    private static final double USUAL_INFORMATION = 0.001;

    private final double leastSpread;
    private final double leastInformation;
    private final long judgedAfter;
    private long collapsedPoints;

    /**
     * From a recipe: {@code collapse_below} is the spread below which features count as collapsed, {@code collapse_information} the
     * information in nats below which a teacher does. While the rate warms up, and as long
     * again, a teacher has little to say yet and is not judged.
     */
    CollapseWatch(Settings recipe, Course course) {
        leastSpread = recipe.real("collapse_below", USUAL_SPREAD);
        leastInformation = recipe.real("collapse_information", USUAL_INFORMATION);
        judgedAfter = 2 * UpdateRule.warmup(recipe.at("optimiser"), course);
    }

    /** The metric of features [B, D]: their standard deviation over the batch at length 1, times the root of D. */
    static NDArray spread(Ops ops, NDArray features) {
        return ops.scale(ops.losses().featureStd(ops.arrays().unitRows(features, 1e-12)), Math.sqrt(features.getShape().get(1)));
    }

    @Override
    public Optional<String> point(long step, Map<String, Double> values) {
        double spread = values.getOrDefault(METRIC, 1.0);
        double information = step > judgedAfter ? values.getOrDefault(SelfDistillation.INFORMATION, 1.0) : 1;
        if (spread >= leastSpread && information >= leastInformation) {
            return Optional.empty();
        }
        values.put("collapsed", 1.0);
        if (++collapsedPoints > 1) {
            return Optional.empty();
        }
        return Optional.of(spread < leastSpread
                ? String.format("the features have collapsed, %s %.2g is below %.2g; not said again", METRIC, spread, leastSpread)
                : String.format("the teacher says the same of every picture, %s %.2g is below %.2g; not said again",
                        SelfDistillation.INFORMATION, information, leastInformation));
    }

    /** How many points of the curves showed collapsed features in this call. */
    long collapsedPoints() {
        return collapsedPoints;
    }
}
