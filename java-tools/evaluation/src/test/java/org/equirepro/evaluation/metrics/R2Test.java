package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class R2Test {

    @Test
    void oneMeanOverAllColumnsOrOneEach() {
        double[] target = {0, 10, 2, 12};
        double[] prediction = {1, 11, 1, 11};
        // all residuals 1; global mean 6: 36 + 16 + 16 + 36; column means 1 and 11
        assertEquals(1 - 4.0 / 104, R2.pooled(prediction, target), 1e-15);
        assertArrayEquals(new double[] {0, 0}, R2.perColumn(prediction, target, 2), 1e-15);
        assertEquals(0, R2.uniformAverage(prediction, target, 2), 1e-15);
        assertEquals(0, R2.varianceWeighted(prediction, target, 2), 1e-15);
    }

    @Test
    void aConstantPredictorScoresAboveZeroWhereColumnMeansDiffer() {
        double[] target = {0, 10, 2, 12};
        assertEquals(1 - 4.0 / 104, R2.floor(R2.columnMeans(target, 2), target), 1e-15);
        assertEquals(0, R2.floor(new double[] {6}, target), 1e-15);
    }

    @Test
    void aColumnWithoutVarianceGivesZeroUnlessPerfect() {
        double[] target = {0.1, 0.1, 0.1};
        assertEquals(0, R2.pooled(new double[] {0.1, 0.1, 0.2}, target));
        assertEquals(1, R2.pooled(target.clone(), target));
        assertEquals(0, R2.varianceWeighted(new double[] {0.1, 0.1, 0.2}, target, 1));
    }

    @Test
    void sizesMustFit() {
        assertThrows(IllegalArgumentException.class, () -> R2.pooled(new double[2], new double[3]));
        assertThrows(IllegalArgumentException.class, () -> R2.perColumn(new double[3], new double[3], 2));
        assertThrows(IllegalArgumentException.class, () -> R2.pooled(new double[0], new double[0]));
    }
}
