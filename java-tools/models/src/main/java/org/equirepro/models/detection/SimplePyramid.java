package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * A feature pyramid from the last map of a plain ViT (Li et al., "ViTDet", 2022, section 3): four times, twice, as fine, half as
 * fine, each through a 1 x 1 and a 3 x 3 convolution with a norm over the channels behind each; and every second cell of the last
 * for the proposals alone. Start values are He's normal over fan out, those of the transposed convolutions PyTorch's.
 */
public final class SimplePyramid {

    /** Of the norms, as in ViTDet. */
    private static final double EPS = 1e-6;

    private final Ops ops;
    private final List<Layers.Layer> levels = new ArrayList<>();

    /**
     * Names begin with {@code prefix}.
     *
     * @param in channels of the ViT
     * @param channels of every map: 256
     */
    public SimplePyramid(ParameterStore store, Ops ops, String prefix, int in, int channels) {
        this.ops = ops;
        Layers.Layer first = doubling(store, prefix + "level0.up0", in, in / 2);
        Layers.Layer norm = norm(store, prefix + "level0.norm", in / 2);
        Layers.Layer second = doubling(store, prefix + "level0.up1", in / 2, in / 4);
        Layers.Layer half = doubling(store, prefix + "level1.up0", in, in / 2);
        add(store, prefix + "level0.", x -> second.apply(ops.gelu(norm.apply(first.apply(x)))), in / 4, channels);
        add(store, prefix + "level1.", half, in / 2, channels);
        add(store, prefix + "level2.", x -> x, in, channels);
        add(store, prefix + "level3.", x -> ops.maxPool2d(x, 2, 2, 0), in, channels);
    }

    private void add(ParameterStore store, String name, Layers.Layer sized, int in, int channels) {
        Layers.Layer narrow = convolution(store, name + "conv0", in, channels, 1);
        Layers.Layer smooth = convolution(store, name + "conv1", channels, channels, 3);
        levels.add(x -> ops.toFloat(smooth.apply(narrow.apply(sized.apply(x)))));
    }

    private Layers.Layer doubling(ParameterStore store, String name, int in, int out) {
        double bound = 1 / Math.sqrt(4.0 * out); // PyTorch counts the second axis as fan in
        NDArray weight = store.uniform(name + ".weight", bound, in, out, 2, 2);
        NDArray bias = store.uniform(name + ".bias", bound, out);
        return x -> ops.convTranspose2d(x, weight, bias, 2, 0);
    }

    /** Without bias, which the norm has. */
    private Layers.Layer convolution(ParameterStore store, String name, int in, int out, int kernel) {
        NDArray weight = store.normal(name + ".weight", HeadConv.he(out, kernel), out, in, kernel, kernel);
        Layers.Layer norm = norm(store, name + ".norm", out);
        return x -> norm.apply(ops.conv2d(x, weight, null, 1, kernel / 2));
    }

    /** Over the channels of each cell. */
    private Layers.Layer norm(ParameterStore store, String name, int channels) {
        NDArray weight = store.constant(name + ".weight", 1, channels);
        NDArray bias = store.constant(name + ".bias", 0, channels);
        return x -> ops.layerNorm(x.transpose(0, 2, 3, 1), weight, bias, EPS).transpose(0, 3, 1, 2); // [B, C, h, w] to [B, h, w, C]
    }

    /** @param map [B, in, h, w]; gives float32 [B, channels, ..] of 4h x 4w, 2h x 2w, h x w, h/2 x w/2 and h/4 x w/4 */
    public List<NDArray> forward(NDArray map) {
        List<NDArray> maps = new ArrayList<>();
        levels.forEach(level -> maps.add(level.apply(map)));
        maps.add(ops.maxPool2d(maps.get(maps.size() - 1), 1, 2, 0));
        return maps;
    }
}
