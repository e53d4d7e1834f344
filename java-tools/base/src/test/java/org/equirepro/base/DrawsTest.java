package org.equirepro.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class DrawsTest {

    @Test
    void aDrawDependsOnItsPositionOnly() {
        Draws first = Draws.at(1, 2, 3, 0, "crop");
        first.uniform();
        double second = first.uniform();
        Draws again = Draws.at(1, 2, 3, 0, "crop");
        Draws.at(1, 2, 4, 0, "crop").uniform();
        again.uniform();
        assertEquals(second, again.uniform());
    }

    @Test
    void everyCoordinateMatters() {
        double[] values = {Draws.at(1, 2, 3, 0, "crop").uniform(), Draws.at(2, 2, 3, 0, "crop").uniform(),
            Draws.at(1, 3, 3, 0, "crop").uniform(), Draws.at(1, 2, 4, 0, "crop").uniform(), Draws.at(1, 2, 3, 1, "crop").uniform(),
            Draws.at(1, 2, 3, 0, "flip").uniform()};
        assertEquals(values.length, Arrays.stream(values).distinct().count());
    }

    @Test
    void momentsAreThoseOfTheDistributions() {
        Draws draws = Draws.at(5, "moments");
        int n = 200_000;
        double sum = 0;
        double square = 0;
        double uniform = 0;
        double uniformSquare = 0;
        int[] counts = new int[7];
        for (int i = 0; i < n; i++) {
            double z = draws.gaussian();
            sum += z / n;
            square += z * z / n;
            double u = draws.uniform();
            assertTrue(u >= 0 && u < 1);
            uniform += u / n;
            uniformSquare += u * u / n;
            counts[draws.below(7)]++;
        }
        assertEquals(0, sum, 0.01);
        assertEquals(1, square, 0.02);
        assertEquals(0.5, uniform, 0.005);
        assertEquals(1.0 / 3, uniformSquare, 0.005);
        for (int count : counts) {
            assertEquals(n / 7.0, count, 5 * Math.sqrt(n / 7.0));
        }
    }

    @Test
    void neighbouringSamplesAreNotCorrelated() {
        int n = 50_000;
        double product = 0;
        for (int i = 0; i < n; i++) {
            product += (Draws.at(0, 0, i, 0, "g").uniform() - 0.5) * (Draws.at(0, 0, i + 1, 0, "g").uniform() - 0.5) * 12 / n;
        }
        assertEquals(0, product, 0.02);
    }

    @Test
    void aPermutationHoldsEachIndexOnce() {
        int[] order = Draws.at(9, "order").permutation(1000);
        assertFalse(Arrays.equals(order, Draws.at(10, "order").permutation(1000)));
        int[] sorted = order.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            assertEquals(i, sorted[i]);
        }
        assertArrayEquals(order, Draws.at(9, "order").permutation(1000));
    }
}
