package org.equirepro.training;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import org.equirepro.tensor.Ops;

/**
 * A loss and what it is made of.
 *
 * @param value one element, with gradient
 * @param parts named scalars for the curves, unweighted, in a fixed order
 */
public record Loss(NDArray value, Map<String, NDArray> parts) {

    /** This loss plus {@code weight} times another; the parts of both. */
    public Loss plus(Ops ops, double weight, Loss other) {
        Map<String, NDArray> all = new LinkedHashMap<>(parts);
        all.putAll(other.parts);
        return new Loss(value.add(ops.scale(other.value, weight)), all);
    }
}
