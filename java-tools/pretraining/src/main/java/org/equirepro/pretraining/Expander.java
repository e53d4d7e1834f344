package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * VICReg's expander, as in SIE: (Linear, BatchNorm, ReLU) for each width but the last, then Linear without bias. Names count
 * the layers as PyTorch's Sequential does.
 */
public final class Expander {

    private final List<Layers.Layer> layers = new ArrayList<>();

    /** {@code widths} of the layers' outputs, at least one. */
    public Expander(ParameterStore store, Ops ops, Layers.Mode mode, String name, int in, int... widths) {
        int from = in;
        for (int i = 0; i < widths.length; i++) {
            int index = 3 * i;
            boolean last = i == widths.length - 1;
            layers.add(Layers.linear(store, ops, name + "." + index, from, widths[i], !last));
            if (!last) {
                layers.add(Layers.batchNorm(store, ops, name + "." + (index + 1), widths[i], 1, mode));
                layers.add(ops::relu);
            }
            from = widths[i];
        }
    }

    /** [B, in] to [B, last width]. */
    public NDArray apply(NDArray x) {
        for (Layers.Layer layer : layers) {
            x = layer.apply(x);
        }
        return x;
    }
}
