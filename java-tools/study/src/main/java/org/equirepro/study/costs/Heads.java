package org.equirepro.study.costs;

import org.equirepro.base.Settings;
import org.equirepro.study.costs.Backbones.Bytes;

/** Costs of what trainings put on an encoder: projectors, predictors, prototypes, decoders. */
final class Heads {

    private static final int FLOAT = 4;

    private Heads() {}

    /** One vector through a linear layer; kept is its input. */
    static Cost linear(long in, long out, boolean bias, Bytes bytes) {
        return Cost.product(in * out + (bias ? out : 0), (double) in * out, (double) bytes.product() * in);
    }

    /** One vector through (Linear, BatchNorm, ReLU) for each width but the last, then Linear without bias. */
    static Cost expander(int in, int[] widths, Bytes bytes) {
        Cost all = Cost.NONE;
        int from = in;
        for (int i = 0; i < widths.length; i++) {
            boolean last = i == widths.length - 1;
            all = all.and(linear(from, widths[i], !last, bytes));
            if (!last) {
                double kept = (double) bytes.product() * widths[i]; // batch norm's input; ReLU's result is the next layer's
                all = all.and(new Cost(2L * widths[i], 2L * widths[i], 0, 0, 0, kept, 0));
            }
            from = widths[i];
        }
        return all;
    }

    /** SIE's predictor for one sample: a product with each latent's matrix, and with their bias; the sample's own matrix is never laid out. */
    static Cost hyperNetwork(int latent, int width, boolean bias, Bytes bytes) {
        long matrices = latent + (bias ? 1L : 0);
        long count = matrices * width * width;
        return Cost.product(count, count, (double) bytes.product() * matrices * width);
    }

    /** The head of iBOT for one token, with its logits. */
    record Prototypes(int in, int hidden, int layers, int bottleneck, int out, boolean fixedLength, int patchOut, boolean shared) {

        /** From a recipe's section {@code objective.head}; {@code out} are its prototypes, {@code in} the tokens' width. */
        static Prototypes of(Settings head, int in, int out) {
            boolean shared = head.flag("shared", true);
            return new Prototypes(in, head.integer("hidden"), head.integer("layers", 3), head.integer("bottleneck"), out,
                    head.flag("norm_last_layer", true), shared ? out : head.integer("patch_out", out), shared);
        }

        /** Everything that is saved; no arithmetic. */
        Cost weights() {
            Cost mlp = mlp(new Bytes(FLOAT));
            Cost all = Cost.weights(mlp.parameters(), 0).and(prototypes(out));
            return shared ? all : all.and(prototypes(patchOut));
        }

        private Cost prototypes(long count) {
            long vectors = count * bottleneck;
            return fixedLength ? Cost.weights(vectors, count) : Cost.weights(vectors + count, 0);
        }

        private Cost mlp(Bytes bytes) {
            Cost all = Cost.NONE;
            for (int i = 0; i < layers; i++) {
                int from = i == 0 ? in : hidden;
                int to = i == layers - 1 ? bottleneck : hidden;
                all = all.and(linear(from, to, true, bytes));
                if (i < layers - 1) {
                    all = all.and(Cost.product(0, 0, (double) bytes.product() * to)); // before GELU
                }
            }
            return all;
        }

        /** A class token with its part of the loss. */
        Cost cls(Bytes bytes) {
            return token(out, bytes);
        }

        /** A patch token with its part of the loss. */
        Cost patch(Bytes bytes) {
            return token(patchOut, bytes);
        }

        private Cost token(long count, Bytes bytes) {
            Cost mlp = mlp(bytes).again();
            double units = 3.0 * FLOAT * bottleneck; // scaling to length 1
            // float32: log-softmax and the teacher's answer stay; logits of both, temperature and product beside for a moment
            return mlp.and(new Cost(0, 0, (double) count * bottleneck, 0, 0, units + 2.0 * FLOAT * count, 4.0 * FLOAT * count));
        }
    }

    /**
     * A decoder for one picture.
     *
     * @param in features of a patch
     * @param side patches along an edge
     * @param patch pixels of a patch's edge
     */
    static Cost decoder(int in, int side, int patch, int[] widths, Bytes bytes) {
        double tokens = (double) side * side;
        Cost all = linear(in, widths[0], true, bytes).on(tokens);
        all = Cost.product(all.parameters(), all.macs(), 0); // its input belongs to all decoders
        int doublings = Integer.numberOfTrailingZeros(patch);
        double area = tokens;
        for (int i = 0; i < widths.length; i++) {
            boolean doubling = i >= widths.length - doublings;
            int kernel = doubling ? 4 : 3;
            int to = i + 1 < widths.length ? widths[i + 1] : 3;
            long weights = (long) widths[i] * to * kernel * kernel;
            // a pixel of the input goes through the whole kernel; kept are GELU's input and its result
            all = all.and(Cost.product(weights + to, weights * area, 2 * bytes.product() * widths[i] * area));
            area *= doubling ? 4 : 1;
        }
        return all.and(Cost.product(0, 0, 2 * FLOAT * 3 * area)); // the target and the difference to it
    }

    /** Attention from one view's patches to the other's, both ways, each with the decoder. */
    static Cost crossReconstruction(int width, int side, int patch, int[] widths, Bytes bytes) {
        double tokens = (double) side * side;
        long d = width;
        double kept = tokens * d * (2 * FLOAT + 6 * bytes.product()); // norms; q, k, v, result, context, sum
        Cost attention = Cost.product(4 * d * d + 4 * d + 2 * d, 4 * tokens * d * d + 2 * tokens * tokens * d, kept);
        Cost decoder = decoder(width, side, patch, widths, bytes);
        return attention.and(decoder).on(2);
    }
}
