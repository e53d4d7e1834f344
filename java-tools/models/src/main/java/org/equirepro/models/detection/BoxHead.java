package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/** What a region is and where exactly (Lin et al. 2017, section 4.2): two hidden layers. Names and start values are torchvision's. */
public final class BoxHead {

    private final Ops ops;
    private final Layers.Layer first;
    private final Layers.Layer second;
    private final Layers.Layer classes;
    private final Layers.Layer offsets;

    /**
     * Names begin with {@code prefix}.
     *
     * @param inputs numbers of a region: channels times 7 x 7
     * @param width of the hidden layers: 1024
     * @param classes with the background
     */
    public BoxHead(ParameterStore store, Ops ops, String prefix, int inputs, int width, int classes) {
        this.ops = ops;
        first = Layers.linear(store, ops, prefix + "box_head.fc6", inputs, width, true);
        second = Layers.linear(store, ops, prefix + "box_head.fc7", width, width, true);
        this.classes = Layers.linear(store, ops, prefix + "box_predictor.cls_score", width, classes, true);
        offsets = Layers.linear(store, ops, prefix + "box_predictor.bbox_pred", width, 4 * classes, true);
    }

    /**
     * For each region and class.
     *
     * @param logits [R, classes]
     * @param offsets [R, 4 classes]
     */
    public record Answers(NDArray logits, NDArray offsets) {}

    /** @param regions [R, C, h, w] */
    public Answers forward(NDArray regions) {
        NDArray flat = regions.reshape(regions.getShape().get(0), regions.getShape().slice(1).size());
        NDArray x = ops.relu(second.apply(ops.relu(first.apply(flat))));
        return new Answers(ops.toFloat(classes.apply(x)), ops.toFloat(offsets.apply(x)));
    }
}
