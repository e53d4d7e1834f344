package org.equirepro.models;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * Projection head of DINO, iBOT and DINOv2 (Caron et al. 2021, appendix C): an MLP with GELU, its output at length 1, and
 * prototypes, a linear layer without bias whose rows are weight-normalised. Names and start values are the original's.
 */
public final class DinoHead {

    /**
     * @param layers of the MLP; 1 is a single linear map
     * @param fixedLength whether the prototypes keep length 1 ({@code norm_last_layer})
     */
    public record Design(int in, int hidden, int layers, int bottleneck, int out, boolean fixedLength) {}

    private static final double INIT_STD = 0.02;
    private static final double UNIT_EPS = 1e-12;

    private final Ops ops;
    private final List<Layers.Layer> mlp = new ArrayList<>();
    private final Layers.Layer prototypes;

    /** Names begin with {@code prefix}. */
    public DinoHead(ParameterStore store, Ops ops, String prefix, Design design) {
        this.ops = ops;
        for (int i = 0; i < design.layers; i++) {
            if (i > 0) {
                mlp.add(ops::gelu);
            }
            String name = prefix + (design.layers == 1 ? "mlp" : "mlp." + 2 * i); // the activations are numbered too
            int in = i == 0 ? design.in : design.hidden;
            int out = i == design.layers - 1 ? design.bottleneck : design.hidden;
            NDArray w = store.normal(name + ".weight", INIT_STD, out, in);
            NDArray b = store.constant(name + ".bias", 0, out);
            mlp.add(x -> ops.linear(x, w, b));
        }
        prototypes = Layers.weightNormed(store, ops, prefix + "last_layer", design.bottleneck, design.out, design.fixedLength);
    }

    /** [.., in] to [.., bottleneck], of length 1. */
    public NDArray embed(NDArray x) {
        for (Layers.Layer layer : mlp) {
            x = layer.apply(x);
        }
        return ops.arrays().unitRows(x, UNIT_EPS);
    }

    /** What {@link #embed} gives to [.., out]. */
    public NDArray logits(NDArray embedded) {
        return prototypes.apply(embedded);
    }

    /** [.., in] to [.., out]. */
    public NDArray forward(NDArray x) {
        return logits(embed(x));
    }
}
