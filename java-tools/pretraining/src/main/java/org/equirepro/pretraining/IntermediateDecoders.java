package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.IntStream;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * K decoders, each rebuilding one intermediate picture from the equivariant patch features of both views side by side
 * (AAAI-26 paper, eqs 2 and 3).
 */
public final class IntermediateDecoders implements Reconstruction {

    private final List<PatchDecoder> decoders;

    /**
     * @param source of the recipe, for errors
     * @param in features of a patch: twice d_equi
     * @param patch pixels of a patch's side, a power of two
     * @param widths as in {@link PatchDecoder}
     */
    public IntermediateDecoders(ParameterStore store, Ops ops, String source, int count, int in, int patch, int... widths) {
        decoders = IntStream.range(0, count)
                .mapToObj(k -> new PatchDecoder(store, ops, source, "decoder." + k, in, patch, widths)).toList();
    }

    @Override
    public List<NDArray> apply(NDArray first, NDArray second) {
        NDArray both = first.concat(second, 2); // [B, N, 2 d_equi]
        return decoders.stream().map(decoder -> decoder.apply(both)).toList();
    }
}
