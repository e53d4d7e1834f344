package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class KeypointMetricsTest {

    private static final double[][] JOINTS = {{10, 10}, {20, 10}, {30, 10}};

    @Test
    void correctCountsOnlyLabelledJointsWithinTheThreshold() {
        double[][][] truth = {JOINTS, JOINTS};
        double[][][] predicted = {{{14, 10}, {20, 10}, {0, 0}}, {{10, 16}, {20, 10}, {0, 0}}};
        boolean[][] labelled = {{true, true, false}, {true, false, false}};
        double[][] heads = {{10, 10}, {10, 10}};
        double[] shares = KeypointMetrics.correct(predicted, truth, labelled, heads, 0.5);
        assertArrayEquals(new double[] {0.5, 1, -1}, shares);
        assertEquals(0.75, KeypointMetrics.meanCorrect(shares));
    }

    @Test
    void aPersonWithoutSizeIsLeftOut() {
        double[] shares = KeypointMetrics.correct(new double[][][] {JOINTS}, new double[][][] {JOINTS},
                new boolean[][] {{true, true, true}}, new double[][] {{0, 0}}, 0.5);
        assertArrayEquals(new double[] {-1, -1, -1}, shares);
        assertEquals(0, KeypointMetrics.meanCorrect(shares));
    }

    @Test
    void similarityFallsWithTheDistanceInUnitsOfTheJointsOwnSpread() {
        boolean[] first = {true, false, false};
        double[] sigmas = {0.05, 0.05, 0.05};
        assertEquals(1, KeypointMetrics.similarity(JOINTS, JOINTS, first, 100, sigmas));
        double[][] moved = {{11, 10}, {0, 0}, {0, 0}}; // d^2 = 1 = area (2 sigma)^2
        assertEquals(Math.exp(-0.5), KeypointMetrics.similarity(moved, JOINTS, first, 100, sigmas), 1e-12);
        assertEquals(0, KeypointMetrics.similarity(JOINTS, JOINTS, new boolean[3], 100, sigmas));
    }
}
