package org.equirepro.evaluation.segmentation;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.DenseBatch;
import org.equirepro.evaluation.finetune.FineTunedNetwork;
import org.equirepro.models.segmentation.FcnHead;
import org.equirepro.models.segmentation.UperNetHead;
import org.equirepro.models.segmentation.VitPyramid;
import org.equirepro.tensor.LossOps.Reduction;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Loss;
import org.equirepro.vision.image.LabelMap;

/**
 * A ViT with UPerNet and, in training, an auxiliary head on the map at the ViT's own stride, as BEiT and iBOT put them together.
 * Dropout leaves out channels of what the classifiers read; draws come from (seed, epoch, sample).
 */
final class UperNet {

    private static final int OWN_STRIDE = 2;

    private final Ops ops;
    private final FineTunedNetwork network;
    private final int[] blocks;
    private final VitPyramid pyramid;
    private final UperNetHead head;
    private final FcnHead auxiliary;
    private final double auxiliaryWeight;
    private final double dropout;
    private final long seed;

    /** From a recipe's keys {@code blocks}, {@code channels}, {@code pool}, {@code auxiliary} and {@code dropout}. */
    UperNet(Torch torch, FineTunedNetwork network, Settings recipe, int classes, long seed) {
        this.ops = torch.ops();
        this.network = network;
        this.seed = seed;
        this.blocks = network.blocks(recipe);
        if (blocks.length != 4) {
            throw UserError.usage(recipe.source() + ": blocks must be four, found " + blocks.length);
        }
        this.dropout = recipe.real("dropout", 0);
        int[] in = new int[blocks.length];
        Arrays.fill(in, network.width());
        this.pyramid = new VitPyramid(network.head(), ops, "pyramid.", network.width(), network.mode());
        this.head = new UperNetHead(network.head(), ops, "decode.", new UperNetHead.Design(in, recipe.integer("channels"),
                recipe.integers("pool"), classes, false), network.mode());
        Settings beside = recipe.at("auxiliary");
        this.auxiliaryWeight = beside.real("weight");
        this.auxiliary = new FcnHead(network.head(), ops, "auxiliary.", network.width(), beside.integer("channels"), classes, network.mode());
    }

    /**
     * Cross-entropy of every pixel, that of both heads. A pixel without label costs nothing but counts in the mean, as in
     * mmsegmentation: so a crop without labels is no division by zero, and the mean over ranks is that over all crops.
     *
     * @param pictures [B, 3, H, W] in 0 .. 1
     * @param labels [B, H, W] int64
     */
    Loss loss(NDArray pictures, NDArray labels, DenseBatch<?> batch) {
        List<NDArray> maps = pyramid.forward(network.maps(pictures, blocks, FineTunedNetwork.Drawn.of(batch)));
        NDArray deep = network.mode().cuts().cut(maps.get(OWN_STRIDE)); // both heads read it
        NDArray features = head.features(List.of(maps.get(0), maps.get(1), deep, maps.get(3)));
        NDArray main = crossEntropy(head.classify(dropped(features, batch, "decode")), labels);
        NDArray beside = crossEntropy(auxiliary.classify(dropped(auxiliary.features(deep), batch, "auxiliary")), labels);
        Map<String, NDArray> parts = new LinkedHashMap<>();
        parts.put("decode", main);
        parts.put("auxiliary", beside);
        return new Loss(main.add(ops.scale(beside, auxiliaryWeight)), parts);
    }

    private NDArray crossEntropy(NDArray logits, NDArray labels) {
        NDArray full = atSize(logits, labels.getShape().get(1), labels.getShape().get(2));
        NDArray sum = ops.losses().crossEntropy(full, labels, 0, LabelMap.IGNORE, Reduction.SUM);
        return ops.scale(sum, 1.0 / labels.size());
    }

    /** float32 */
    private NDArray atSize(NDArray logits, long height, long width) {
        return ops.pictures().resizeBilinear(ops.toFloat(logits), (int) height, (int) width, false);
    }

    /** Whole channels times 0 or 1 / (1 - dropout). */
    private NDArray dropped(NDArray features, DenseBatch<?> batch, String where) {
        if (dropout == 0) {
            return features;
        }
        int channels = (int) features.getShape().get(1);
        float[] factors = new float[batch.members().length * channels];
        for (int i = 0; i < factors.length; i += channels) {
            Draws draws = Draws.at(seed, batch.epoch(), batch.members()[i / channels], 0, "dropout." + where);
            for (int c = 0; c < channels; c++) {
                factors[i + c] = draws.chance(dropout) ? 0 : (float) (1 / (1 - dropout));
            }
        }
        return features.mul(Torch.floats(batch.scope(), factors, batch.members().length, channels, 1, 1));
    }

    /** Logits [B, classes, H, W], float32, of pictures [B, 3, H, W] in 0 .. 1. */
    NDArray logits(NDArray pictures) {
        List<NDArray> maps = pyramid.forward(network.maps(pictures, blocks, null));
        return atSize(head.classify(head.features(maps)), pictures.getShape().get(2), pictures.getShape().get(3));
    }
}
