package org.equirepro.models.homography;

import ai.djl.ndarray.NDArray;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * Three convolutions from the maps of two patches to how far each place of the first has moved in the second (AAAI-26 paper,
 * section 4.3): 3 x 3, 3 x 3 and 1 x 1, ReLU between. They start from He's normal, the last one from 0: nothing has moved.
 */
public final class DisplacementHead {

    private final Ops ops;
    private final Layers.Layer first;
    private final Layers.Layer second;
    private final NDArray lastWeight;
    private final NDArray lastBias;

    /**
     * Names begin with {@code prefix}.
     *
     * @param in channels of a patch's map
     * @param channels between the convolutions
     */
    public DisplacementHead(ParameterStore store, Ops ops, String prefix, int in, int channels) {
        this.ops = ops;
        first = conv(store, ops, prefix + "conv1", 2 * in, channels);
        second = conv(store, ops, prefix + "conv2", channels, channels);
        lastWeight = store.constant(prefix + "conv3.weight", 0, 2, channels, 1, 1);
        lastBias = store.constant(prefix + "conv3.bias", 0, 2);
    }

    private static Layers.Layer conv(ParameterStore store, Ops ops, String name, int in, int out) {
        NDArray weight = store.normal(name + ".weight", Math.sqrt(2.0 / (9 * in)), out, in, 3, 3);
        NDArray bias = store.constant(name + ".bias", 0, out);
        return x -> ops.relu(ops.conv2d(x, weight, bias, 1, 1));
    }

    /**
     * Displacements [B, 2, h, w], x before y.
     *
     * @param patches maps [2 B, C, h, w], first patches before second ones
     */
    public NDArray forward(NDArray patches) {
        long pairs = patches.getShape().get(0) / 2;
        NDArray both = patches.get(":" + pairs).concat(patches.get(pairs + ":"), 1); // [B, 2 C, h, w]
        return ops.conv2d(second.apply(first.apply(both)), lastWeight, lastBias, 1, 0);
    }
}
