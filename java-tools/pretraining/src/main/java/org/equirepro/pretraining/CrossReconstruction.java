package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * Cross-attention reconstruction (Wang, Krajsek and Scharr 2024): the equivariant features of one view ask those of the other,
 * and a decoder rebuilds the view that was asked. Both directions share one pre-norm block and one decoder. The block adds
 * what it read to the features that asked, so that a patch keeps its place.
 */
final class CrossReconstruction implements Reconstruction {

    private static final double EPS = 1e-6;

    private final Ops ops;
    private final Precision precision;
    private final int heads;
    private final Layers.Layer norm;
    private final List<NDArray> weights;
    private final PatchDecoder decoder;

    /**
     * @param source of the recipe, for errors
     * @param width d_equi
     * @param heads of the attention, a divisor of the width
     * @param patch pixels of a patch's side, a power of two
     * @param widths as in {@link PatchDecoder}
     */
    CrossReconstruction(ParameterStore store, Ops ops, String source, int width, int heads, Precision precision, int patch,
            int... widths) {
        if (width % heads != 0) {
            throw UserError.usage(source + ": reconstruction.heads " + heads + " must divide split.equivariant " + width);
        }
        this.ops = ops;
        this.precision = precision;
        this.heads = heads;
        NDArray scale = store.constant("cross.norm.weight", 1, width);
        NDArray shift = store.constant("cross.norm.bias", 0, width);
        this.norm = x -> ops.layerNorm(x, scale, shift, EPS);
        // .02, as the linear layers of a ViT
        this.weights = List.of(
                store.normal("cross.q.weight", 0.02, width, width), store.constant("cross.q.bias", 0, width),
                store.normal("cross.kv.weight", 0.02, 2L * width, width), store.constant("cross.kv.bias", 0, 2L * width),
                store.normal("cross.proj.weight", 0.02, width, width), store.constant("cross.proj.bias", 0, width));
        this.decoder = new PatchDecoder(store, ops, source, "decoder", width, patch, widths);
    }

    /** View 2 as view 1 reads it, then view 1 as view 2 reads it. */
    @Override
    public List<NDArray> apply(NDArray first, NDArray second) {
        NDArray x = norm.apply(first);
        NDArray y = norm.apply(second);
        return List.of(rebuilt(first, x, y), rebuilt(second, y, x));
    }

    private NDArray rebuilt(NDArray asking, NDArray query, NDArray context) {
        return decoder.apply(asking.add(ops.crossAttention(query, context, weights, heads, precision))); // [B, N, d_equi] before
    }
}
