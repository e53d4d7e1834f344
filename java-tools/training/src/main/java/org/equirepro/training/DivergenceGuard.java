package org.equirepro.training;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.tensor.io.SafeTensors;

/**
 * Says when a training is lost. A loss, a part of it or a gradient that is not a finite number ends it; so does a loss far above its
 * running level, the mean of its magnitude over about the last hundred steps. A level below a hundredth of the first step's loss
 * counts as that, so that what has been learnt by heart may move.
 */
final class DivergenceGuard {

    private static final double KEPT = 0.99;
    private static final double LEAST = 0.01;

    private final double factor;
    private float first; // float32, as they are saved: a run that goes on judges as one that was never stopped
    private float level;

    /** @param factor over its running level at which a loss counts as diverged */
    DivergenceGuard(double factor) {
        this.factor = factor;
    }

    /**
     * Looks at a step.
     *
     * @param values of the step by name, {@code loss} among them
     * @return what is wrong; empty if all is well
     */
    Optional<String> judge(Map<String, Double> values) {
        for (Map.Entry<String, Double> value : values.entrySet()) {
            if (!Double.isFinite(value.getValue())) {
                return Optional.of(value.getKey() + " is " + (value.getValue().isNaN() ? "not a number" : "infinite"));
            }
        }
        double loss = values.get("loss");
        float size = (float) Math.abs(loss);
        if (level == 0) {
            first = size;
            level = size;
        }
        double limit = factor * Math.max(level, LEAST * first);
        if (limit > 0 && loss > limit) {
            return Optional.of(String.format("loss %.4g is more than diverged_above = %s times its running level %.4g", loss, factor, level));
        }
        level = (float) (KEPT * level + (1 - KEPT) * size);
        return Optional.empty();
    }

    /** The state, ready to be written; {@code prefix} goes before each name. */
    SortedMap<String, SafeTensors.Tensor> tensors(String prefix) {
        return new TreeMap<>(Map.of(prefix + "first", SafeTensors.Tensor.of(new float[] {first}, 1),
                prefix + "level", SafeTensors.Tensor.of(new float[] {level}, 1)));
    }

    /** Restores what {@link #tensors} gave. */
    void load(SafeTensors file, String prefix) {
        first = file.floats(prefix + "first")[0];
        level = file.floats(prefix + "level")[0];
    }
}
