package org.equirepro.evaluation.metrics;

import java.util.Arrays;

/**
 * Multinomial logistic regression in float64: minimises mean cross-entropy + l2 / 2 * ||W||^2 over weights W
 * ({@code classes x dim}) and biases b; biases are not regularised, and are given with mean zero, since the same number added
 * to all changes nothing. The objective is strictly convex in W for l2 above 0, so the optimum is one, whatever finds it.
 */
public final class LogisticRegression {

    private final int classes;
    private final int dim;
    private final double[] weights;
    private final double[] biases;
    private final double objective;
    private final Lbfgs.Result search;

    private LogisticRegression(int classes, int dim, Lbfgs.Result search) {
        this.classes = classes;
        this.dim = dim;
        this.search = search;
        this.objective = search.value();
        this.weights = Arrays.copyOf(search.point(), classes * dim);
        this.biases = Arrays.copyOfRange(search.point(), classes * dim, classes * dim + classes);
        double mean = Arrays.stream(biases).sum() / classes;
        Arrays.setAll(biases, c -> biases[c] - mean);
    }

    /** Fits to features {@code samples x dim} and labels 0 .. classes - 1, to a gradient of at most 1e-10 in every element. */
    public static LogisticRegression fit(double[] features, int[] labels, int classes, double l2) {
        return fit(features, labels, classes, l2, 1e-10, 20_000);
    }

    /** As above with the bounds on gradient and iterations; {@link #converged} says which one ended the search. */
    public static LogisticRegression fit(double[] features, int[] labels, int classes, double l2, double gradientBound,
            int maxIterations) {
        if (labels.length == 0 || features.length % labels.length != 0 || features.length == 0) {
            throw new IllegalArgumentException(features.length + " numbers for " + labels.length + " samples");
        }
        if (!(l2 >= 0)) {
            throw new IllegalArgumentException("l2 must not be negative: " + l2);
        }
        for (int label : labels) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("label " + label + " of " + classes + " classes");
            }
        }
        int dim = features.length / labels.length;
        Lbfgs.Objective loss = (point, gradient) -> loss(features, labels, classes, dim, l2, point, gradient);
        double[] start = new double[classes * dim + classes];
        return new LogisticRegression(classes, dim, Lbfgs.minimise(loss, start, gradientBound, maxIterations));
    }

    private static double loss(double[] features, int[] labels, int classes, int dim, double l2, double[] point,
            double[] gradient) {
        int samples = labels.length;
        int bias = classes * dim;
        Arrays.fill(gradient, 0);
        double sum = 0;
        double[] p = new double[classes];
        for (int i = 0; i < samples; i++) {
            logits(features, i, point, bias, classes, dim, p);
            double own = p[labels[i]];
            sum += softmax(p) - own;
            p[labels[i]] -= 1;
            for (int c = 0; c < classes; c++) {
                double g = p[c] / samples;
                gradient[bias + c] += g;
                for (int d = 0; d < dim; d++) {
                    gradient[c * dim + d] += g * features[i * dim + d];
                }
            }
        }
        double squares = 0;
        for (int j = 0; j < bias; j++) {
            squares += point[j] * point[j];
            gradient[j] += l2 * point[j];
        }
        return sum / samples + l2 / 2 * squares;
    }

    /** Turns logits into probabilities and returns the logarithm of the sum of their exponentials. */
    private static double softmax(double[] p) {
        double max = Double.NEGATIVE_INFINITY;
        for (double v : p) {
            max = Math.max(max, v);
        }
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = StrictMath.exp(p[c] - max);
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
        return max + StrictMath.log(sum);
    }

    private static void logits(double[] features, int sample, double[] point, int bias, int classes, int dim, double[] out) {
        for (int c = 0; c < classes; c++) {
            double sum = point[bias + c];
            for (int d = 0; d < dim; d++) {
                sum += point[c * dim + d] * features[sample * dim + d];
            }
            out[c] = sum;
        }
    }

    /** Logits {@code samples x classes} of features {@code samples x dim}, with the biases of mean zero. */
    public double[] logits(double[] features) {
        if (features.length % dim != 0) {
            throw new IllegalArgumentException(features.length + " numbers are not samples of " + dim);
        }
        int samples = features.length / dim;
        double[] all = new double[samples * classes];
        double[] one = new double[classes];
        double[] point = Arrays.copyOf(weights, classes * dim + classes);
        System.arraycopy(biases, 0, point, classes * dim, classes);
        for (int i = 0; i < samples; i++) {
            logits(features, i, point, classes * dim, classes, dim, one);
            System.arraycopy(one, 0, all, i * classes, classes);
        }
        return all;
    }

    /** {@code classes x dim}. */
    public double[] weights() {
        return weights.clone();
    }

    /** One a class, mean zero. */
    public double[] biases() {
        return biases.clone();
    }

    /** What is minimised, at the end. */
    public double objective() {
        return objective;
    }

    /** False if the search ended before the gradient was small enough, e.g. for separable classes without regularisation. */
    public boolean converged() {
        return search.converged();
    }
}
