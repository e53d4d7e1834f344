package org.equirepro.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.equirepro.base.Draws;
import org.equirepro.tensor.optim.Optimiser;
import org.junit.jupiter.api.Test;

final class ClassifierOpsTest {

    private static final int B = 5;
    private static final int H = 3;
    private static final int C = 4;
    private static final int D = 6;

    private static float[] values(int count, String name) {
        Draws draws = Draws.at(7, name);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) draws.gaussian();
        }
        return values;
    }

    private static NDArray last(NDArray x) {
        return x.transpose();
    }

    /** Weights, biases and losses of each head, from the closed form and from a graph. */
    @Test
    void theClosedFormIsTheGradientOfBothLosses() {
        for (boolean binary : List.of(false, true)) {
            try (Torch torch = Torch.start(1)) {
                var m = torch.root();
                Ops ops = torch.ops();
                NDArray x = Torch.floats(m, values(B * D, "x"), B, D);
                NDArray w = Torch.floats(m, values(H * C * D, "w"), H * C, D);
                NDArray b = Torch.floats(m, values(H * C, "b"), H * C, 1);
                int[] classes = {0, 3, 1, 1, 2};
                NDArray labels = Torch.longs(m, Arrays.stream(classes).asLongStream().toArray(), B);
                NDArray targets = Torch.floats(m, new float[] {1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1}, B, C);
                NDArray known = Torch.floats(m, new float[] {1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1}, B, C);
                NDArray losses = Torch.floats(m, new float[] {1, 2, 3}, H);
                NDArray logits = ops.classifiers().logits(x, w, b).reshape(H, C, B);
                NDArray errors = binary ? ops.classifiers().binaryErrors(logits, last(targets), last(known), losses, 1.0 / B)
                        : ops.classifiers().classErrors(logits, classes, losses, 1.0 / B);
                NDArray gw = w.zerosLike();
                NDArray gb = b.zerosLike();
                ops.classifiers().addGradients(x, errors, gw, gb, 0, 1.0 / B);

                w.setRequiresGradient(true);
                b.setRequiresGradient(true);
                float[] expected = new float[H];
                try (GradMode on = GradMode.on()) {
                    NDArray z = ops.linear(x, w, b.reshape(H * C)).reshape(B, H, C);
                    NDArray sum = null;
                    for (int h = 0; h < H; h++) {
                        NDArray own = z.get(":, " + h);
                        NDArray each = binary
                                ? ops.losses().binaryCrossEntropy(own, targets, LossOps.Reduction.NONE).mul(known).sum(new int[] {1})
                                : ops.losses().crossEntropy(own, labels, 0, -100, LossOps.Reduction.NONE);
                        NDArray loss = each.mean();
                        expected[h] = 1 + h + loss.getFloat();
                        sum = sum == null ? loss : sum.add(loss);
                    }
                    Torch.backward(sum);
                }
                var gradients = Optimiser.gradients(java.util.Map.of("w", w, "b", b), m);
                assertArrayEquals(gradients.get("w").toFloatArray(), gw.toFloatArray(), 1e-5f);
                assertArrayEquals(gradients.get("b").toFloatArray(), gb.toFloatArray(), 1e-5f);
                assertArrayEquals(expected, losses.toFloatArray(), 1e-5f);
            }
        }
    }

    /** Logits of a head that a large rate has thrown far out: a softmax of 1 and 0, a loss of their distance. */
    @Test
    void largeLogitsGiveFiniteErrors() {
        try (Torch torch = Torch.start(1)) {
            var m = torch.root();
            NDArray losses = m.zeros(new Shape(1));
            NDArray logits = Torch.floats(m, new float[] {1e4f, -1e4f, 3e4f}, 1, 3, 1);
            NDArray errors = torch.ops().classifiers().classErrors(logits, new int[] {1}, losses, 1);
            assertArrayEquals(new float[] {0, -1, 1}, errors.toFloatArray());
            assertEquals(4e4f, losses.getFloat());
        }
    }

    @Test
    void gradientsAddUpAndRowsAreScaledByThemselves() {
        try (Torch torch = Torch.start(1)) {
            var m = torch.root();
            ClassifierOps ops = torch.ops().classifiers();
            NDArray x = Torch.floats(m, new float[] {1, 2}, 1, 2);
            NDArray errors = Torch.floats(m, new float[] {3, 0, -1}, 3, 1);
            NDArray w = Torch.floats(m, new float[] {1, 1, 1, 1, 1, 1}, 3, 2);
            NDArray b = Torch.floats(m, new float[] {1, 1, 1}, 3, 1);
            ops.addGradients(x, errors, w, b, 0.5, 1);
            assertArrayEquals(new float[] {3.5f, 6.5f, 0.5f, 0.5f, -0.5f, -1.5f}, w.toFloatArray());
            assertArrayEquals(new float[] {3.5f, 0.5f, -0.5f}, b.toFloatArray());
            NDArray sum = m.zeros(w.getShape());
            ops.addRows(sum, w, Torch.floats(m, new float[] {1, 10, 2}, 3, 1), 2);
            assertArrayEquals(new float[] {7, 13, 10, 10, -2, -6}, sum.toFloatArray());
            ops.add(sum, w, -2);
            assertEquals(0, sum.toFloatArray()[0]);
            assertThrows(IllegalArgumentException.class, () -> ops.add(sum, b, 1));
        }
    }
}
