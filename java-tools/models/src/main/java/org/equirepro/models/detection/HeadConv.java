package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/** Convolutions of the detection heads: height and width stay, biases start from 0. */
final class HeadConv {

    private HeadConv() {}

    /** {@code name.weight} [out, in, kernel, kernel] from a normal distribution, and {@code name.bias} [out]. */
    static Layers.Layer conv(ParameterStore store, Ops ops, String name, int in, int out, int kernel, double std) {
        NDArray weight = store.normal(name + ".weight", std, out, in, kernel, kernel);
        NDArray bias = store.constant(name + ".bias", 0, out);
        return x -> ops.conv2d(x, weight, bias, 1, kernel / 2);
    }

    /** As above, 3 x 3 with He's normal over fan out, and ReLU. */
    static Layers.Layer convRelu(ParameterStore store, Ops ops, String name, int in, int out) {
        Layers.Layer conv = conv(store, ops, name, in, out, 3, he(out, 3));
        return x -> ops.relu(conv.apply(x));
    }

    /**
     * A transposed convolution that doubles height and width; PyTorch's fan out of one is that of its input.
     *
     * @param kernel 2, or 4 with overlap
     */
    static Layers.Layer doubling(ParameterStore store, Ops ops, String name, int in, int out, int kernel) {
        NDArray weight = store.normal(name + ".weight", he(in, kernel), in, out, kernel, kernel);
        NDArray bias = store.constant(name + ".bias", 0, out);
        return x -> ops.convTranspose2d(x, weight, bias, 2, kernel / 2 - 1);
    }

    /** Standard deviation of He's normal over fan out. */
    static double he(int out, int kernel) {
        return Math.sqrt(2.0 / ((double) out * kernel * kernel));
    }
}
