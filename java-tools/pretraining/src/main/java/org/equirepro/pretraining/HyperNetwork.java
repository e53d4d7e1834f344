package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * SIE's predictor (Garrido et al. 2023, section 4): a network whose weights are made from the latent by another, so that it
 * cannot ignore the transformation. The latent is mapped to all weights by one linear layer or, if deep, by three with ReLU.
 */
public final class HyperNetwork implements LatentPredictor {

    /**
     * Choices of the original code's command line.
     *
     * @param widths of the predictor, from the embedding's width to the same; two values are one linear layer
     * @param deep three layers from the latent to the weights instead of one
     * @param hyperBias biases in those layers
     * @param bias biases in the predictor
     * @param relu ReLU between the predictor's layers
     */
    public record Design(int[] widths, boolean deep, boolean hyperBias, boolean bias, boolean relu) {

        /** The published one: linear from linear, no biases. */
        public static Design linear(int width) {
            return new Design(new int[] {width, width}, false, false, false, false);
        }
    }

    private final Ops ops;
    private final Design design;
    /** The latent as the last layer of the hypernetwork gets it, [B, L]. */
    private final Layers.Layer hidden;
    /** Of the last layer, [count, L] and [count]; the latter null without bias. */
    private final NDArray weight;
    private final NDArray bias;

    public HyperNetwork(ParameterStore store, Ops ops, String name, int latent, Design design) {
        this.ops = ops;
        this.design = design;
        int count = 0;
        for (int i = 0; i + 1 < design.widths.length; i++) {
            count += design.widths[i] * design.widths[i + 1] + (design.bias ? design.widths[i + 1] : 0);
        }
        String net = name + ".hypernet.net.";
        if (design.deep) {
            Layers.Layer first = Layers.linear(store, ops, net + 0, latent, latent, design.hyperBias);
            Layers.Layer second = Layers.linear(store, ops, net + 2, latent, latent, design.hyperBias);
            hidden = z -> ops.relu(second.apply(ops.relu(first.apply(z))));
        } else {
            hidden = z -> z;
        }
        String last = net + (design.deep ? 4 : 0);
        Layers.linear(store, ops, last, latent, count, design.hyperBias);
        weight = store.get(last + ".weight");
        bias = design.hyperBias ? store.get(last + ".bias") : null;
    }

    @Override
    public NDArray predict(NDArray x, NDArray latent) {
        NDArray z = hidden.apply(latent);
        NDArray y = x;
        int at = 0;
        int last = design.widths.length - 2;
        for (int i = 0; i <= last; i++) {
            int in = design.widths[i];
            int out = design.widths[i + 1];
            y = product(y, z, at, in, out);
            at += in * out;
            if (design.bias) {
                y = y.add(ops.linear(z, rows(weight, at, out), bias == null ? null : rows(bias, at, out)));
                at += out;
            }
            if (design.relu && i < last) {
                y = ops.relu(y);
            }
        }
        return y;
    }

    /**
     * Each sample's own matrix [out, in], which is linear in its latent, times its {@code x} [B, in]: the sum over l of z_l (W_l x).
     * So the matrices themselves, B times in times out numbers, are never laid out.
     */
    private NDArray product(NDArray x, NDArray z, int at, int in, int out) {
        long batch = x.getShape().get(0);
        long latents = z.getShape().get(1);
        NDArray all = rows(weight, at, in * out).reshape(out, in, latents).transpose(2, 0, 1).reshape(latents * out, in);
        NDArray each = ops.linear(x, all, null).reshape(batch, latents, out);
        NDArray y = each.mul(z.expandDims(2)).sum(new int[] {1});
        return bias == null ? y : y.add(ops.linear(x, rows(bias, at, in * out).reshape(out, in), null));
    }

    private static NDArray rows(NDArray all, int from, int count) {
        return all.get(from + ":" + (from + count));
    }
}
