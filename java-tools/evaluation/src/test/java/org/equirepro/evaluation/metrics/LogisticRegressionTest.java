package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.equirepro.base.Draws;
import org.junit.jupiter.api.Test;

final class LogisticRegressionTest {

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
        LogisticRegression model = LogisticRegression.fit(x, y, classes, l2);
        assertTrue(model.converged());
        double[] logits = model.logits(x);
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
        LogisticRegression model = LogisticRegression.fit(new double[] {-1, 1}, new int[] {0, 1}, 2, 0, 1e-10, 5);
        assertFalse(model.converged());
    }

    private static double probability(double[] logits, int i, int c, int classes) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += Math.exp(logits[i * classes + k] - logits[i * classes + c]);
        }
        return 1 / sum;
    }
}
