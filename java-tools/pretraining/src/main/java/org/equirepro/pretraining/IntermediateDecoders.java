package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * K decoders, each rebuilding one intermediate picture from the equivariant patch features of both views (AAAI-26 paper,
 * eqs 2 and 3, section 3.2): a linear layer on each patch, then convolutions that double the side until the picture's size is
 * reached, GELU between them. Where there are more convolutions than doublings, the first ones keep the size.
 */
public final class IntermediateDecoders {

    private final Ops ops;
    private final List<List<Layers.Layer>> decoders = new ArrayList<>();
    private final List<Layers.Layer> projections = new ArrayList<>();
    private final int firstWidth;

    /**
     * @param in features of a patch: twice d_equi
     * @param widths channels after the linear layer and after each convolution but the last, which gives 3
     */
    public IntermediateDecoders(ParameterStore store, Ops ops, String source, int count, int in, int patch, int... widths) {
        this.ops = ops;
        this.firstWidth = widths[0];
        int doublings = Integer.numberOfTrailingZeros(patch);
        if (Integer.bitCount(patch) != 1 || widths.length < doublings) {
            throw UserError.usage(source + ": reconstruction.decoder needs at least one width for each doubling from a patch to its "
                    + patch + " pixels, and the patch must be a power of two");
        }
        for (int k = 0; k < count; k++) {
            String name = "decoder." + k + ".";
            projections.add(Layers.linear(store, ops, name + "linear", in, firstWidth, true));
            List<Layers.Layer> convolutions = new ArrayList<>();
            for (int i = 0; i < widths.length; i++) {
                int to = i + 1 < widths.length ? widths[i + 1] : 3;
                convolutions.add(convolution(store, name + "conv" + i, widths[i], to, i >= widths.length - doublings));
            }
            decoders.add(convolutions);
        }
    }

    private Layers.Layer convolution(ParameterStore store, String name, int in, int out, boolean doubling) {
        int kernel = doubling ? 4 : 3;
        // PyTorch's default start values, fan in counted as it does: of the second dimension for a transposed convolution
        double bound = 1 / Math.sqrt((double) (doubling ? out : in) * kernel * kernel);
        NDArray b = store.uniform(name + ".bias", bound, out);
        if (doubling) {
            NDArray w = store.uniform(name + ".weight", bound, in, out, kernel, kernel);
            return x -> ops.convTranspose2d(x, w, b, 2, 1);
        }
        NDArray w = store.uniform(name + ".weight", bound, out, in, kernel, kernel);
        return x -> ops.conv2d(x, w, b, 1, 1);
    }

    /** Equivariant features of both views, [B, N, d_equi] each, to K pictures [B, 3, H, W], normalised, float32. */
    public List<NDArray> apply(NDArray first, NDArray second) {
        NDArray both = first.concat(second, 2); // [B, N, 2 d_equi]
        long batch = both.getShape().get(0);
        long side = Math.round(Math.sqrt(both.getShape().get(1)));
        List<NDArray> pictures = new ArrayList<>();
        for (int k = 0; k < decoders.size(); k++) {
            NDArray x = projections.get(k).apply(both).transpose(0, 2, 1).reshape(batch, firstWidth, side, side);
            for (Layers.Layer convolution : decoders.get(k)) {
                x = convolution.apply(ops.gelu(x));
            }
            pictures.add(ops.toFloat(x));
        }
        return pictures;
    }

    /** Mean over the K pictures of the mean squared difference per element. */
    public Loss loss(List<NDArray> pictures, List<NDArray> targets) {
        NDArray sum = ops.losses().mse(pictures.get(0), targets.get(0));
        for (int k = 1; k < pictures.size(); k++) {
            sum = sum.add(ops.losses().mse(pictures.get(k), targets.get(k)));
        }
        NDArray mean = ops.scale(sum, 1.0 / pictures.size());
        return new Loss(mean, Map.of("reconstruction", mean));
    }

}
