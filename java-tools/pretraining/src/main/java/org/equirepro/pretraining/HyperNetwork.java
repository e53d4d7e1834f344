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
    private final Layers.Layer weights;

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
            Layers.Layer third = Layers.linear(store, ops, net + 4, latent, count, design.hyperBias);
            weights = z -> third.apply(ops.relu(second.apply(ops.relu(first.apply(z)))));
        } else {
            weights = Layers.linear(store, ops, net + 0, latent, count, design.hyperBias);
        }
    }

    @Override
    public NDArray predict(NDArray x, NDArray latent) {
        NDArray all = weights.apply(latent); // [B, count]
        long batch = x.getShape().get(0);
        NDArray column = x.expandDims(2); // [B, D, 1]
        int at = 0;
        int last = design.widths.length - 2;
        for (int i = 0; i <= last; i++) {
            int in = design.widths[i];
            int out = design.widths[i + 1];
            column = all.get(":, " + at + ":" + (at + in * out)).reshape(batch, out, in).matMul(column);
            at += in * out;
            if (design.bias) {
                column = column.add(all.get(":, " + at + ":" + (at + out)).expandDims(2));
                at += out;
            }
            if (design.relu && i < last) {
                column = ops.relu(column);
            }
        }
        return column.squeeze(2);
    }
}
