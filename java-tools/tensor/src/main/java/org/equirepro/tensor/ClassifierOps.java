package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;

/**
 * Linear classifiers side by side: H heads of C classes each on the same features, so that one product gives the logits of all
 * and one the gradients of all, in closed form, without a graph. The samples are the last dimension. Gradient mode must be off. Errors as in {@link Ops}.
 */
public final class ClassifierOps {

    private final CheckedCalls calls;

    ClassifierOps(CheckedCalls calls) {
        this.calls = calls;
    }

    /** Logits [H C, B] of features {@code x} [B, D] by weights [H C, D] and biases [H C]. */
    public NDArray logits(NDArray x, NDArray weight, NDArray bias) {
        return calls.tensor("head_logits", x, weight, bias);
    }

    /**
     * Derivatives of the cross-entropies by the logits, [H C, B].
     *
     * @param logits [H, C, B]
     * @param labels [B] int64
     * @param weights [H, B] of each sample in each head's loss
     * @param rates [H], by which the derivatives are multiplied
     * @param losses [H], to which the losses are added in place
     */
    public NDArray classErrors(NDArray logits, NDArray labels, NDArray weights, NDArray rates, NDArray losses) {
        return calls.tensor("class_errors", logits, labels, weights, rates, losses);
    }

    /**
     * As {@link #classErrors}, for the cross-entropies of sigmoid(logits), summed over the classes.
     *
     * @param targets [C, B], 1 where the sample has the class, else 0
     * @param known [C, B], 0 where that is not known and nothing is to be learnt, else 1
     */
    public NDArray binaryErrors(NDArray logits, NDArray targets, NDArray known, NDArray weights, NDArray rates, NDArray losses) {
        return calls.tensor("binary_errors", logits, targets, known, weights, rates, losses);
    }

    /**
     * Gradients of all heads' weights [H C, D] and biases [H C], in place: {@code keep} times what is there plus the new ones.
     *
     * @param x [B, D] features
     * @param errors [H C, B]
     */
    public void addGradients(NDArray x, NDArray errors, NDArray weight, NDArray bias, double keep) {
        calls.run("add_head_gradients", x, errors, weight, bias, keep);
    }

    /** {@code x} plus {@code factor} times {@code y}, in place. */
    public void add(NDArray x, NDArray y, double factor) {
        calls.sameShape("add_scaled", x, y);
        calls.run("add_scaled", x, y, factor);
    }

    /** As {@link #add}, each row of {@code y} [N, D] multiplied by its number of {@code rows} [N], too. */
    public void addRows(NDArray x, NDArray y, NDArray rows, double factor) {
        calls.sameShape("add_scaled_rows", x, y);
        calls.run("add_scaled_rows", x, y, rows, factor);
    }
}
