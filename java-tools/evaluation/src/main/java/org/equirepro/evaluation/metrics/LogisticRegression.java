package org.equirepro.evaluation.metrics;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.equirepro.tensor.ClassifierOps;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;

/**
 * Multinomial logistic regression in float64: minimises mean cross-entropy + l2 / 2 * ||W||^2 over weights W
 * ({@code classes x dim}) and biases b; biases are not regularised, and are given with mean zero, since the same number added
 * to all changes nothing. The objective is strictly convex in W for l2 above 0, so the optimum is one, whatever finds it.
 *
 * <p>Samples are read block by block, so that memory is that of the search (44 times the weights) and of one block.
 */
public final class LogisticRegression {

    private static final int BLOCK = 4096;

    /** Samples, read in blocks. */
    public interface Samples {

        int rows();

        int columns();

        /** Rows {@code from} to {@code to} (exclusive). */
        double[] block(int from, int to);

        /** Of an array, row by row. */
        static Samples of(double[] values, int columns) {
            return new Samples() {
                @Override
                public int rows() {
                    return values.length / columns;
                }

                @Override
                public int columns() {
                    return columns;
                }

                @Override
                public double[] block(int from, int to) {
                    return Arrays.copyOfRange(values, from * columns, to * columns);
                }
            };
        }
    }

    /**
     * When a search ends, and how it can be interrupted.
     *
     * @param gradientBound in every element
     * @param maxIterations {@link #converged} says which of the two ended it
     * @param begun state of an interrupted search of the same fit, with which it goes on to the bit; null to begin
     * @param each gets the search's state after every iteration; what it throws ends the search
     */
    public record Search(double gradientBound, int maxIterations, SortedMap<String, double[]> begun,
            Consumer<Supplier<SortedMap<String, double[]>>> each) {

        /** To a gradient of at most 1e-10 in every element, not to be interrupted. */
        public static final Search EXACT = new Search(1e-10, 20_000, null, state -> { });
    }

    private final Torch torch;
    private final int classes;
    private final int dim;
    private final double[] weights;
    private final double[] biases;
    private final Lbfgs.Result search;

    private LogisticRegression(Torch torch, int classes, int dim, Lbfgs.Result search) {
        this.torch = torch;
        this.classes = classes;
        this.dim = dim;
        this.search = search;
        this.weights = Arrays.copyOf(search.point(), classes * dim);
        this.biases = Arrays.copyOfRange(search.point(), classes * dim, classes * dim + classes);
        double mean = Arrays.stream(biases).sum() / classes;
        Arrays.setAll(biases, c -> biases[c] - mean);
    }

    /** Fits to samples and their labels 0 .. classes - 1. */
    public static LogisticRegression fit(Torch torch, Samples samples, int[] labels, int classes, double l2, Search how) {
        if (labels.length == 0 || samples.rows() != labels.length || samples.columns() == 0) {
            throw new IllegalArgumentException(samples.rows() + " x " + samples.columns() + " numbers for " + labels.length + " samples");
        }
        if (!(l2 >= 0)) {
            throw new IllegalArgumentException("l2 must not be negative: " + l2);
        }
        for (int label : labels) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("label " + label + " of " + classes + " classes");
            }
        }
        Lbfgs.Objective objective = (point, gradient) -> objective(torch, samples, labels, classes, l2, point, gradient);
        Lbfgs search = how.begun == null ? Lbfgs.from(objective, new double[classes * samples.columns() + classes])
                : Lbfgs.from(objective, how.begun);
        return new LogisticRegression(torch, classes, samples.columns(),
                search.minimise(how.gradientBound, how.maxIterations, () -> how.each.accept(search::state)));
    }

    private static double objective(Torch torch, Samples samples, int[] labels, int classes, double l2, double[] point,
            double[] gradient) {
        int dim = samples.columns();
        int weights = classes * dim;
        double sum;
        try (GradMode off = GradMode.off(); NDManager manager = torch.scope()) {
            NDArray w = manager.create(Arrays.copyOf(point, weights)).reshape(classes, dim);
            NDArray b = manager.create(Arrays.copyOfRange(point, weights, weights + classes)).reshape(classes, 1);
            NDArray gw = w.zerosLike();
            NDArray gb = b.zerosLike();
            NDArray loss = manager.create(new double[1]);
            ClassifierOps ops = torch.ops().classifiers();
            for (int from = 0; from < labels.length; from += BLOCK) {
                int to = Math.min(labels.length, from + BLOCK);
                try (NDManager scope = torch.scope()) {
                    NDArray x = scope.create(samples.block(from, to)).reshape(to - from, dim);
                    NDArray logits = ops.logits(x, w, b).reshape(1, classes, to - from);
                    NDArray errors = ops.classErrors(logits, Arrays.copyOfRange(labels, from, to), loss, 1);
                    ops.addGradients(x, errors, gw, gb, 1, 1);
                }
            }
            sum = loss.toDoubleArray()[0];
            System.arraycopy(gw.toDoubleArray(), 0, gradient, 0, weights);
            System.arraycopy(gb.toDoubleArray(), 0, gradient, weights, classes);
        }
        double squares = 0;
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] /= labels.length;
            if (j < weights) {
                squares += point[j] * point[j];
                gradient[j] += l2 * point[j];
            }
        }
        return sum / labels.length + l2 / 2 * squares;
    }

    /** Logits {@code samples x classes}, with the biases of mean zero. */
    public double[] logits(Samples samples) {
        double[] all = new double[Math.multiplyExact(samples.rows(), classes)];
        forEachBlock(samples, (from, logits) -> System.arraycopy(logits, 0, all, from * classes, logits.length));
        return all;
    }

    /** The class of the largest logit for each sample, the lowest among equals. */
    public int[] predictions(Samples samples) {
        int[] answers = new int[samples.rows()];
        forEachBlock(samples, (from, logits) -> {
            for (int i = 0; i < logits.length; i++) {
                int sample = from + i / classes;
                if (logits[i] > logits[i - i % classes + answers[sample]]) {
                    answers[sample] = i % classes;
                }
            }
        });
        return answers;
    }

    private void forEachBlock(Samples samples, BiConsumer<Integer, double[]> use) {
        if (samples.columns() != dim) {
            throw new IllegalArgumentException(samples.columns() + " columns instead of " + dim);
        }
        try (GradMode off = GradMode.off(); NDManager manager = torch.scope()) {
            NDArray w = manager.create(weights).reshape(classes, dim);
            NDArray b = manager.create(biases);
            for (int from = 0; from < samples.rows(); from += BLOCK) {
                int to = Math.min(samples.rows(), from + BLOCK);
                try (NDManager scope = torch.scope()) {
                    NDArray x = scope.create(samples.block(from, to)).reshape(to - from, dim);
                    use.accept(from, torch.ops().linear(x, w, b).toDoubleArray());
                }
            }
        }
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
        return search.value();
    }

    /** Iterations that were taken. */
    public int iterations() {
        return search.iterations();
    }

    /** False if the search ended before the gradient was small enough, e.g. for separable classes without regularisation. */
    public boolean converged() {
        return search.converged();
    }
}
