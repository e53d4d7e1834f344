package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * A mask of each class for each region, twice as fine as the region's features (He et al. 2017, figure 4). Names and start values
 * are torchvision's.
 */
public final class MaskHead {

    private final Ops ops;
    private final List<Layers.Layer> convolutions = new ArrayList<>();
    private final Layers.Layer doubling;
    private final Layers.Layer logits;

    /**
     * Names begin with {@code prefix}.
     *
     * @param in channels of the features
     * @param width of the hidden layers: 256
     * @param depth convolutions before the doubling: 4
     * @param classes with the background, whose mask is not used
     */
    public MaskHead(ParameterStore store, Ops ops, String prefix, int in, int width, int depth, int classes) {
        this.ops = ops;
        for (int i = 0; i < depth; i++) {
            convolutions.add(HeadConv.convRelu(store, ops, prefix + "mask_head." + i + ".0", i == 0 ? in : width, width));
        }
        doubling = HeadConv.doubling(store, ops, prefix + "mask_predictor.conv5_mask", width, width, 2);
        logits = HeadConv.conv(store, ops, prefix + "mask_predictor.mask_fcn_logits", width, classes, 1, HeadConv.he(classes, 1));
    }

    /** @param regions [R, C, h, w]; gives logits [R, classes, 2h, 2w] */
    public NDArray forward(NDArray regions) {
        NDArray x = regions;
        for (Layers.Layer convolution : convolutions) {
            x = convolution.apply(x);
        }
        return ops.toFloat(logits.apply(ops.relu(doubling.apply(x))));
    }

    /**
     * Probabilities of the pixels of each region's own class, [R][side * side].
     *
     * @param logits [R, classes, side, side]
     * @param labels R classes
     */
    public static float[][] probabilities(NDArray logits, int[] labels) {
        int classes = (int) logits.getShape().get(1);
        int pixels = (int) (logits.getShape().get(2) * logits.getShape().get(3));
        float[] all = logits.toFloatArray();
        float[][] own = new float[labels.length][pixels];
        for (int r = 0; r < own.length; r++) {
            for (int i = 0; i < pixels; i++) {
                own[r][i] = (float) (1 / (1 + Math.exp(-all[(r * classes + labels[r]) * pixels + i])));
            }
        }
        return own;
    }
}
