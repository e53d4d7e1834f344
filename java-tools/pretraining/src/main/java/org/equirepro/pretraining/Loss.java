package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A loss and what it is made of.
 *
 * @param value one element, with gradient
 * @param parts named scalars for the curves, unweighted, in a fixed order
 */
public record Loss(NDArray value, Map<String, NDArray> parts) {

    /** This loss plus {@code weight} times another; the parts of both. */
    public Loss plus(double weight, Loss other) {
        Map<String, NDArray> all = new LinkedHashMap<>(parts);
        all.putAll(other.parts);
        return new Loss(value.add(other.value.mul((float) weight)), all);
    }
}
