package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.training.Loss;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.batch.StrongViews;

/**
 * Adaptive augmentation (Wang et al., VISAPP 2025): the pairs of a batch whose embeddings are most alike have become too easy, so
 * their views are augmented strongly and compared once more; 1 minus their mean cosine similarity is added to the loss.
 *
 * <p>Where several ranks train, the pairs are those of the global batch. A rank may hold more of them than another, so their strong
 * views are exchanged and each rank compares as many.
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
    Loss loss(Objective.Views views, PretrainingModel.Pair pair, NDArray x, NDArray y, GraphCuts cuts, UnaryOperator<NDArray> network) {
        NDArray first;
        NDArray second;
        NDArray similarities;
        try (GradMode off = GradMode.off()) {
            NDArray similarity = cuts.gather(ops.arrays().cosineSimilarity(x.stopGradient(), y.stopGradient())); // [ranks * B]
            NDArray easiest = ops.arrays().topIndices(similarity, count((int) similarity.getShape().get(0), cuts.ranks()), 0, true);
            similarities = ops.arrays().gather(similarity, 0, easiest);
            Deal deal = Deal.of(easiest.toLongArray(), views.members().length, cuts);
            first = dealt(pair.first(), views, deal, cuts, 0);
            second = dealt(pair.second(), views, deal, cuts, 1);
        }
        NDArray mean = ops.arrays().cosineSimilarity(network.apply(first), network.apply(second)).mean();
        Map<String, NDArray> parts = new LinkedHashMap<>();
        parts.put("easiest_similarity", similarities.mean());
        parts.put("strong_similarity", mean);
        return new Loss(ops.scale(mean, -1).add(Torch.floats(mean.getManager(), new float[] {1})), parts);
    }

    /** How many pairs of the global batch: the share, rounded to a multiple of the ranks. */
    private int count(int batch, int ranks) {
        int each = (int) Math.round(share * batch / ranks);
        return Math.min(batch, Math.max(FEWEST, ranks * Math.max(1, each)));
    }

    /**
     * Who augments and who compares. A rank augments those of the chosen pairs that it has, in the order of their similarity, and
     * more to make as many as the others, for only equal numbers can be exchanged; then each compares an equal share.
     *
     * @param augmented rows of this rank's batch
     * @param compared rows of all ranks' augmented ones
     */
    private record Deal(long[] augmented, long[] compared) {

        /** Pairs of the global batch {@code chosen}, of which each rank has so many {@code rows}. */
        static Deal of(long[] chosen, int rows, GraphCuts cuts) {
            int[] found = new int[cuts.ranks()];
            for (long pair : chosen) {
                found[(int) (pair / rows)]++;
            }
            int most = IntStream.of(found).max().orElseThrow();
            long[] augmented = new long[most];
            long[] places = new long[chosen.length];
            int[] next = new int[cuts.ranks()];
            for (int i = 0; i < chosen.length; i++) {
                int rank = (int) (chosen[i] / rows);
                places[i] = (long) rank * most + next[rank];
                if (rank == cuts.rank()) {
                    augmented[next[rank]] = chosen[i] % rows;
                }
                next[rank]++;
            }
            int each = chosen.length / cuts.ranks();
            return new Deal(augmented, Arrays.copyOfRange(places, cuts.rank() * each, (cuts.rank() + 1) * each));
        }
    }

    /** Strong views [share of this rank, 3, H, W]. */
    private NDArray dealt(NDArray pictures, Objective.Views views, Deal deal, GraphCuts cuts, int view) {
        int[] members = LongStream.of(deal.augmented).mapToInt(row -> views.members()[(int) row]).toArray();
        NDArray augmented = strong.apply(rows(pictures, deal.augmented), seed, views.epoch(), members, view);
        return rows(cuts.gather(augmented), deal.compared);
    }

    private NDArray rows(NDArray x, long[] rows) {
        return ops.arrays().indexSelect(x, 0, x.getManager().create(rows));
    }
}
