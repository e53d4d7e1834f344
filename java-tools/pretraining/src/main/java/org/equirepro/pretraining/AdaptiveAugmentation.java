package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Loss;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.batch.StrongViews;

/**
 * Adaptive augmentation (Wang et al., VISAPP 2025): the pairs of a batch whose embeddings are most alike have become too easy, so
 * their views are augmented strongly and compared once more; 1 minus their mean cosine similarity is added to the loss. Where
 * several ranks train, each takes the pairs of its own part of the batch.
 *
 * <p>Settings: {@code share} of the batch that is augmented, {@code weight} of the loss, {@code start_epoch} the first epoch in
 * which it is done (default 0), and those of {@link StrongViews}.
 */
final class AdaptiveAugmentation {

    /** Batch norm of the strong views needs two of them. */
    private static final int FEWEST = 2;

    private final Ops ops;
    private final StrongViews strong;
    private final double share;
    private final double weight;
    private final int startEpoch;
    private final long seed;

    AdaptiveAugmentation(Ops ops, Normalisation normalisation, Settings section, long seed) {
        this.seed = seed;
        this.ops = ops;
        this.strong = new StrongViews(ops, normalisation, section);
        this.share = section.real("share");
        this.weight = section.real("weight");
        this.startEpoch = section.integer("start_epoch", 0);
        if (!(share > 0 && share <= 1)) {
            throw UserError.usage(section.source() + ": adaptive.share must be more than 0 and at most 1, found " + share);
        }
    }

    /** Factor of the loss. */
    double weight() {
        return weight;
    }

    boolean active(int epoch) {
        return epoch >= startEpoch;
    }

    /**
     * The loss of the easiest pairs, strongly augmented.
     *
     * @param views of the batch, {@code pair} the same as the encoder saw them
     * @param x embeddings of view 1, {@code y} of view 2; read without gradient
     * @param network normalised pictures to embeddings
     */
    Loss loss(Objective.Views views, PretrainingModel.Pair pair, NDArray x, NDArray y, UnaryOperator<NDArray> network) {
        NDArray similarity = ops.arrays().cosineSimilarity(x.stopGradient(), y.stopGradient()); // [B]
        int batch = (int) similarity.getShape().get(0);
        int count = Math.min(batch, Math.max(FEWEST, (int) Math.round(share * batch)));
        NDArray easiest = ops.arrays().topIndices(similarity, count, 0, true);
        int[] members = members(views.members(), easiest.toLongArray());
        NDArray first = network.apply(strong(pair.first(), views.epoch(), easiest, members, 0));
        NDArray second = network.apply(strong(pair.second(), views.epoch(), easiest, members, 1));
        NDArray again = ops.arrays().cosineSimilarity(first, second);
        NDArray mean = again.mean();
        Map<String, NDArray> parts = new LinkedHashMap<>();
        parts.put("easiest_similarity", ops.arrays().gather(similarity, 0, easiest).mean());
        parts.put("strong_similarity", mean);
        return new Loss(ops.scale(mean, -1).add(Torch.floats(mean.getManager(), new float[] {1})), parts);
    }

    private NDArray strong(NDArray views, int epoch, NDArray chosen, int[] members, int view) {
        return strong.apply(ops.arrays().indexSelect(views, 0, chosen), seed, epoch, members, view);
    }

    private static int[] members(int[] all, long[] chosen) {
        int[] members = new int[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            members[i] = all[(int) chosen[i]];
        }
        return members;
    }
}
