package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.List;

/**
 * Updates of parameters and gradients in place. Gradient mode must be off. Errors as in {@link Ops}.
 */
public final class UpdateOps {

    private final CheckedCalls calls;

    UpdateOps(CheckedCalls calls) {
        this.calls = calls;
    }

    /** AdamW (Loshchilov and Hutter 2019), fused; {@code steps} are float32 scalars counted here. */
    public void adamW(List<NDArray> parameters, List<NDArray> gradients, List<NDArray> first, List<NDArray> second,
            List<NDArray> steps, double lr, double weightDecay, double beta1, double beta2, double eps) {
        checkPairs("adamw", parameters, gradients, first, second);
        checkSteps("adamw", parameters, steps);
        calls.run("adamw", parameters, gradients, first, second, steps, lr, weightDecay, beta1, beta2, eps);
    }

    /** Adam with weight decay added to the gradient (Kingma and Ba 2015). */
    public void adam(List<NDArray> parameters, List<NDArray> gradients, List<NDArray> first, List<NDArray> second,
            List<NDArray> steps, double lr, double weightDecay, double beta1, double beta2, double eps) {
        checkPairs("adam", parameters, gradients, first, second);
        checkSteps("adam", parameters, steps);
        calls.run("adam", parameters, gradients, first, second, steps, lr, weightDecay, beta1, beta2, eps);
    }

    /** SGD with momentum as PyTorch does it: the first step copies the gradient into the momentum. */
    public void sgd(List<NDArray> parameters, List<NDArray> gradients, List<NDArray> momenta, double lr, double weightDecay,
            double momentum, boolean nesterov, boolean first) {
        checkPairs("sgd", parameters, gradients, momenta);
        calls.run("sgd", parameters, gradients, momenta, lr, weightDecay, momentum, nesterov, first);
    }

    /** LARS (You et al. 2017) for one tensor; without {@code adapt} plain momentum and no decay. */
    public void lars(NDArray parameter, NDArray gradient, NDArray momentumBuffer, double lr, double weightDecay, double momentum,
            double eta, boolean adapt) {
        calls.run("lars", parameter, gradient, momentumBuffer, lr, weightDecay, momentum, eta, adapt);
    }

    /** target = momentum * target + (1 - momentum) * source. */
    public void ema(List<NDArray> targets, List<NDArray> sources, double momentum) {
        checkPairs("ema", targets, sources);
        calls.run("ema", targets, sources, momentum);
    }

    /** Clips each tensor to the norm {@code limit} (iBOT); gives the norms before. */
    public float[] clipEach(List<NDArray> gradients, double limit) {
        try (NDArray norms = calls.tensor("clip_each", gradients, limit)) {
            return norms.toFloatArray();
        }
    }

    /** Clips all tensors to one common norm; gives the norm before. */
    public float clipGlobal(List<NDArray> gradients, double limit) {
        try (NDArray norm = calls.tensor("clip_global", gradients, limit)) {
            return norm.getFloat();
        }
    }

    /** Norm of all tensors together. */
    public float globalNorm(List<NDArray> tensors) {
        try (NDArray norm = calls.tensor("global_norm", tensors)) {
            return norm.getFloat();
        }
    }

    /** Gradients times {@code inverse} [1]; {@code found} [1] becomes 1 where one is infinite or not a number. */
    public void unscale(List<NDArray> gradients, NDArray found, NDArray inverse) {
        for (NDArray scalar : List.of(found, inverse)) {
            calls.require(scalar.getDataType() == DataType.FLOAT32 && scalar.getShape().size() == 1, "unscale",
                    "found and inverse must be float32 of one element", scalar);
        }
        calls.run("unscale", gradients, found, inverse);
    }

    /** Sets all to 0. */
    public void zero(List<NDArray> tensors) {
        calls.run("zero", tensors);
    }

    /** Overwrites {@code target} by {@code source} of the same shape. */
    public void copyInto(NDArray target, NDArray source) {
        calls.sameShape("copy_into", target, source);
        calls.run("copy_into", target, source);
    }

    /** Overwrites the tensors by {@code factor} times what {@link ArrayOps#pack} made of them; {@code packed} is changed. */
    public void unpack(NDArray packed, List<NDArray> tensors, double factor) {
        calls.run("unpack", packed, tensors, factor);
    }

    /** The fused kernels read all tensors of a place by the first one's shape and type, unchecked. */
    @SafeVarargs
    private void checkPairs(String operator, List<NDArray> parameters, List<NDArray>... others) {
        for (List<NDArray> other : others) {
            calls.require(other.size() == parameters.size(), operator, "lists must be of equal length", parameters, other);
            for (int i = 0; i < other.size(); i++) {
                NDArray p = parameters.get(i);
                NDArray o = other.get(i);
                calls.sameShape(operator, p, o);
                calls.require(p.getDataType() == o.getDataType() && p.getDataType().isFloating(), operator,
                        "types must be equal and floating", p, o);
            }
        }
    }

    private void checkSteps(String operator, List<NDArray> parameters, List<NDArray> steps) {
        calls.require(steps.size() == parameters.size(), operator, "a step count for each parameter", parameters, steps);
        for (NDArray step : steps) {
            calls.require(step.getDataType() == DataType.FLOAT32 && step.getShape().size() == 1, operator,
                    "a step count must be a float32 scalar", step);
        }
    }
}
