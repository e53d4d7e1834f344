package org.equirepro.evaluation.metrics;

import java.util.Arrays;

/**
 * How well predicted embeddings find the view that they were predicted for among all views of its object: mean reciprocal
 * rank and H@k (Garrido et al., ICML 2023, section 5). Similarity is the scalar product; of equal ones the first view is
 * ranked first.
 */
public final class Retrieval {

    private final int[] ranks;

    /**
     * Row i of both matrices belongs to view {@code i % views} of object {@code i / views}.
     *
     * @param embeddings views of all objects, {@code rows x dim}, row by row
     * @param predictions for each view, what a predictor made of another view of its object and the way between them
     * @param views views of an object
     * @param normalised whether both are divided by their length first, so that similarity is the cosine
     */
    public Retrieval(float[] embeddings, float[] predictions, int dim, int views, boolean normalised) {
        int rows = dim < 1 ? 0 : embeddings.length / dim;
        if (rows == 0 || views < 1 || rows % views != 0 || rows * dim != embeddings.length || predictions.length != embeddings.length) {
            throw new IllegalArgumentException(embeddings.length + " values of embeddings and " + predictions.length
                    + " of predictions for objects of " + views + " views and " + dim + " dimensions");
        }
        double[] lengths = new double[rows];
        for (int i = 0; i < rows; i++) {
            lengths[i] = normalised ? Math.sqrt(product(embeddings, i, embeddings, i, dim)) : 1;
        }
        ranks = new int[rows];
        for (int i = 0; i < rows; i++) {
            int object = i / views * views;
            double[] similarity = new double[views]; // the prediction's own length does not change the order
            for (int v = 0; v < views; v++) {
                similarity[v] = product(predictions, i, embeddings, object + v, dim) / lengths[object + v];
            }
            ranks[i] = rank(similarity, i - object);
        }
    }

    private static double product(float[] a, int row, float[] b, int other, int dim) {
        double sum = 0;
        for (int d = 0; d < dim; d++) {
            sum += (double) a[row * dim + d] * b[other * dim + d];
        }
        return sum;
    }

    private static int rank(double[] similarity, int target) {
        int rank = 1;
        for (int v = 0; v < similarity.length; v++) {
            rank += similarity[v] > similarity[target] || (similarity[v] == similarity[target] && v < target) ? 1 : 0;
        }
        return rank;
    }

    /** Rank of the right view for each prediction, 1 for the best. */
    public int[] ranks() {
        return ranks.clone();
    }

    /** Mean of 1 / rank. */
    public double meanReciprocalRank() {
        return Arrays.stream(ranks).mapToDouble(rank -> 1.0 / rank).average().orElseThrow();
    }

    /** Share of predictions whose right view is among the first k. */
    public double hitsAt(int k) {
        return Arrays.stream(ranks).filter(rank -> rank <= k).count() / (double) ranks.length;
    }
}
