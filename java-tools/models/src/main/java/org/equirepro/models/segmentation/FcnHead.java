package org.equirepro.models.segmentation;

import ai.djl.ndarray.NDArray;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * A convolution and a classifier of every pixel (Long et al. 2015): the auxiliary head beside UPerNet. Names and start values are
 * mmsegmentation's.
 */
public final class FcnHead {

    private final Ops ops;
    private final Layers.Layer conv;
    private final NDArray classWeight;
    private final NDArray classBias;

    /** Names begin with {@code prefix}. */
    public FcnHead(ParameterStore store, Ops ops, String prefix, int in, int channels, int classes, Layers.Mode mode) {
        this.ops = ops;
        conv = Layers.convNormRelu(store, ops, prefix + "convs.0", in, channels, 3, mode);
        classWeight = store.normal(prefix + "conv_seg.weight", UperNetHead.CLASSIFIER_STD, classes, channels, 1, 1);
        classBias = store.constant(prefix + "conv_seg.bias", 0, classes);
    }

    /** [B, channels, H, W] of a map [B, in, H, W]: what dropout acts on before {@link #classify}. */
    public NDArray features(NDArray map) {
        return conv.apply(map);
    }

    /** Logits [B, classes, H, W] of what {@link #features} gives. */
    public NDArray classify(NDArray features) {
        return ops.conv2d(features, classWeight, classBias, 1, 0);
    }
}
