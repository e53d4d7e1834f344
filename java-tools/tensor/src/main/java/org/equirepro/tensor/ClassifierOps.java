package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;

/**
 * Linear classifiers side by side: H heads of C classes each on the same features, so that one product gives the logits of all
 * and one the gradients of all, in closed form, without a graph. The samples are the last dimension. Gradient mode must be off. Errors as in {@link Ops}.
 */
public final class ClassifierOps {

    private final CheckedCalls calls;

    ClassifierOps(CheckedCalls calls) {
        this.calls = calls;
    }

    /** Logits [H C, B] of features {@code x} [B, D] by weights [H C, D] and biases [H C, 1]. */
    public NDArray logits(NDArray x, NDArray weight, NDArray bias) {
        return calls.tensor("head_logits", x, weight, bias);
    }

    /**
     * Derivatives of the sums of the samples' cross-entropies by the logits, [H C, B].
     *
     * @param logits [H, C, B], overwritten
     * @param labels of the B samples
     * @param losses [H], to which the sums are added in place, multiplied by {@code each}
     * @param each what a sample counts: 1 / B for means
     */
    public NDArray classErrors(NDArray logits, int[] labels, NDArray losses, double each) {
        calls.require(logits.getShape().dimension() == 3 && logits.getShape().get(2) == labels.length, "class_errors",
                "logits must be [H, C, B] for " + labels.length + " labels", logits, losses);
        long[] places = new long[labels.length]; // in [C, B]
        Arrays.setAll(places, i -> (long) labels[i] * labels.length + i);
        try (NDArray own = Torch.longs(logits.getManager(), places, places.length)) {
            return calls.tensor("class_errors", logits, own, losses, each);
        }
    }

    /**
     * As {@link #classErrors}, for the cross-entropies of sigmoid(logits), summed over the classes; the logits stay as they are.
     *
     * @param targets [C, B], 1 where the sample has the class, else 0
     * @param known [C, B], 0 where that is not known and nothing is to be learnt, else 1
     */
    public NDArray binaryErrors(NDArray logits, NDArray targets, NDArray known, NDArray losses, double each) {
        return calls.tensor("binary_errors", logits, targets, known, losses, each);
    }

    /**
     * Gradients of all heads' weights [H C, D] and biases [H C, 1], in place: {@code keep} times what is there plus the new ones.
     *
     * @param x [B, D] features
     * @param errors [H C, B]
     * @param each what a sample counts: 1 / B for means
     */
    public void addGradients(NDArray x, NDArray errors, NDArray weight, NDArray bias, double keep, double each) {
        calls.run("add_head_gradients", x, errors, weight, bias, keep, each);
    }

    /** {@code x} plus {@code factor} times {@code y}, in place. */
    public void add(NDArray x, NDArray y, double factor) {
        calls.sameShape("add_scaled", x, y);
        calls.run("add_scaled", x, y, factor);
    }

    /** As {@link #add}, each row of {@code y} [N, D] multiplied by its number of {@code rows} [N, 1], too. */
    public void addRows(NDArray x, NDArray y, NDArray rows, double factor) {
        calls.sameShape("add_scaled_rows", x, y);
        calls.run("add_scaled_rows", x, y, rows, factor);
    }
}
