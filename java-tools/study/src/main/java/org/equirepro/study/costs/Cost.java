package org.equirepro.study.costs;

/**
 * What a network, or a part of one, costs for one input. Only products count as arithmetic (linear layers, convolutions,
 * attention), as in published figures.
 *
 * @param parameters that are trained
 * @param buffers other values that are saved with them
 * @param macs multiply-accumulates of a forward pass
 * @param leaves those of {@code macs} whose input is a picture: the backward pass has one product for them, not two
 * @param repeated multiply-accumulates that the backward pass computes a second time
 * @param kept bytes that a forward pass leaves for the backward pass
 * @param working bytes needed for a moment beside these
 */
public record Cost(long parameters, long buffers, double macs, double leaves, double repeated, double kept, double working) {

    /** Nothing. */
    public static final Cost NONE = new Cost(0, 0, 0, 0, 0, 0, 0);

    /** Weights without arithmetic. */
    static Cost weights(long parameters, long buffers) {
        return new Cost(parameters, buffers, 0, 0, 0, 0, 0);
    }

    /** A product with its weights. */
    static Cost product(long parameters, double macs, double kept) {
        return new Cost(parameters, 0, macs, 0, 0, kept, 0);
    }

    /** Both, one after the other; they need their working memory in turn. */
    Cost and(Cost other) {
        return new Cost(parameters + other.parameters, buffers + other.buffers, macs + other.macs, leaves + other.leaves,
                repeated + other.repeated, kept + other.kept, Math.max(working, other.working));
    }

    /** The same weights on {@code count} inputs at once. */
    Cost on(double count) {
        return new Cost(parameters, buffers, macs * count, leaves * count, repeated * count, kept * count, working * count);
    }

    /** The arithmetic and memory without the weights, which another pass has counted. */
    Cost again() {
        return new Cost(0, 0, macs, leaves, repeated, kept, working);
    }

    /** {@code count} of them side by side, each with its own weights. */
    Cost copies(int count) {
        return new Cost(parameters * count, buffers * count, macs * count, leaves * count, repeated * count, kept * count,
                working);
    }

    /** Multiply-accumulates of the backward pass: gradients of inputs and of weights, and what is computed again. */
    double backwardMacs() {
        return 2 * macs - leaves + repeated;
    }
}
