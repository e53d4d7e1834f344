package org.equirepro.pretraining;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.equirepro.base.Draws;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Loss;
import org.junit.jupiter.api.Test;

/** The loss against its definition in float64, and its gradient against finite differences of that. */
final class VicRegTest {

    private static final int N = 7;
    private static final int D = 4;

    private static double[] noise(String name) {
        Draws draws = Draws.at(1, name);
        double[] values = new double[N * D];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.6 * draws.gaussian();
        }
        return values;
    }

    private static double mean(double[] x, int column) {
        double sum = 0;
        for (int i = 0; i < N; i++) {
            sum += x[i * D + column] / N;
        }
        return sum;
    }

    private static double covariance(double[] x, int a, int b) {
        double sum = 0;
        for (int i = 0; i < N; i++) {
            sum += (x[i * D + a] - mean(x, a)) * (x[i * D + b] - mean(x, b)) / (N - 1);
        }
        return sum;
    }

    private static double definition(double[] x, double[] y) {
        double distance = 0;
        for (int i = 0; i < x.length; i++) {
            distance += (x[i] - y[i]) * (x[i] - y[i]) / x.length;
        }
        double hinge = 0;
        double correlation = 0;
        for (double[] view : new double[][] {x, y}) {
            for (int a = 0; a < D; a++) {
                hinge += Math.max(0, 1 - Math.sqrt(covariance(view, a, a) + 1e-4)) / D / 2;
                for (int b = 0; b < D; b++) {
                    correlation += a == b ? 0 : covariance(view, a, b) * covariance(view, a, b) / D;
                }
            }
        }
        return 10 * distance + 7 * hinge + 2 * correlation;
    }

    @Test
    void lossAndGradientAreThoseOfTheDefinition() {
        double[] x = noise("x");
        double[] y = noise("y");
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            NDArray tx = tensor(torch, x);
            Loss loss = new VicReg(10, 7, 2).loss(torch.ops(), tx, tensor(torch, y));
            assertEquals(definition(x, y), loss.value().getFloat(), 1e-4);
            Torch.backward(loss.value());
            float[] gradient = tx.getGradient().toFloatArray();
            for (int i = 0; i < x.length; i++) {
                double[] up = x.clone();
                double[] down = x.clone();
                up[i] += 1e-5;
                down[i] -= 1e-5;
                assertEquals((definition(up, y) - definition(down, y)) / 2e-5, gradient[i], 1e-3, "element " + i);
            }
        }
    }

    @Test
    void aGarbageCollectionBeforeBackwardChangesNothing() {
        double[] x = noise("x");
        double[] y = noise("y");
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            float[] first = null;
            for (int round = 0; round < 30; round++) {
                NDArray tx = tensor(torch, x);
                Loss part = new VicReg(10, 7, 2).loss(torch.ops(), tx, tensor(torch, y));
                Loss loss = part.plus(torch.ops(), 3, part);
                if (round > 0) {
                    System.gc();
                    // what the collector freed is used again, for other numbers
                    for (int i = 0; i < 2000; i++) {
                        ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putFloat(0, -1e6f);
                    }
                }
                Torch.backward(loss.value());
                float[] gradient = tx.getGradient().toFloatArray();
                first = first == null ? gradient : first;
                assertArrayEquals(first, gradient, "round " + round);
            }
        }
    }

    private static NDArray tensor(Torch torch, double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        NDArray array = Torch.floats(torch.root(), floats, N, D);
        array.setRequiresGradient(true);
        return array;
    }
}
