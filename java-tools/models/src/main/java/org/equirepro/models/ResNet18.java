package org.equirepro.models;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * ResNet-18 (He et al. 2016) without the classifier, as SIE uses it: torchvision's names and start values (He's normal over
 * fan out for convolutions), and the last normalisation of each residual branch started from 0. The tokens are the cells of
 * the last map, [B, H/32 * W/32, 512].
 */
public final class ResNet18 implements Backbone {

    private static final int[] WIDTHS = {64, 128, 256, 512};

    private final Ops ops;
    private final NDArray stem;
    private final Layers.Layer stemNorm;
    private final List<Layers.Layer> stages = new ArrayList<>();

    public ResNet18(ParameterStore store, Ops ops, Layers.Mode mode) {
        this.ops = ops;
        stem = convolution(store, "conv1.weight", 3, WIDTHS[0], 7);
        stemNorm = Layers.batchNorm(store, ops, "bn1", WIDTHS[0], 1, mode);
        int in = WIDTHS[0];
        for (int stage = 0; stage < WIDTHS.length; stage++) {
            for (int i = 0; i < 2; i++) {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                stages.add(basicBlock(store, mode, "layer" + (stage + 1) + "." + i, in, WIDTHS[stage], stride));
                in = WIDTHS[stage];
            }
        }
    }

    private static NDArray convolution(ParameterStore store, String name, int in, int out, int kernel) {
        return store.normal(name, Math.sqrt(2.0 / ((double) out * kernel * kernel)), out, in, kernel, kernel);
    }

    private Layers.Layer basicBlock(ParameterStore store, Layers.Mode mode, String name, int in, int out, int stride) {
        NDArray conv1 = convolution(store, name + ".conv1.weight", in, out, 3);
        Layers.Layer bn1 = Layers.batchNorm(store, ops, name + ".bn1", out, 1, mode);
        NDArray conv2 = convolution(store, name + ".conv2.weight", out, out, 3);
        Layers.Layer bn2 = Layers.batchNorm(store, ops, name + ".bn2", out, 0, mode);
        boolean projected = stride != 1 || in != out;
        NDArray shortcut = projected ? convolution(store, name + ".downsample.0.weight", in, out, 1) : null;
        Layers.Layer shortcutNorm = projected ? Layers.batchNorm(store, ops, name + ".downsample.1", out, 1, mode) : null;
        return input -> {
            NDArray x = mode.cuts().cut(input); // read by both branches
            NDArray y = ops.relu(bn1.apply(ops.conv2d(x, conv1, null, stride, 1)));
            NDArray z = bn2.apply(ops.conv2d(y, conv2, null, 1, 1));
            NDArray identity = projected ? shortcutNorm.apply(ops.conv2d(x, shortcut, null, stride, 0)) : x;
            return ops.relu(z.add(identity));
        };
    }

    @Override
    public int width() {
        return WIDTHS[WIDTHS.length - 1];
    }

    @Override
    public int patch() {
        return 32;
    }

    @Override
    public boolean pictureByPicture() {
        return false;
    }

    @Override
    public Tokens forward(NDArray pictures, Precision precision) {
        NDArray x = ops.maxPool2d(ops.relu(stemNorm.apply(ops.conv2d(pictures, stem, null, 2, 3))), 3, 2, 1);
        for (Layers.Layer stage : stages) {
            x = stage.apply(x); // [B, C, H, W]
        }
        x = ops.toFloat(x);
        long batch = x.getShape().get(0);
        NDArray patches = x.reshape(batch, width(), -1).transpose(0, 2, 1); // [B, N, 512]
        return new Tokens(patches.mean(new int[] {1}), patches);
    }
}
