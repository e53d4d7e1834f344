package org.equirepro.models.segmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * UPerNet's decoder (Xiao et al. 2018): pyramid pooling over the coarsest map, a feature pyramid from there to the finest, all
 * levels fused at the finest. Names, start values and order of channels are mmsegmentation's.
 */
public final class UperNetHead {

    /**
     * @param in channels of the maps, finest first
     * @param channels within the decoder
     * @param poolScales sides to which the coarsest map is pooled: 1, 2, 3, 6
     * @param alignCorners how maps are resized, see {@link org.equirepro.tensor.PictureOps#resizeBilinear}; mostly not
     */
    public record Design(int[] in, int channels, int[] poolScales, int classes, boolean alignCorners) {}

    static final double CLASSIFIER_STD = 0.01;

    private final Ops ops;
    private final Layers.Mode mode;
    private final int[] poolScales;
    private final boolean alignCorners;
    private final List<Layers.Layer> pooled = new ArrayList<>();
    private final Layers.Layer bottleneck;
    private final List<Layers.Layer> laterals = new ArrayList<>();
    private final List<Layers.Layer> smoothed = new ArrayList<>();
    private final Layers.Layer fusion;
    private final NDArray classWeight;
    private final NDArray classBias;

    /** Names begin with {@code prefix}. */
    public UperNetHead(ParameterStore store, Ops ops, String prefix, Design design, Layers.Mode mode) {
        this.ops = ops;
        this.mode = mode;
        poolScales = design.poolScales.clone();
        alignCorners = design.alignCorners;
        int width = design.channels;
        int coarsest = design.in.length - 1;
        for (int i = 0; i < poolScales.length; i++) {
            pooled.add(Layers.convNormRelu(store, ops, prefix + "psp_modules." + i + ".1", design.in[coarsest], width, 1, mode));
        }
        bottleneck = Layers.convNormRelu(store, ops, prefix + "bottleneck", design.in[coarsest] + poolScales.length * width, width, 3, mode);
        for (int i = 0; i < coarsest; i++) {
            laterals.add(Layers.convNormRelu(store, ops, prefix + "lateral_convs." + i, design.in[i], width, 1, mode));
            smoothed.add(Layers.convNormRelu(store, ops, prefix + "fpn_convs." + i, width, width, 3, mode));
        }
        fusion = Layers.convNormRelu(store, ops, prefix + "fpn_bottleneck", design.in.length * width, width, 3, mode);
        classWeight = store.normal(prefix + "conv_seg.weight", CLASSIFIER_STD, design.classes, width, 1, 1);
        classBias = store.constant(prefix + "conv_seg.bias", 0, design.classes);
    }

    /**
     * Fused features [B, channels, H, W] at the finest map's size: what dropout acts on before {@link #classify}.
     *
     * @param maps [B, C_i, H_i, W_i], finest first
     */
    public NDArray features(List<NDArray> maps) {
        if (maps.size() != laterals.size() + 1) {
            throw new IllegalArgumentException("UPerNet over " + (laterals.size() + 1) + " maps, found " + maps.size());
        }
        NDArray[] levels = new NDArray[maps.size()];
        int coarsest = levels.length - 1;
        levels[coarsest] = mode.cuts().cut(poolPyramid(maps.get(coarsest)));
        for (int i = coarsest - 1; i >= 0; i--) {
            levels[i] = laterals.get(i).apply(maps.get(i));
            levels[i] = mode.cuts().cut(levels[i].add(resized(levels[i + 1], levels[i]))); // read by two
        }
        NDList fused = new NDList();
        for (int i = 0; i < levels.length; i++) {
            NDArray level = i < coarsest ? smoothed.get(i).apply(levels[i]) : levels[i];
            fused.add(i == 0 ? level : resized(level, levels[0]));
        }
        return fusion.apply(NDArrays.concat(fused, 1)); // [B, levels * channels, H, W] to [B, channels, H, W]
    }

    private NDArray poolPyramid(NDArray map) {
        NDArray x = mode.cuts().cut(map);
        NDList parts = new NDList(x);
        for (int i = 0; i < poolScales.length; i++) {
            parts.add(resized(pooled.get(i).apply(ops.adaptiveAvgPool2d(x, poolScales[i], poolScales[i])), x));
        }
        return bottleneck.apply(NDArrays.concat(parts, 1));
    }

    private NDArray resized(NDArray x, NDArray like) {
        return ops.pictures().resizeBilinear(x, (int) like.getShape().get(2), (int) like.getShape().get(3), alignCorners);
    }

    /** Logits [B, classes, H, W] of what {@link #features} gives. */
    public NDArray classify(NDArray features) {
        return ops.conv2d(features, classWeight, classBias, 1, 0);
    }
}
