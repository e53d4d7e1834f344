package org.equirepro.vision.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.equirepro.base.Draws;
import org.junit.jupiter.api.Test;

final class HomographyFitTest {

    private static final Homography TRUE = new Homography(1.1, 0.05, 12, -0.1, 0.95, 30, 2e-4, -1e-4, 1);
    private static final double[] CORNERS = {0, 0, 300, 0, 300, 200, 0, 200};

    private static double[] points(int n) {
        Draws draws = Draws.at(3, "points");
        double[] points = new double[2 * n];
        for (int i = 0; i < points.length; i++) {
            points[i] = draws.uniform(0, i % 2 == 0 ? 300 : 200);
        }
        return points;
    }

    @Test
    void exactPairsGiveTheHomographyBack() {
        double[] from = points(20);
        assertArrayEquals(TRUE.apply(CORNERS), HomographyFit.leastSquares(from, TRUE.apply(from)).apply(CORNERS), 1e-7);
    }

    @Test
    void noNearbyHomographyHasALowerReprojectionError() {
        double[] from = points(40);
        double[] to = TRUE.apply(from);
        Draws noise = Draws.at(4, "noise");
        for (int i = 0; i < to.length; i++) {
            to[i] += noise.gaussian();
        }
        double[] h = HomographyFit.leastSquares(from, to).matrix();
        double best = error(h, from, to);
        for (int k = 0; k < 8; k++) {
            for (double change : new double[] {1e-4, -1e-4}) {
                double[] other = h.clone();
                other[k] *= 1 + change;
                assertFalse(error(other, from, to) < best, "parameter " + k);
            }
        }
    }

    private static double error(double[] h, double[] from, double[] to) {
        double[] image = new Homography(h).apply(from);
        double sum = 0;
        for (int i = 0; i < to.length; i++) {
            sum += (image[i] - to[i]) * (image[i] - to[i]);
        }
        return sum;
    }

    @Test
    void wrongPairsAreFoundAndLeftOut() {
        double[] from = points(50);
        double[] to = TRUE.apply(from);
        for (int i = 0; i < 50; i += 3) {
            to[2 * i] += 40 + i;
        }
        HomographyFit.Robust robust = HomographyFit.ransac(from, to, 2, 9);
        assertArrayEquals(TRUE.apply(CORNERS), robust.homography().apply(CORNERS), 1e-6);
        for (int i = 0; i < 50; i++) {
            assertEquals(i % 3 != 0, robust.inliers()[i]);
        }
    }

    @Test
    void pointsOnALineFixNothing() {
        double[] line = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4};
        assertThrows(IllegalArgumentException.class, () -> HomographyFit.leastSquares(line, line));
        assertThrows(IllegalArgumentException.class, () -> HomographyFit.ransac(line, line, 1, 1));
    }
}
