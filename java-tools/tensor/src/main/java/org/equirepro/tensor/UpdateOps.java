package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
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
        calls.run("adamw", parameters, gradients, first, second, steps, lr, weightDecay, beta1, beta2, eps);
    }

    /** Adam with weight decay added to the gradient (Kingma and Ba 2015). */
    public void adam(List<NDArray> parameters, List<NDArray> gradients, List<NDArray> first, List<NDArray> second,
            List<NDArray> steps, double lr, double weightDecay, double beta1, double beta2, double eps) {
        calls.run("adam", parameters, gradients, first, second, steps, lr, weightDecay, beta1, beta2, eps);
    }

    /** SGD with momentum as PyTorch does it: the first step copies the gradient into the momentum. */
    public void sgd(List<NDArray> parameters, List<NDArray> gradients, List<NDArray> momenta, double lr, double weightDecay,
            double momentum, boolean nesterov, boolean first) {
        calls.run("sgd", parameters, gradients, momenta, lr, weightDecay, momentum, nesterov, first);
    }

    /** LARS (You et al. 2017) for one tensor; without {@code adapt} plain momentum and no decay. */
    public void lars(NDArray parameter, NDArray gradient, NDArray momentumBuffer, double lr, double weightDecay, double momentum,
            double eta, boolean adapt) {
        calls.run("lars", parameter, gradient, momentumBuffer, lr, weightDecay, momentum, eta, adapt);
    }

    /** target = momentum * target + (1 - momentum) * source. */
    public void ema(List<NDArray> targets, List<NDArray> sources, double momentum) {
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

    /** Sets all to 0. */
    public void zero(List<NDArray> tensors) {
        calls.run("zero", tensors);
    }

    /** Overwrites {@code target} by {@code source} of the same shape. */
    public void copyInto(NDArray target, NDArray source) {
        calls.run("copy_into", target, source);
    }
}
