package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.evaluation.metrics.LogisticRegression.Samples;
import org.equirepro.evaluation.metrics.LogisticRegression.Search;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class LogisticRegressionTest {

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    /** Features of very different size, hardly regularised: still at the point where the gradient is zero. */
    @Test
    void badlyScaledFeaturesReachTheOptimum() {
        Draws draws = Draws.at(3, "logreg");
        int n = 80;
        int dim = 4;
        int classes = 3;
        double l2 = 1e-5;
        double[] x = new double[n * dim];
        int[] y = new int[n];
        for (int i = 0; i < n; i++) {
            y[i] = draws.below(classes);
            for (int d = 0; d < dim; d++) {
                x[i * dim + d] = (draws.gaussian() + 0.5 * (y[i] == d ? 1 : 0)) * Math.pow(10, d - 1);
            }
        }
        Samples samples = Samples.of(x, dim);
        LogisticRegression model = LogisticRegression.fit(torch, samples, y, classes, l2, Search.EXACT);
        assertTrue(model.converged());
        double[] logits = model.logits(samples);
        double[] w = model.weights();
        for (int c = 0; c < classes; c++) {
            for (int d = 0; d < dim; d++) {
                double gradient = l2 * w[c * dim + d];
                for (int i = 0; i < n; i++) {
                    gradient += (probability(logits, i, c, classes) - (y[i] == c ? 1 : 0)) * x[i * dim + d] / n;
                }
                assertEquals(0, gradient, 1e-9);
            }
        }
        assertEquals(0, model.biases()[0] + model.biases()[1] + model.biases()[2], 1e-12);
    }

    @Test
    void separableClassesWithoutRegularisationDoNotConverge() {
        LogisticRegression model = LogisticRegression.fit(torch, Samples.of(new double[] {-1, 1}, 1), new int[] {0, 1}, 2, 0,
                new Search(1e-10, 5, null, state -> { }));
        assertFalse(model.converged());
    }

    /** Stopped after every iteration, with more samples than a block holds. */
    @Test
    void anInterruptedFitEndsAsOneThatWasNot() {
        Draws draws = Draws.at(4, "logreg");
        int[] y = IntStream.range(0, 5000).map(i -> draws.below(3)).toArray();
        double[] x = IntStream.range(0, 10_000).mapToDouble(i -> draws.gaussian() + y[i / 2]).toArray();
        Samples samples = Samples.of(x, 2);
        LogisticRegression whole = LogisticRegression.fit(torch, samples, y, 3, 1e-3, new Search(1e-8, 100, null, state -> { }));
        AtomicReference<SortedMap<String, double[]>> saved = new AtomicReference<>();
        LogisticRegression parts = null;
        int stops = 0;
        while (parts == null) {
            try {
                parts = LogisticRegression.fit(torch, samples, y, 3, 1e-3, new Search(1e-8, 100, saved.get(), state -> {
                    saved.set(state.get());
                    throw new IllegalStateException("stop");
                }));
            } catch (IllegalStateException e) {
                stops++;
            }
        }
        assertEquals(whole.iterations(), stops);
        assertTrue(stops > 5, "iterations: " + stops);
        assertArrayEquals(whole.weights(), parts.weights());
        assertArrayEquals(whole.biases(), parts.biases());
    }

    private static double probability(double[] logits, int i, int c, int classes) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += Math.exp(logits[i * classes + k] - logits[i * classes + c]);
        }
        return 1 / sum;
    }
}
