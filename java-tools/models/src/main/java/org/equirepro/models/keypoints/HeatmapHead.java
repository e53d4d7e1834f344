package org.equirepro.models.keypoints;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * A map of each keypoint, four times as fine as the encoder's map (Xiao et al. 2018, section 2; ViTPose's classic decoder): two
 * transposed convolutions with batch norm and ReLU, and a 1 x 1 convolution. Weights start from a normal distribution of .001, as
 * there.
 */
public final class HeatmapHead {

    /** Maps are so many times as fine as the encoder's. */
    public static final int FINER = 4;

    private static final double STD = 0.001;
    private static final int KERNEL = 4;
    private static final int DEPTH = 2;

    private final Ops ops;
    private final List<Layers.Layer> doublings = new ArrayList<>();
    private final NDArray weight;
    private final NDArray bias;

    /**
     * Names begin with {@code prefix}.
     *
     * @param in channels of the encoder's map
     * @param width of the hidden layers: 256
     */
    public HeatmapHead(ParameterStore store, Ops ops, String prefix, int in, int width, int keypoints, Layers.Mode mode) {
        this.ops = ops;
        for (int i = 0; i < DEPTH; i++) {
            int from = i == 0 ? in : width;
            NDArray w = store.normal(prefix + "deconv." + i + ".weight", STD, from, width, KERNEL, KERNEL);
            NDArray none = store.zeros(width); // the norm has the bias
            Layers.Layer norm = Layers.batchNorm(store, ops, prefix + "deconv." + i + ".norm", width, 1, mode);
            doublings.add(x -> ops.relu(norm.apply(ops.convTranspose2d(x, w, none, 2, 1))));
        }
        weight = store.normal(prefix + "final.weight", STD, keypoints, width, 1, 1);
        bias = store.constant(prefix + "final.bias", 0, keypoints);
    }

    /** @param map [B, in, h, w]; gives [B, keypoints, 4h, 4w], float32 */
    public NDArray forward(NDArray map) {
        NDArray x = map;
        for (Layers.Layer doubling : doublings) {
            x = doubling.apply(x);
        }
        return ops.toFloat(ops.conv2d(x, weight, bias, 1, 0));
    }
}
