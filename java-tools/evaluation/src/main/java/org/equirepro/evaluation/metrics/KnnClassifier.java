package org.equirepro.evaluation.metrics;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.Features;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;

/**
 * Weighted vote of the k nearest neighbours by cosine similarity: a neighbour of similarity s adds exp(s / T) to its class
 * (Wu et al., "Unsupervised feature learning via non-parametric instance discrimination", CVPR 2018, section 3.4; as used by
 * Zhou et al., "iBOT", ICLR 2022). Equal similarities go to the earlier training sample, equal votes to the lower class.
 *
 * <p>Training features are read block by block, once for all the queries of a call, and each block is one product in float32:
 * besides the features and the queries it holds {@code 4096 x (D + 512)} numbers.
 */
public final class KnnClassifier {

    private static final int TRAIN_BLOCK = 4096;
    private static final int QUERY_BLOCK = 512;
    private static final double LEAST_LENGTH = 1e-12;

    private final Torch torch;
    private final Features train;
    private final int[] labels;
    private final int classes;
    private final double temperature;

    /**
     * What was answered with some k.
     *
     * @param classes the class with the most votes, of each query
     * @param ranks how many classes come before the query's own
     */
    public record Answers(int k, int[] classes, int[] ranks) {

        /** Per cent of the queries whose own class is among the {@code n} with the most votes; those without any follow by number. */
        public double top(int n) {
            return 100.0 * Arrays.stream(ranks).filter(r -> r < n).count() / ranks.length;
        }
    }

    /** {@code train}: features of any length; labels 0 .. classes - 1. */
    public KnnClassifier(Torch torch, Features train, int[] labels, int classes, double temperature) {
        if (labels.length != train.rows() || labels.length == 0) {
            throw new IllegalArgumentException(train.rows() + " rows for " + labels.length + " samples");
        }
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature must be positive: " + temperature);
        }
        for (int label : labels) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("label " + label + " of " + classes + " classes");
            }
        }
        this.torch = torch;
        this.train = train;
        this.labels = labels;
        this.classes = classes;
        this.temperature = temperature;
    }

    /**
     * Answers to queries with each k, in the order of {@code ks}; every k is at most the number of training samples.
     *
     * @param own the queries' classes, for their ranks
     */
    public List<Answers> answers(Features queries, int[] own, int... ks) {
        if (own.length != queries.rows() || own.length == 0 || queries.columns() != train.columns()) {
            throw new IllegalArgumentException(queries.rows() + " x " + queries.columns() + " features for " + own.length + " samples of "
                    + train.columns());
        }
        for (int k : ks) {
            if (k < 1 || k > labels.length) {
                throw new IllegalArgumentException("k = " + k + " of " + labels.length + " training samples");
            }
        }
        Neighbours[] nearest = nearest(queries, Arrays.stream(ks).max().orElseThrow());
        List<Answers> answers = new ArrayList<>();
        for (int k : ks) {
            answers.add(vote(nearest, own, k));
        }
        return answers;
    }

    private Neighbours[] nearest(Features queries, int k) {
        Neighbours[] nearest = new Neighbours[queries.rows()];
        Arrays.setAll(nearest, i -> new Neighbours(k));
        try (GradMode off = GradMode.off(); NDManager all = torch.scope()) {
            List<NDArray> asked = new ArrayList<>();
            for (int from = 0; from < queries.rows(); from += QUERY_BLOCK) {
                asked.add(units(all, queries, from, Math.min(queries.rows(), from + QUERY_BLOCK)));
            }
            for (int from = 0; from < train.rows(); from += TRAIN_BLOCK) {
                int to = Math.min(train.rows(), from + TRAIN_BLOCK);
                try (NDManager scope = torch.scope()) {
                    NDArray block = units(scope, train, from, to);
                    for (int a = 0; a < asked.size(); a++) {
                        offer(nearest, a * QUERY_BLOCK, asked.get(a), block, from);
                    }
                }
            }
        }
        return nearest;
    }

    private void offer(Neighbours[] nearest, int first, NDArray queries, NDArray block, int sample) {
        int width = (int) block.getShape().get(0);
        try (NDArray product = torch.ops().linear(queries, block, null)) { // [Q, N]
            float[] similarities = product.toFloatArray();
            for (int i = 0; i < similarities.length / width; i++) {
                nearest[first + i].offer(similarities, i * width, width, sample);
            }
        }
    }

    /** Rows of length 1, [to - from, D]. */
    private NDArray units(NDManager manager, Features x, int from, int to) {
        FeatureMatrix rows = x.block(from, to);
        for (int i = 0; i < rows.values().length; i++) {
            if (!Float.isFinite(rows.values()[i])) {
                throw new IllegalArgumentException("sample " + (from + i / x.columns()) + " has features that are not finite");
            }
        }
        try (NDArray raw = Torch.floats(manager, rows.values(), rows.rows(), rows.columns())) {
            return torch.ops().arrays().unitRows(raw, LEAST_LENGTH);
        }
    }

    private Answers vote(Neighbours[] nearest, int[] own, int k) {
        int[] best = new int[nearest.length];
        int[] ranks = new int[nearest.length];
        double[] votes = new double[classes];
        for (int i = 0; i < nearest.length; i++) {
            Arrays.fill(votes, 0);
            for (int n = 0; n < k; n++) {
                // relative to the nearest one: the same order of classes, and no overflow at a low temperature
                double closeness = (double) nearest[i].similarity(n) - nearest[i].similarity(0);
                votes[labels[nearest[i].sample(n)]] += StrictMath.exp(closeness / temperature);
            }
            for (int c = 0; c < classes; c++) {
                best[i] = votes[c] > votes[best[i]] ? c : best[i];
                ranks[i] += votes[c] > votes[own[i]] || votes[c] == votes[own[i]] && c < own[i] ? 1 : 0;
            }
        }
        return new Answers(k, best, ranks);
    }
}
