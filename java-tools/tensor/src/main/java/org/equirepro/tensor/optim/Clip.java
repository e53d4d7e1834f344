package org.equirepro.tensor.optim;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.tensor.Ops;

/**
 * Limits the length of gradients, in place.
 *
 * @param scope over what a length is taken
 * @param limit the greatest length; infinite for no limit
 */
public record Clip(Scope scope, double limit) {

    /** Over what a length is taken. */
    public enum Scope {
        /** Each tensor by itself (iBOT). */
        TENSOR,
        /** All tensors of a sub-module together: those whose names agree up to the first dot (DINOv2). */
        MODULE,
        /** All tensors together. */
        ALL
    }

    /** Clips by name; gives the length of all gradients together before. */
    public float apply(Ops ops, Map<String, NDArray> gradients) {
        if (gradients.isEmpty()) {
            return 0;
        }
        List<NDArray> all = List.copyOf(gradients.values());
        if (limit == Double.POSITIVE_INFINITY) {
            return ops.updates().globalNorm(all);
        }
        return switch (scope) {
            case ALL -> ops.updates().clipGlobal(all, limit);
            case TENSOR -> length(ops.updates().clipEach(all, limit));
            case MODULE -> {
                List<Float> norms = new ArrayList<>();
                modules(gradients).values().forEach(module -> norms.add(ops.updates().clipGlobal(module, limit)));
                float[] values = new float[norms.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = norms.get(i);
                }
                yield length(values);
            }
        };
    }

    private static Map<String, List<NDArray>> modules(Map<String, NDArray> gradients) {
        Map<String, List<NDArray>> modules = new LinkedHashMap<>();
        gradients.forEach((name, gradient) ->
                modules.computeIfAbsent(name.substring(0, Math.max(0, name.indexOf('.'))), key -> new ArrayList<>()).add(gradient));
        return modules;
    }

    private static float length(float[] norms) {
        double sum = 0;
        for (float norm : norms) {
            sum += (double) norm * norm;
        }
        return (float) Math.sqrt(sum);
    }
}
