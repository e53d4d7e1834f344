package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.equirepro.tensor.LossOps.Reduction;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.boxes.Boxes;
import org.equirepro.tensor.boxes.RoiAlign;
import org.equirepro.vision.dense.Rle;

/**
 * The losses of Mask R-CNN (Ren et al. 2015, eq. 1; He et al. 2017, sections 3 and 5), as torchvision averages them: those of
 * boxes over all sampled rows, those of masks and keypoints over what is on an object, 0 where nothing is. Results belong to the
 * manager of the first operand.
 */
public final class DetectionLosses {

    /** Where the loss of box offsets turns from a square into a line. */
    public static final double BETA = 1.0 / 9;

    private final Ops ops;
    private final double beta;

    /** @param beta mostly {@link #BETA} */
    public DetectionLosses(Ops ops, double beta) {
        this.ops = ops;
        this.beta = beta;
    }

    /** One number for what boxes are, and one for where they are. */
    public record Losses(NDArray classes, NDArray boxes) {}

    /**
     * Of a region proposal network, over the anchors of all pictures one picture after another.
     *
     * @param objectness logits [N]
     * @param offsets [N, 4]
     * @param labels N of {@link AnchorTargets}
     * @param targets offsets, N times four
     * @param sample which anchors count
     */
    public Losses proposals(NDArray objectness, NDArray offsets, int[] labels, float[] targets, BalancedSampler.Sample sample) {
        int[] all = sample.all();
        NDManager manager = objectness.getManager();
        float[] wanted = new float[all.length];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = labels[all[i]];
        }
        NDArray classes = mean(ops.losses().binaryCrossEntropy(rows(objectness, all), Torch.floats(manager, wanted, wanted.length),
                Reduction.SUM), all.length);
        return new Losses(classes, offsets(rows(offsets, sample.positive()), Boxes.select(targets, sample.positive()), all.length));
    }

    /**
     * Of the box head, over the proposals of all pictures.
     *
     * @param logits [N, classes]
     * @param offsets [N, 4 classes]
     * @param labels N, 0 for the background
     * @param targets offsets, N times four; of no meaning for the background
     */
    public Losses boxes(NDArray logits, NDArray offsets, int[] labels, float[] targets) {
        int classes = (int) logits.getShape().get(1);
        long[] wanted = Arrays.stream(labels).asLongStream().toArray();
        NDArray loss = mean(ops.losses().crossEntropy(logits, Torch.longs(logits.getManager(), wanted, wanted.length), 0,
                KeypointMaps.NONE, Reduction.SUM), wanted.length);
        int[] positive = IntStream.range(0, labels.length).filter(i -> labels[i] > 0).toArray();
        int[] ownClass = Arrays.stream(positive).map(i -> i * classes + labels[i]).toArray();
        NDArray own = rows(offsets.reshape(-1, 4), ownClass); // [N classes, 4] to [positive, 4]
        return new Losses(loss, offsets(own, Boxes.select(targets, positive), labels.length));
    }

    private NDArray offsets(NDArray offsets, float[] targets, int count) {
        NDArray wanted = Torch.floats(offsets.getManager(), targets, targets.length / 4, 4);
        return mean(ops.losses().smoothL1(offsets, wanted, beta, Reduction.SUM), count);
    }

    /**
     * What the mask head is to answer: each region's cut of its object's mask.
     *
     * @param masks of one picture's objects, as large as the picture
     * @param regions boxes
     * @param matched number of each region's object
     * @param side of the mask head's maps: 28
     * @param aligned as detectron2 cuts, which {@link PastedMask} undoes; torchvision, not aligned, cuts half a pixel off
     * @return [regions, side, side], 0 to 1
     */
    public float[] maskTargets(List<Rle> masks, float[] regions, int[] matched, int side, boolean aligned) {
        RoiAlign align = new RoiAlign(ops, side, side, 0, aligned);
        byte[][] decoded = new byte[masks.size()][];
        float[] targets = new float[matched.length * side * side];
        for (int i = 0; i < matched.length; i++) {
            Rle mask = masks.get(matched[i]);
            if (decoded[matched[i]] == null) {
                decoded[matched[i]] = mask.decode();
            }
            float[] cut = align.ofMask(decoded[matched[i]], mask.height(), mask.width(), Arrays.copyOfRange(regions, 4 * i, 4 * i + 4));
            System.arraycopy(cut, 0, targets, i * cut.length, cut.length);
        }
        return targets;
    }

    /**
     * Of the mask head, over the regions on objects of all pictures; each is judged by its own class's map only.
     *
     * @param logits [N, classes, side, side]
     * @param labels N classes
     * @param targets [N, side, side]
     */
    public NDArray masks(NDArray logits, int[] labels, NDArray targets) {
        long classes = logits.getShape().get(1);
        long pixels = logits.getShape().get(2) * logits.getShape().get(3);
        int[] ownClass = IntStream.range(0, labels.length).map(i -> (int) (i * classes + labels[i])).toArray();
        NDArray own = rows(logits.reshape(-1, pixels), ownClass); // [N classes, pixels] to [N, pixels]
        return mean(ops.losses().binaryCrossEntropy(own, targets.reshape(labels.length, pixels), Reduction.SUM), labels.length * pixels);
    }

    /**
     * Of the keypoint head, over the labelled keypoints.
     *
     * @param logits [N, K, side, side]
     * @param cells N times K of {@link KeypointMaps#encode}
     */
    public NDArray keypoints(NDArray logits, long[] cells) {
        NDArray flat = logits.reshape(cells.length, logits.getShape().get(2) * logits.getShape().get(3)); // [N K, pixels]
        NDArray wanted = Torch.longs(logits.getManager(), cells, cells.length);
        long labelled = Arrays.stream(cells).filter(cell -> cell != KeypointMaps.NONE).count();
        return mean(ops.losses().crossEntropy(flat, wanted, 0, KeypointMaps.NONE, Reduction.SUM), labelled);
    }

    private NDArray rows(NDArray x, int[] indices) {
        return ops.arrays().indexSelect(x, 0, Torch.longs(x.getManager(), Arrays.stream(indices).asLongStream().toArray(), indices.length));
    }

    /** The sum over so many, at least one. */
    private NDArray mean(NDArray sum, long count) {
        return ops.scale(sum, 1.0 / Math.max(count, 1));
    }
}
