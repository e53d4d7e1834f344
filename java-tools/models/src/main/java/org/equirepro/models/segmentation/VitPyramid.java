package org.equirepro.models.segmentation;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * Four maps at strides 4, 8, 16 and 32 from the patches of four blocks of a ViT, as BEiT and iBOT make them: two transposed
 * convolutions, one, nothing, and maximum pooling. Names are theirs.
 */
public final class VitPyramid {

    private final Ops ops;
    private final NDArray[] first;
    private final Layers.Layer norm;
    private final NDArray[] second;
    private final NDArray[] half;

    /** Names begin with {@code prefix}. */
    public VitPyramid(ParameterStore store, Ops ops, String prefix, int channels, Layers.Mode mode) {
        this.ops = ops;
        first = doubling(store, prefix + "fpn1.0", channels);
        norm = Layers.batchNorm(store, ops, prefix + "fpn1.1", channels, 1, mode);
        second = doubling(store, prefix + "fpn1.3", channels);
        half = doubling(store, prefix + "fpn2.0", channels);
    }

    /** Weight and bias of a transposed convolution that doubles height and width; PyTorch's start values. */
    private static NDArray[] doubling(ParameterStore store, String name, int channels) {
        double bound = 1 / Math.sqrt(4.0 * channels);
        NDArray weight = store.uniform(name + ".weight", bound, channels, channels, 2, 2);
        return new NDArray[] {weight, store.uniform(name + ".bias", bound, channels)};
    }

    /** @param maps four of [B, C, h, w], of shallow to deep blocks; gives [B, C, 4h, 4w], [.., 2h, 2w], [.., h, w], [.., h/2, w/2] */
    public List<NDArray> forward(List<NDArray> maps) {
        NDArray quarter = doubled(ops.gelu(norm.apply(doubled(maps.get(0), first))), second);
        return List.of(quarter, doubled(maps.get(1), half), maps.get(2), ops.maxPool2d(maps.get(3), 2, 2, 0));
    }

    private NDArray doubled(NDArray x, NDArray[] weights) {
        return ops.convTranspose2d(x, weights[0], weights[1], 2, 0);
    }
}
