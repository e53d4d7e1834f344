package org.equirepro.evaluation.metrics;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Weighted vote of the k nearest neighbours by cosine similarity: a neighbour of similarity s adds exp(s / T) to its class
 * (Wu et al., "Unsupervised feature learning via non-parametric instance discrimination", CVPR 2018, section 3.4; as used by
 * Zhou et al., "iBOT", ICLR 2022). Equal similarities go to the earlier training sample, equal votes to the lower class.
 *
 * <p>Similarities are float32 and made block by block, so memory is that of the features and {@code 64 x 1024} numbers a thread.
 */
public final class KnnClassifier {

    private static final int TEST_BLOCK = 64;
    private static final int TRAIN_BLOCK = 1024;

    private final float[] train;
    private final int[] labels;
    private final int dim;
    private final int classes;
    private final double temperature;

    /**
     * Top-1 and top-5 accuracy in per cent.
     *
     * @param top5 with fewer than five classes voted for, the rest follow by their number
     */
    public record Accuracy(double top1, double top5) {}

    /** {@code train}: features {@code samples x dim}, of any length; labels 0 .. classes - 1. */
    public KnnClassifier(float[] train, int[] labels, int dim, int classes, double temperature) {
        if (dim < 1 || (long) labels.length * dim != train.length || labels.length == 0) {
            throw new IllegalArgumentException(train.length + " numbers for " + labels.length + " samples of " + dim);
        }
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature must be positive: " + temperature);
        }
        for (int label : labels) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("label " + label + " of " + classes + " classes");
            }
        }
        this.train = normalised(train, dim);
        this.labels = labels;
        this.dim = dim;
        this.classes = classes;
        this.temperature = temperature;
    }

    /** Accuracy on the test features ({@code samples x dim}) for each k; every k is at most the number of training samples. */
    public SortedMap<Integer, Accuracy> evaluate(float[] test, int[] testLabels, int... ks) {
        if ((long) testLabels.length * dim != test.length || testLabels.length == 0) {
            throw new IllegalArgumentException(test.length + " numbers for " + testLabels.length + " test samples of " + dim);
        }
        for (int k : ks) {
            if (k < 1 || k > labels.length) {
                throw new IllegalArgumentException("k = " + k + " of " + labels.length + " training samples");
            }
        }
        int largest = Arrays.stream(ks).max().orElseThrow();
        float[] queries = normalised(test, dim);
        int[][] ranks = new int[testLabels.length][];
        IntStream.range(0, (testLabels.length + TEST_BLOCK - 1) / TEST_BLOCK).parallel().forEach(block -> {
            int first = block * TEST_BLOCK;
            Neighbours[] nearest = nearest(queries, first, Math.min(TEST_BLOCK, testLabels.length - first), largest);
            for (int i = 0; i < nearest.length; i++) {
                ranks[first + i] = ranks(nearest[i], testLabels[first + i], ks);
            }
        });
        SortedMap<Integer, Accuracy> accuracies = new TreeMap<>();
        for (int j = 0; j < ks.length; j++) {
            int at = j;
            long top1 = Arrays.stream(ranks).filter(r -> r[at] < 1).count();
            long top5 = Arrays.stream(ranks).filter(r -> r[at] < 5).count();
            accuracies.put(ks[j], new Accuracy(100.0 * top1 / ranks.length, 100.0 * top5 / ranks.length));
        }
        return accuracies;
    }

    private Neighbours[] nearest(float[] queries, int first, int count, int k) {
        Neighbours[] nearest = new Neighbours[count];
        Arrays.setAll(nearest, i -> new Neighbours(k));
        float[] columns = new float[dim * TRAIN_BLOCK];
        float[] similarities = new float[TRAIN_BLOCK];
        for (int start = 0; start < labels.length; start += TRAIN_BLOCK) {
            int width = Math.min(TRAIN_BLOCK, labels.length - start);
            transpose(start, width, columns);
            for (int i = 0; i < count; i++) {
                multiply(queries, (first + i) * dim, columns, width, similarities);
                for (int j = 0; j < width; j++) {
                    nearest[i].offer(similarities[j], start + j);
                }
            }
        }
        return nearest;
    }

    /** Training samples as columns: the inner loop of the product then runs over neighbouring numbers. */
    private void transpose(int start, int width, float[] columns) {
        for (int j = 0; j < width; j++) {
            for (int d = 0; d < dim; d++) {
                columns[d * width + j] = train[(start + j) * dim + d];
            }
        }
    }

    private void multiply(float[] queries, int at, float[] columns, int width, float[] similarities) {
        Arrays.fill(similarities, 0, width, 0f);
        for (int d = 0; d < dim; d++) {
            float q = queries[at + d];
            int row = d * width;
            for (int j = 0; j < width; j++) {
                similarities[j] += q * columns[row + j];
            }
        }
    }

    /** For each k, how many classes come before the label's. */
    private int[] ranks(Neighbours nearest, int label, int[] ks) {
        int[] ranks = new int[ks.length];
        for (int at = 0; at < ks.length; at++) {
            double[] votes = new double[classes];
            for (int n = 0; n < ks[at]; n++) {
                // relative to the nearest one: the same order of classes, and no overflow at a low temperature
                votes[labels[nearest.index[n]]] += StrictMath.exp((nearest.similarity[n] - nearest.similarity[0]) / temperature);
            }
            for (int c = 0; c < classes; c++) {
                ranks[at] += votes[c] > votes[label] || votes[c] == votes[label] && c < label ? 1 : 0;
            }
        }
        return ranks;
    }

    private static float[] normalised(float[] features, int dim) {
        float[] unit = new float[features.length];
        for (int at = 0; at < features.length; at += dim) {
            double squares = 0;
            for (int d = 0; d < dim; d++) {
                squares += (double) features[at + d] * features[at + d];
            }
            if (!Double.isFinite(squares)) {
                throw new IllegalArgumentException("sample " + at / dim + " has features that are not finite");
            }
            double length = Math.max(Math.sqrt(squares), 1e-12);
            for (int d = 0; d < dim; d++) {
                unit[at + d] = (float) (features[at + d] / length);
            }
        }
        return unit;
    }

    /** The k largest similarities, largest first; equal ones in the order of their arrival. */
    private static final class Neighbours {
        private final float[] similarity;
        private final int[] index;
        private int size;

        Neighbours(int k) {
            similarity = new float[k];
            index = new int[k];
        }

        void offer(float value, int sample) {
            if (size == similarity.length && value <= similarity[size - 1]) {
                return;
            }
            int at = size < similarity.length ? size++ : size - 1;
            while (at > 0 && similarity[at - 1] < value) {
                similarity[at] = similarity[at - 1];
                index[at] = index[at - 1];
                at--;
            }
            similarity[at] = value;
            index[at] = sample;
        }
    }
}
