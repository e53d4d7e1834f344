package org.equirepro.evaluation.keypoints;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.equirepro.evaluation.keypoints.Heatmaps.Rule;
import org.junit.jupiter.api.Test;

final class HeatmapsTest {

    private static final int WIDTH = 24;
    private static final int HEIGHT = 32;
    private final HeatmapPeaks peaks = new HeatmapPeaks(WIDTH, HEIGHT);

    private static Heatmaps encode(Rule rule, double x, double y) {
        return Heatmaps.encode(rule, new double[][] {{x, y}}, new float[] {1}, WIDTH, HEIGHT, 2);
    }

    @Test
    void aJointOnAPixelHasItsPeakThereUnderEveryRule() {
        for (Rule rule : Rule.values()) {
            float[] map = encode(rule, 9, 20).maps()[0];
            assertEquals(1, peaks.score(map));
            assertArrayEquals(new double[] {9, 20}, peaks.peak(map));
            assertArrayEquals(new double[] {9, 20}, peaks.darkUdp(map, 11), 1e-3);
        }
    }

    @Test
    void aJointBetweenPixelsIsFoundAgainWhereTheRuleKeptItsPlace() {
        assertArrayEquals(new double[] {9.3, 20.4}, peaks.dark(encode(Rule.UNBIASED, 9.3, 20.4).maps()[0], 11), 0.02);
        assertArrayEquals(new double[] {9.3, 20.4}, peaks.darkUdp(encode(Rule.UDP, 9.3, 20.4).maps()[0], 11), 0.02);
        assertArrayEquals(new double[] {9.25, 20.25}, peaks.quarter(encode(Rule.UDP, 9.3, 20.4).maps()[0]));
        assertArrayEquals(new double[] {9, 20}, peaks.quarter(encode(Rule.NEAREST, 9.3, 20.4).maps()[0]));
    }

    @Test
    void aJointOffTheMapOrHiddenGetsNoWeight() {
        assertEquals(0, encode(Rule.UDP, -30, 5).weights()[0]);
        assertEquals(0, encode(Rule.UNBIASED, 5, 60).weights()[0]);
        assertEquals(1, encode(Rule.NEAREST, -3, 5).weights()[0]); // its Gaussian reaches the map
        Heatmaps hidden = Heatmaps.encode(Rule.UDP, new double[][] {{5, 5}}, new float[] {0}, WIDTH, HEIGHT, 2);
        assertEquals(0, hidden.weights()[0]);
        assertEquals(0, peaks.score(hidden.maps()[0]));
        assertArrayEquals(new double[] {-1, -1}, peaks.peak(hidden.maps()[0]));
    }
}
