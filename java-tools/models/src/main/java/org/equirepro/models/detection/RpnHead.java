package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * The network that proposes regions (Ren et al. 2015, section 3.1), shared by all maps: convolutions, then for each anchor of a
 * cell whether there is an object and its offsets. Names and start values are torchvision's.
 */
public final class RpnHead {

    private static final double START_STD = 0.01;

    private final Ops ops;
    private final List<Layers.Layer> convolutions = new ArrayList<>();
    private final Layers.Layer objectness;
    private final Layers.Layer offsets;

    /**
     * Names begin with {@code prefix}.
     *
     * @param channels of every map
     * @param anchors of a cell
     * @param depth convolutions before the answers: 1, in ViTDet 2
     */
    public RpnHead(ParameterStore store, Ops ops, String prefix, int channels, int anchors, int depth) {
        this.ops = ops;
        for (int i = 0; i < depth; i++) {
            convolutions.add(HeadConv.conv(store, ops, prefix + "conv." + i + ".0", channels, channels, 3, START_STD));
        }
        objectness = HeadConv.conv(store, ops, prefix + "cls_logits", channels, anchors, 1, START_STD);
        offsets = HeadConv.conv(store, ops, prefix + "bbox_pred", channels, 4 * anchors, 1, START_STD);
    }

    /**
     * In the order of {@link Anchors#all}.
     *
     * @param objectness logits [B, N]
     * @param offsets [B, N, 4]
     */
    public record Answers(NDArray objectness, NDArray offsets) {}

    /** @param maps [B, C, H_i, W_i], finest first */
    public Answers forward(List<NDArray> maps) {
        NDList logits = new NDList();
        NDList boxes = new NDList();
        for (NDArray map : maps) {
            NDArray x = map;
            for (Layers.Layer convolution : convolutions) {
                x = ops.relu(convolution.apply(x));
            }
            long pictures = map.getShape().get(0);
            logits.add(ops.toFloat(objectness.apply(x)).transpose(0, 2, 3, 1).reshape(pictures, -1)); // [B, A, H, W] to [B, H W A]
            boxes.add(ops.toFloat(offsets.apply(x)).transpose(0, 2, 3, 1).reshape(pictures, -1, 4)); // [B, 4A, H, W] to [B, H W A, 4]
        }
        return new Answers(NDArrays.concat(logits, 1), NDArrays.concat(boxes, 1));
    }
}
