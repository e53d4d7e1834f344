package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * A map of each keypoint for each region, four times as fine as the region's features (He et al. 2017, section 5). Names and start
 * values are torchvision's.
 */
public final class KeypointHead {

    private final Ops ops;
    private final List<Layers.Layer> convolutions = new ArrayList<>();
    private final Layers.Layer doubling;

    /**
     * Names begin with {@code prefix}.
     *
     * @param in channels of the features
     * @param width of the hidden layers: 512
     * @param depth convolutions before the maps: 8
     */
    public KeypointHead(ParameterStore store, Ops ops, String prefix, int in, int width, int depth, int keypoints) {
        this.ops = ops;
        for (int i = 0; i < depth; i++) { // numbers count the ReLUs in between
            convolutions.add(HeadConv.convRelu(store, ops, prefix + "keypoint_head." + 2 * i, i == 0 ? in : width, width));
        }
        doubling = HeadConv.doubling(store, ops, prefix + "keypoint_predictor.kps_score_lowres", width, keypoints, 4);
    }

    /** @param regions [R, C, h, w]; gives logits [R, keypoints, 4h, 4w] */
    public NDArray forward(NDArray regions) {
        NDArray x = regions;
        for (Layers.Layer convolution : convolutions) {
            x = convolution.apply(x);
        }
        NDArray coarse = ops.toFloat(doubling.apply(x));
        return ops.pictures().resizeBilinear(coarse, 2 * (int) coarse.getShape().get(2), 2 * (int) coarse.getShape().get(3), false);
    }
}
