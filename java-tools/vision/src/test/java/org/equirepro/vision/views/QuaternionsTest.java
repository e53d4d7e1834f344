package org.equirepro.vision.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.equirepro.base.Draws;
import org.junit.jupiter.api.Test;

final class QuaternionsTest {

    @Test
    void aQuarterTurnAboutXThenAboutZ() {
        // y goes to z, which the turn about the fixed z axis leaves; x goes to y
        double[] m = Quaternions.matrix(Quaternions.fromEuler(Math.PI / 2, 0, Math.PI / 2));
        assertArrayEquals(new double[] {0, 0, 1, 1, 0, 0, 0, 1, 0}, m, 1e-15);
    }

    @Test
    void secondIsFirstFollowedByTheirRelativeRotation() {
        Draws draws = Draws.at(7, "rotations");
        for (int i = 0; i < 20; i++) {
            double[] a = random(draws);
            double[] b = random(draws);
            assertArrayEquals(b, Quaternions.multiply(a, Quaternions.relative(a, b)), 1e-14);
            double[] sie = Quaternions.relativeSie(a, b);
            assertArrayEquals(Quaternions.matrix(Quaternions.relative(a, b)), Quaternions.matrix(sie), 1e-14);
            assertEquals(-Quaternions.relative(a, b)[3], sie[3]);
        }
    }

    @Test
    void anglesComeBack() {
        assertArrayEquals(new double[] {0.3, -1.2, 2.5}, Quaternions.euler(Quaternions.fromEuler(0.3, -1.2, 2.5)), 1e-14);
    }

    @Test
    void inGimbalLockTheMatrixComesBack() {
        double[] q = Quaternions.fromEuler(0.3, -Math.PI / 2, 0.4);
        double[] angles = Quaternions.euler(q);
        assertArrayEquals(Quaternions.matrix(q), Quaternions.matrix(Quaternions.fromEuler(angles[0], angles[1], angles[2])), 1e-7);
    }

    private static double[] random(Draws draws) {
        return Quaternions.fromEuler(draws.uniform(-1.5, 1.5), draws.uniform(-1.5, 1.5), draws.uniform(-1.5, 1.5));
    }

    @Test
    void theChangeBetweenRendersIsTheSecondMinusTheFirst() {
        double[] from = {0.1, -0.4, 0.7, 0.9, 0.3, 2, 0.2};
        double[] to = {0.1, -0.4, 0.7, 0.1, 0.5, 1, 0.5};
        assertArrayEquals(new double[] {0, 0, 0, -1}, RenderChange.rotation(from, to), 1e-15);
        assertArrayEquals(new double[] {-0.8, 0.3}, RenderChange.hues(from, to), 1e-15);
    }
}
