package org.equirepro.pretraining;

import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Course;

/** How many values the networks of a recipe have: what estimates are checked against. */
public final class ParameterCounts {

    private ParameterCounts() {}

    /** The values of each tensor that is trained, by name; the encoder's names begin with {@code encoder.}. */
    public static SortedMap<String, Long> of(Torch torch, Settings recipe) {
        Objective objective = Objective.of(torch, recipe, 0, new Course(1, 1), false);
        TreeMap<String, Long> counts = new TreeMap<>();
        objective.parameters().forEach((name, parameter) -> counts.put(name, parameter.size()));
        return counts;
    }
}
