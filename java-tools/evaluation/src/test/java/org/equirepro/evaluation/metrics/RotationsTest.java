package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.equirepro.base.Draws;
import org.junit.jupiter.api.Test;

final class RotationsTest {

    @Test
    void aQuarterTurnAboutXThenAboutZ() {
        // y goes to z, which the turn about the fixed z axis leaves; x goes to y
        double[] m = Rotations.matrix(Rotations.fromEuler(Math.PI / 2, 0, Math.PI / 2));
        assertArrayEquals(new double[] {0, 0, 1, 1, 0, 0, 0, 1, 0}, m, 1e-15);
    }

    @Test
    void secondIsFirstFollowedByTheirRelativeRotation() {
        Draws draws = Draws.at(7, "rotations");
        for (int i = 0; i < 20; i++) {
            double[] a = random(draws);
            double[] b = random(draws);
            assertArrayEquals(b, Rotations.multiply(a, Rotations.relative(a, b)), 1e-14);
            double[] sie = Rotations.relativeSie(a, b);
            assertArrayEquals(Rotations.matrix(Rotations.relative(a, b)), Rotations.matrix(sie), 1e-14);
            assertEquals(-Rotations.relative(a, b)[3], sie[3]);
        }
    }

    @Test
    void anglesComeBack() {
        assertArrayEquals(new double[] {0.3, -1.2, 2.5}, Rotations.euler(Rotations.fromEuler(0.3, -1.2, 2.5)), 1e-14);
    }

    @Test
    void inGimbalLockTheMatrixComesBack() {
        double[] q = Rotations.fromEuler(0.3, -Math.PI / 2, 0.4);
        double[] angles = Rotations.euler(q);
        assertArrayEquals(Rotations.matrix(q), Rotations.matrix(Rotations.fromEuler(angles[0], angles[1], angles[2])), 1e-7);
    }

    private static double[] random(Draws draws) {
        return Rotations.fromEuler(draws.uniform(-1.5, 1.5), draws.uniform(-1.5, 1.5), draws.uniform(-1.5, 1.5));
    }
}
