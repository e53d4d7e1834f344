package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class ClassificationMetricsTest {

    private final ClassificationMetrics metrics = new ClassificationMetrics(new float[] {3, 1, 2, 5, 5, 0, 1, 2, 3, 0, 9, 0},
            new int[] {0, 1, 0, 1}, 3);

    @Test
    void rankOfTheLabelWithTiesToTheLowerClass() {
        assertEquals(50, metrics.top(1));
        assertEquals(75, metrics.top(2));
        assertEquals(100, metrics.top(3));
        assertEquals(100, metrics.top(5));
        assertArrayEquals(new int[] {0, 0, 2, 1}, metrics.predictions());
    }

    @Test
    void classesWithoutSamplesDoNotCount() {
        assertEquals(2, metrics.classesPresent());
        assertEquals(50, metrics.meanPerClass());
        assertArrayEquals(new int[][] {{1, 0, 1}, {1, 1, 0}, {0, 0, 0}}, metrics.confusion());
    }

    @Test
    void crossEntropyOfEqualLogitsIsTheLogarithmOfTheClasses() {
        ClassificationMetrics even = new ClassificationMetrics(new float[] {500, 500, 500, 500}, new int[] {2}, 4);
        assertEquals(Math.log(4), even.crossEntropy(), 1e-12);
        assertEquals(Math.log(4), even.crossEntropy(0.3), 1e-12);
    }

    @Test
    void refusesWhatCannotBeRanked() {
        float[] diverged = {1, Float.NaN};
        assertThrows(IllegalArgumentException.class, () -> new ClassificationMetrics(diverged, new int[] {0}, 2));
        float[] logits = {1, 2};
        assertThrows(IllegalArgumentException.class, () -> new ClassificationMetrics(logits, new int[] {2}, 2));
    }

    @Test
    void averagePrecisionOfAWorkedExample() {
        // ranks: hit, (difficult), miss, hit -> precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1
        AveragePrecision ap = new AveragePrecision(new double[] {0.9, 0.8, 0.7, 0.1}, new int[] {1, -1, 0, 1});
        assertEquals(0.5 * 1 + 0.5 * 2 / 3, ap.allPoints(), 1e-15);
        assertEquals((6 * 1 + 5 * 2.0 / 3) / 11, ap.elevenPoint(), 1e-15);
    }

    @Test
    void averagePrecisionWithoutPositivesIsZero() {
        AveragePrecision ap = new AveragePrecision(new double[] {0.9, 0.8}, new int[] {0, -1});
        assertEquals(0, ap.allPoints());
        assertEquals(0, ap.elevenPoint());
    }
}
