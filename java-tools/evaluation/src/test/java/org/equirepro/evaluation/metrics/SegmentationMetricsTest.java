package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class SegmentationMetricsTest {

    @Test
    void countsOverAllPicturesAndLeavesIgnoredPixelsOut() {
        SegmentationMetrics metrics = new SegmentationMetrics(3, 255);
        metrics.add(new int[] {0, 0, 1, 1}, new int[] {0, 1, 1, 255});
        metrics.add(new int[] {1, 7}, new int[] {1, 0}); // 7 is no class: a miss of class 0, nobody's union
        assertArrayEquals(new long[] {1, 2, 0}, metrics.intersection());
        assertArrayEquals(new long[] {3, 3, 0}, metrics.union());
        assertArrayEquals(new double[] {1 / 3.0, 2 / 3.0, Double.NaN}, metrics.iou());
        assertArrayEquals(new double[] {0.5, 2 / 3.0, Double.NaN}, metrics.accuracy());
        assertArrayEquals(new double[] {0.5, 0.8, Double.NaN}, metrics.dice());
        assertEquals(0.5, SegmentationMetrics.mean(metrics.iou()), 1e-12);
        assertEquals(0.6, metrics.pixelAccuracy(), 1e-12);
    }

    @Test
    void nothingLabelledHasNoScore() {
        SegmentationMetrics metrics = new SegmentationMetrics(2, 255);
        metrics.add(new int[] {0, 1}, new int[] {255, 255});
        assertTrue(Double.isNaN(SegmentationMetrics.mean(metrics.iou())));
        assertTrue(Double.isNaN(metrics.pixelAccuracy()));
    }

    @Test
    void ade20kLabelsStartAtOne() {
        assertEquals(255, SegmentationMetrics.withoutZero(0));
        assertEquals(255, SegmentationMetrics.withoutZero(255));
        assertEquals(0, SegmentationMetrics.withoutZero(1));
        assertEquals(149, SegmentationMetrics.withoutZero(150));
    }
}
