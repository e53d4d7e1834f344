package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * Rebuilds a picture from features of its patches (AAAI-26 paper, section 3.2): a linear layer on each patch, then convolutions
 * that double the side until the picture's size is reached, GELU between them. Where there are more convolutions than
 * doublings, the first ones keep the size.
 */
final class PatchDecoder {

    private final Ops ops;
    private final Layers.Layer projection;
    private final List<Layers.Layer> convolutions = new ArrayList<>();
    private final int firstWidth;

    /**
     * @param source of the recipe, for errors
     * @param in features of a patch
     * @param patch pixels of a patch's side, a power of two
     * @param widths channels after the linear layer and after each convolution but the last, which gives 3
     */
    PatchDecoder(ParameterStore store, Ops ops, String source, String name, int in, int patch, int... widths) {
        this.ops = ops;
        this.firstWidth = widths[0];
        int doublings = Integer.numberOfTrailingZeros(patch);
        if (Integer.bitCount(patch) != 1 || widths.length < doublings) {
            throw UserError.usage(source + ": reconstruction.decoder needs at least one width for each doubling from a patch to its "
                    + patch + " pixels, and the patch must be a power of two");
        }
        projection = Layers.linear(store, ops, name + ".linear", in, firstWidth, true);
        for (int i = 0; i < widths.length; i++) {
            int to = i + 1 < widths.length ? widths[i + 1] : 3;
            convolutions.add(convolution(store, name + ".conv" + i, widths[i], to, i >= widths.length - doublings));
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

    /** Features [B, N, in] of a square of patches, row by row, to pictures [B, 3, H, W], float32. */
    NDArray apply(NDArray patches) {
        long batch = patches.getShape().get(0);
        long side = Math.round(Math.sqrt(patches.getShape().get(1)));
        NDArray x = projection.apply(patches).transpose(0, 2, 1).reshape(batch, firstWidth, side, side);
        for (Layers.Layer convolution : convolutions) {
            x = convolution.apply(ops.gelu(x));
        }
        return ops.toFloat(x);
    }
}
