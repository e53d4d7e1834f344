package org.equirepro.tensor.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.equirepro.tensor.optim.Schedules.Schedule;
import org.junit.jupiter.api.Test;

final class SchedulesTest {

    @Test
    void warmUpIncludesTheBaseAndTheCosineBeginsWithIt() {
        Schedule lr = Schedules.cosineOfEpochs(1, 0, 4, 2, 2, 0);
        assertEquals(0, lr.at(0));
        assertEquals(1.0 / 3, lr.at(1), 1e-15);
        assertEquals(1, lr.at(3));
        assertEquals(1, lr.at(4));
        assertEquals(0.5, lr.at(6), 1e-15);
        assertEquals(0, lr.at(8));
    }

    @Test
    void aWarmUpOfOneIterationIsItsStart() {
        assertEquals(0.25, Schedules.cosine(1, 0, 3, 1, 0.25).at(0));
        assertEquals(1, Schedules.cosine(1, 0, 3, 1, 0.25).at(1));
    }

    @Test
    void aWarmUpLongerThanTheRunIsCutOff() {
        assertEquals(0.75, Schedules.cosine(1, 0, 4, 5, 0).at(3));
        assertEquals(0.3, Schedules.vicreg(1, 4, 10).at(3), 1e-15);
    }

    @Test
    void theVicregWarmUpExcludesTheBase() {
        Schedule lr = Schedules.vicreg(2, 30, 10);
        assertEquals(1.8, lr.at(9), 1e-15);
        assertEquals(2, lr.at(10));
        assertEquals((2 + 0.002) / 2, lr.at(20), 1e-15);
        assertEquals(0.002, lr.at(30));
        assertEquals(0.002, lr.at(1000));
    }

    @Test
    void anIterationBeforeTheFirstIsAnError() {
        assertThrows(IllegalArgumentException.class, () -> Schedules.cosine(1, 0, 4, 1, 0).at(-1));
        assertEquals(0.3, Schedules.constant(0.3).at(12345));
    }

    @Test
    void polynomialFallsToItsEndAndStaysThere() {
        Schedule line = Schedules.polynomial(1, 0.2, 1, 10);
        Schedule square = Schedules.polynomial(1, 0, 2, 10);
        assertEquals(1, line.at(0), 1e-12);
        assertEquals(0.6, line.at(5), 1e-12);
        assertEquals(0.2, line.at(10), 1e-12);
        assertEquals(0.2, line.at(99), 1e-12);
        assertEquals(0.25, square.at(5), 1e-12);
    }

    @Test
    void dropsMultiplyFromTheirIterationOn() {
        Schedule drops = Schedules.drops(2, 0.1, 8, 11);
        assertEquals(2, drops.at(7), 1e-12);
        assertEquals(0.2, drops.at(8), 1e-12);
        assertEquals(0.02, drops.at(11), 1e-12);
    }

    @Test
    void warmUpIsAFactorOfTheRegularRate() {
        Schedule warm = Schedules.warmedUp(Schedules.polynomial(1, 0, 1, 100), 10, 0.5);
        assertEquals(0.5, warm.at(0), 1e-12);
        assertEquals(0.75 * 0.95, warm.at(5), 1e-12);
        assertEquals(0.9, warm.at(10), 1e-12);
    }
}
