package org.equirepro.evaluation.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.equirepro.base.Draws;
import org.equirepro.evaluation.video.LabelPropagation.Design;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.image.LabelMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class LabelPropagationTest {

    private static final int ROWS = 5;
    private static final int COLUMNS = 7;
    private static final int N = ROWS * COLUMNS;

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    /** Rows of length 1 from numbers. */
    private static NDArray features(NDManager scope, float[] values) {
        return torch.ops().arrays().unitRows(Torch.floats(scope, values, N, values.length / N), 1e-12);
    }

    private static float[] noise(long seed, int width) {
        Draws draws = Draws.at(seed, "features");
        float[] values = new float[N * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.uniform(-1, 1);
        }
        return values;
    }

    /** Half of the columns are of class 1. */
    private static float[] halves() {
        float[] labels = new float[2 * N];
        for (int i = 0; i < N; i++) {
            labels[2 * i + (i % COLUMNS < 3 ? 1 : 0)] = 1;
        }
        return labels;
    }

    @Test
    void featuresThatKnowTheLabelCarryItAnywhere() {
        try (NDManager scope = torch.scope()) {
            float[] labels = halves();
            try (LabelPropagation carried = new LabelPropagation(torch, new Design(2, 3, 99, 0.1), ROWS, COLUMNS, 2, features(scope, labels),
                    labels)) {
                for (int frame = 1; frame < 6; frame++) { // the border moves to and fro, in a jump
                    float[] there = new float[2 * N];
                    for (int i = 0; i < N; i++) {
                        there[2 * i + (i % COLUMNS < (frame % 2 == 0 ? 5 : 1) ? 1 : 0)] = 1;
                    }
                    assertArrayEquals(there, carried.next(features(scope, there)), 1e-6f, "frame " + frame);
                }
            }
        }
    }

    @Test
    void aPictureThatDoesNotChangeKeepsItsLabels() {
        try (NDManager scope = torch.scope()) {
            NDArray same = features(scope, noise(1, 16));
            try (LabelPropagation carried = new LabelPropagation(torch, new Design(3, 1, 2, 0.7), ROWS, COLUMNS, 2, same, halves())) {
                for (int frame = 1; frame < 5; frame++) {
                    assertArrayEquals(halves(), carried.next(same), 1e-6f);
                }
            }
        }
    }

    @Test
    void theWeightsAreTheSoftmaxOfTheNearestSimilarities() {
        try (NDManager scope = torch.scope()) {
            // patch p points to p * 10 degrees; the new frame's patches all to 12 degrees: 10, 20, then 0 are nearest
            float[] begin = new float[2 * N];
            float[] later = new float[2 * N];
            float[] labels = new float[N * N];
            for (int p = 0; p < N; p++) {
                begin[2 * p] = (float) Math.cos(Math.toRadians(10 * p));
                begin[2 * p + 1] = (float) Math.sin(Math.toRadians(10 * p));
                later[2 * p] = (float) Math.cos(Math.toRadians(12));
                later[2 * p + 1] = (float) Math.sin(Math.toRadians(12));
                labels[p * N + p] = 1; // each patch a class of its own
            }
            try (LabelPropagation carried = new LabelPropagation(torch, new Design(0, 3, 1, 0.05), ROWS, COLUMNS, N, features(scope, begin),
                    labels)) {
                float[] found = carried.next(features(scope, later));
                double[] e = new double[3];
                double sum = 0;
                for (int k = 0; k < 3; k++) {
                    e[k] = Math.exp(Math.cos(Math.toRadians(new int[] {12, 2, 8}[k])) / 0.05);
                    sum += e[k];
                }
                for (int k = 0; k < 3; k++) {
                    assertEquals(e[k] / sum, found[20 * N + k], 1e-4, "class " + k);
                }
                assertEquals(0, found[20 * N + 3]);
            }
        }
    }

    /** The second frame looks like the first and has marks of its own, by which alone the third can find its labels, in the second. */
    @Test
    void theLastFramesAreAskedNearbyOnly() {
        float[] away = moved(halves(), p -> N - 1 - p);
        float[] beside = moved(halves(), p -> (p + 1) % COLUMNS == 0 ? p : p + 1);
        assertArrayEquals(away, third(99, p -> N - 1 - p), 1e-6f);
        assertArrayEquals(beside, third(1.5, p -> (p + 1) % COLUMNS == 0 ? p : p + 1), 1e-6f);
        assertTrue(!Arrays.equals(away, third(1.5, p -> N - 1 - p)), "too far away");
    }

    private static float[] moved(float[] labels, IntUnaryOperator from) {
        float[] moved = new float[labels.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = labels[2 * from.applyAsInt(i / 2) + i % 2];
        }
        return moved;
    }

    /** Labels of a third frame, patch q of which has the mark of patch from(q) of the second. */
    private static float[] third(double radius, IntUnaryOperator from) {
        int width = 1 + 2 * N;
        float[] first = new float[N * width];
        float[] second = new float[N * width];
        float[] third = new float[N * width];
        for (int p = 0; p < N; p++) {
            first[p * width] = 1;
            first[p * width + 1 + p] = 0.5f;
            second[p * width + 1 + p] = 1;
            second[p * width + 1 + N + p] = 2;
            third[p * width + 1 + N + from.applyAsInt(p)] = 1;
        }
        try (NDManager scope = torch.scope(); LabelPropagation carried = new LabelPropagation(torch, new Design(1, 1, radius, 0.1), ROWS, COLUMNS,
                2, features(scope, first), halves())) {
            assertArrayEquals(halves(), carried.next(features(scope, second)), 1e-6f);
            return carried.next(features(scope, third));
        }
    }

    @Test
    void labelsGoToPatchesAndBack() {
        byte[] map = new byte[40 * 24];
        for (int i = 0; i < map.length; i++) {
            map[i] = (byte) (i % 40 < 16 ? 0 : i % 40 < 32 ? 7 : 255);
        }
        VideoLabels labels = new VideoLabels(torch, new LabelMap(40, 24, map), 40, 24, 8);
        assertEquals(2, labels.classes(), "what has no label is no class");
        assertArrayEquals(new float[] {1, 0, 1, 0, 0, 1, 0, 1, 0, 0}, Arrays.copyOf(labels.first(), 10), 1e-6f);
        LabelMap back = labels.map(labels.first(), 80, 48);
        assertEquals(0, back.label(10, 20));
        assertEquals(7, back.label(40, 20));
        int wrong = 0;
        for (int i = 0; i < back.labels().length; i++) {
            int x = i % 80;
            wrong += x < 62 && back.label(x, i / 80) != (x < 32 ? 0 : 7) ? 1 : 0;
        }
        assertTrue(wrong <= 2 * 48, wrong + " pixels");
    }

    @Test
    void askingMorePatchesThanThereAreIsAMistake() {
        try (NDManager scope = torch.scope()) {
            NDArray some = features(scope, noise(2, 4));
            assertThrows(IllegalArgumentException.class, () -> new LabelPropagation(torch, new Design(1, N + 1, 2, 1), ROWS, COLUMNS, 2, some, halves()));
        }
    }
}
