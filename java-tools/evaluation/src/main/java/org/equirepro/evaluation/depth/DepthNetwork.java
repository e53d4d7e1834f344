package org.equirepro.evaluation.depth;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.DenseBatch;
import org.equirepro.evaluation.finetune.FineTunedNetwork;
import org.equirepro.models.segmentation.UperNetHead;
import org.equirepro.models.segmentation.VitPyramid;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;

/**
 * A ViT with UPerNet's decoder, as for segmentation, and one output: depth = near + (far - near) sigmoid(output), without bins. The
 * decoder is our choice; the paper names ZoeDepth's pipeline, whose bins and relative-depth backbone belong to another encoder.
 */
final class DepthNetwork {

    private final Ops ops;
    private final FineTunedNetwork network;
    private final int[] blocks;
    private final VitPyramid pyramid;
    private final UperNetHead head;
    private final double near;
    private final double far;

    /** From a recipe's keys {@code blocks}, {@code channels} and {@code pool}; {@code range} is near and far in metres. */
    DepthNetwork(Torch torch, FineTunedNetwork network, Settings recipe, double[] range) {
        this.ops = torch.ops();
        this.network = network;
        this.near = range[0];
        this.far = range[1];
        this.blocks = network.blocks(recipe);
        if (blocks.length != 4) {
            throw UserError.usage(recipe.source() + ": blocks must be four, found " + blocks.length);
        }
        int[] in = new int[blocks.length];
        Arrays.fill(in, network.width());
        this.pyramid = new VitPyramid(network.head(), ops, "pyramid.", network.width(), network.mode());
        this.head = new UperNetHead(network.head(), ops, "decode.", new UperNetHead.Design(in, recipe.integer("channels"),
                recipe.integers("pool"), 1, false), network.mode());
    }

    /**
     * Depth [B, H, W] in metres, float32.
     *
     * @param pictures [B, 3, H, W] in 0 .. 1
     * @param batch the samples that are trained on; null when testing
     */
    NDArray depth(NDArray pictures, DenseBatch<?> batch) {
        FineTunedNetwork.Drawn drawn = batch == null ? null : FineTunedNetwork.Drawn.of(batch);
        List<NDArray> maps = pyramid.forward(network.maps(pictures, blocks, drawn));
        NDArray output = ops.toFloat(head.classify(head.features(maps))); // [B, 1, H / 4, W / 4] for patches of 16
        NDArray full = ops.pictures().resizeBilinear(ops.sigmoid(output), (int) pictures.getShape().get(2),
                (int) pictures.getShape().get(3), false);
        return ops.scale(full, far - near).add((float) near).squeeze(1);
    }
}
