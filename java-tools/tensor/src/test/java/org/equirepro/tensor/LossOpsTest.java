package org.equirepro.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.tensor.LossOps.Reduction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class LossOpsTest {

    private static Torch torch;
    private static LossOps losses;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
        losses = torch.ops().losses();
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    @Test
    void ignoredLabelsCostNothingAndDoNotCount() {
        try (NDManager scope = torch.scope()) {
            NDArray logits = Torch.floats(scope, new float[] {0, 0, 5, -5, 1, 1}, 3, 2);
            NDArray labels = Torch.longs(scope, new long[] {0, 9, 1}, 3);
            assertEquals(Math.log(2), losses.crossEntropy(logits, labels, 0, 9, Reduction.MEAN).getFloat(), 1e-6);
            assertArrayEquals(new float[] {(float) Math.log(2), 0, (float) Math.log(2)},
                    losses.crossEntropy(logits, labels, 0, 9, Reduction.NONE).toFloatArray(), 1e-6f);
        }
    }

    @Test
    void aTeachersTargetIsSharpAndCentred() {
        try (NDManager scope = torch.scope()) {
            NDArray logits = Torch.floats(scope, new float[] {1, 2}, 1, 2);
            NDArray centre = Torch.floats(scope, new float[] {0, 1}, 1, 2);
            NDArray even = losses.teacherProbabilities(logits, centre, 0.04);
            assertArrayEquals(new float[] {0.5f, 0.5f}, even.toFloatArray(), 1e-6f);
            // student (1, 2) at temperature .5: softmax of (2, 4)
            double expected = -0.5 * Math.log(1 / (1 + Math.exp(2))) - 0.5 * Math.log(1 / (1 + Math.exp(-2)));
            assertArrayEquals(new float[] {(float) expected}, losses.softCrossEntropy(logits, even, 0.5).toFloatArray(), 1e-5f);
        }
    }

    @Test
    void smallAndLargeDifferencesCostAsDefined() {
        try (NDManager scope = torch.scope()) {
            NDArray x = Torch.floats(scope, new float[] {0.05f, -3}, 2);
            NDArray zero = Torch.floats(scope, new float[2], 2);
            assertArrayEquals(new float[] {0.05f * 0.05f / 0.2f, 2.95f}, losses.smoothL1(x, zero, 0.1, Reduction.NONE).toFloatArray(), 1e-6f);
            assertArrayEquals(new float[] {0.05f * 0.05f / 2, 0.1f * 2.95f}, losses.huber(x, zero, 0.1, Reduction.NONE).toFloatArray(), 1e-6f);
        }
    }

    @Test
    void scaleInvariantLogErrorForgivesAShareOfTheCommonFactor() {
        try (NDManager scope = torch.scope()) {
            // d = ln 2, ln 4 and unknown; ln 8 everywhere; nothing known
            NDArray found = Torch.floats(scope, new float[] {2, 8, 5, 8, 8, 8, 1, 2, 3}, 3, 1, 3);
            NDArray depth = Torch.floats(scope, new float[] {1, 2, 0, 1, 1, 1, 0, 0, 0}, 3, 1, 3);
            double ln2 = Math.log(2);
            double squares = (ln2 * ln2 + 4 * ln2 * ln2) / 2;
            double mean = 1.5 * ln2;
            assertArrayEquals(new float[] {(float) Math.sqrt(squares - 0.85 * mean * mean + 1e-6), (float) Math.sqrt(0.15 * 9 * ln2 * ln2 + 1e-6), 0},
                    losses.scaleInvariantLog(found, depth, 0.85).toFloatArray(), 1e-5f);
            assertEquals(1e-3, losses.scaleInvariantLog(found, depth, 1).toFloatArray()[1], 2e-4, "one factor for all pixels costs nothing");
        }
    }

    @Test
    void koleoIsTheLogOfTheDistanceToTheNearestOther() {
        try (NDManager scope = torch.scope()) {
            // unit vectors at 0, 90 and 100 degrees, not of length 1
            float[] rows = {3, 0, 0, 0.5f, (float) Math.cos(Math.toRadians(100)), (float) Math.sin(Math.toRadians(100))};
            double far = Math.log(Math.sqrt(2));
            double near = Math.log(2 * Math.sin(Math.toRadians(5)));
            assertEquals(-(far + 2 * near) / 3, losses.koleo(Torch.floats(scope, rows, 3, 2)).getFloat(), 1e-5);
        }
    }

    @Test
    void sinkhornGivesTheOriginalsTargets() {
        int batch = 6;
        int prototypes = 4;
        float[] logits = logits(batch * prototypes);
        try (NDManager scope = torch.scope()) {
            float[] got = losses.sinkhorn(Torch.floats(scope, logits, batch, prototypes), 0.07, 3, mass -> { }).toFloatArray();
            assertArrayEquals(original(logits, batch, prototypes, 0.07, 3), got, 1e-6f);
            float[] many = losses.sinkhorn(Torch.floats(scope, logits, batch, prototypes), 0.5, 100, mass -> { }).toFloatArray();
            for (int k = 0; k < prototypes; k++) {
                int column = k;
                double used = IntStream.range(0, batch).mapToDouble(b -> many[b * prototypes + column]).sum();
                assertEquals((double) batch / prototypes, used, 1e-4);
            }
        }
    }

    @Test
    void sinkhornOverRanksEqualsTheWholeBatch() {
        float[] half = logits(5 * 3);
        float[] whole = new float[30];
        System.arraycopy(half, 0, whole, 0, 15);
        System.arraycopy(half, 0, whole, 15, 15);
        try (NDManager scope = torch.scope()) {
            float[] all = losses.sinkhorn(Torch.floats(scope, whole, 10, 3), 0.1, 3, mass -> { }).toFloatArray();
            // the other rank holds the same half, so the sum over ranks is twice this one's
            float[] one = losses.sinkhorn(Torch.floats(scope, half, 5, 3), 0.1, 3, mass -> mass.addi(mass)).toFloatArray();
            assertArrayEquals(java.util.Arrays.copyOf(all, 15), one, 1e-6f);
        }
    }

    @Test
    void equalValuesKeepTheirOrderAndTopIndicesComeBestFirst() {
        try (NDManager scope = torch.scope()) {
            ArrayOps arrays = torch.ops().arrays();
            NDArray x = Torch.floats(scope, new float[] {1, 3, 1, 2, 3}, 5);
            assertArrayEquals(new long[] {1, 4, 3, 0, 2}, arrays.sortIndices(x, 0, true).toLongArray());
            assertArrayEquals(new long[] {0, 2, 3, 1, 4}, arrays.sortIndices(x, 0, false).toLongArray());
            NDArray y = Torch.floats(scope, new float[] {1, 5, 2, 4}, 4);
            assertArrayEquals(new long[] {1, 3}, arrays.topIndices(y, 2, 0, true).toLongArray());
            assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0}, arrays.oneHot(Torch.longs(scope, new long[] {2, 0}, 2), 3).toFloatArray());
            assertTrue(arrays.cosineSimilarity(y, torch.ops().scale(y, 3)).getFloat() > 0.999999);
        }
    }

    private static float[] logits(int n) {
        Draws draws = Draws.at(1, "sinkhorn");
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) draws.uniform(-0.5, 0.5);
        }
        return values;
    }

    /** The steps as they are published, divisions by the total and by the batch included. */
    private static float[] original(float[] logits, int batch, int prototypes, double temperature, int iterations) {
        double[] q = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] / temperature)).toArray();
        double total = java.util.Arrays.stream(q).sum();
        for (int i = 0; i < q.length; i++) {
            q[i] /= total;
        }
        for (int round = 0; round < iterations; round++) {
            for (int k = 0; k < prototypes; k++) {
                double sum = 0;
                for (int b = 0; b < batch; b++) {
                    sum += q[b * prototypes + k];
                }
                for (int b = 0; b < batch; b++) {
                    q[b * prototypes + k] /= sum * prototypes;
                }
            }
            for (int b = 0; b < batch; b++) {
                double sum = 0;
                for (int k = 0; k < prototypes; k++) {
                    sum += q[b * prototypes + k];
                }
                for (int k = 0; k < prototypes; k++) {
                    q[b * prototypes + k] /= sum * batch;
                }
            }
        }
        float[] targets = new float[q.length];
        for (int i = 0; i < q.length; i++) {
            targets[i] = (float) (q[i] * batch);
        }
        return targets;
    }
}
