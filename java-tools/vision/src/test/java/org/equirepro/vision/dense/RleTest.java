package org.equirepro.vision.dense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.equirepro.base.Draws;
import org.junit.jupiter.api.Test;

final class RleTest {

    private static byte[] random(int height, int width, double share, int number) {
        Draws draws = Draws.at(7, 0, number, 0, "mask");
        byte[] mask = new byte[height * width];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (draws.chance(share) ? 1 : 0);
        }
        return mask;
    }

    @Test
    void masksComeBackFromRunsAndFromText() {
        for (int n = 0; n < 40; n++) {
            int height = 1 + n % 9;
            int width = 1 + n * n % 13;
            byte[] mask = random(height, width, n / 39.0, n);
            Rle rle = Rle.encode(mask, height, width);
            assertArrayEquals(mask, rle.decode());
            assertEquals(rle, Rle.parse(height, width, rle.text()));
            assertEquals(rle, Rle.ofRuns(height, width, rle.runs()));
        }
    }

    @Test
    void textIsCocos() {
        // columns of 4 in a 4 x 3 mask: 2 zeros, 3 ones, 6 zeros, 1 one; from the fourth run on, differences: 2, 3, 6, 1 - 3
        assertEquals("236N", Rle.ofRuns(4, 3, new int[] {2, 3, 6, 1}).text());
        assertEquals("P<", Rle.ofRuns(16, 24, new int[] {384}).text());
        assertEquals(2_000_000_000L, Rle.ofRuns(50_000, 40_000, new int[] {0, 2_000_000_000}).area(), "large runs fit");
    }

    @Test
    void unionIntersectionAndOverlapAreThoseOfThePixels() {
        for (int n = 0; n < 30; n++) {
            byte[] a = random(7, 11, 0.1 + 0.03 * n, n);
            byte[] b = random(7, 11, 0.5, 100 + n);
            byte[] union = new byte[a.length];
            byte[] common = new byte[a.length];
            double u = 0;
            double c = 0;
            double own = 0;
            for (int i = 0; i < a.length; i++) {
                union[i] = (byte) (a[i] | b[i]);
                common[i] = (byte) (a[i] & b[i]);
                u += union[i];
                c += common[i];
                own += a[i];
            }
            Rle first = Rle.encode(a, 7, 11);
            Rle second = Rle.encode(b, 7, 11);
            assertArrayEquals(union, Rle.merge(List.of(first, second), false).decode());
            assertArrayEquals(common, Rle.merge(List.of(first, second), true).decode());
            assertEquals(c / u, first.overlap(second, false));
            assertEquals(own == 0 ? 0 : c / own, first.overlap(second, true));
        }
    }

    @Test
    void damagedTextsAndRunsAreRefused() {
        for (String text : List.of("", "P", "\u007f", "-1", "PPPPPPPPPP1", "P<0N", "0Q<")) {
            assertThrows(IllegalArgumentException.class, () -> Rle.parse(16, 24, text), text);
        }
        assertThrows(IllegalArgumentException.class, () -> Rle.ofRuns(2, 2, new int[] {5, -1}));
        assertThrows(IllegalArgumentException.class, () -> Rle.ofRuns(1 << 20, 1 << 20, new int[0]));
        assertThrows(IllegalArgumentException.class, () -> Rle.ofRuns(2, 2, new int[] {4}).toRle(4, 1));
    }

    @Test
    void anOutlineCoversThePixelsWhoseMiddleItEncloses() {
        Rle square = new Polygons(List.of(new double[] {2, 3, 7, 3, 7, 9, 2, 9})).toRle(12, 10);
        assertEquals(new BoundingBox(2, 3, 5, 6), square.bounds());
        assertEquals(30, square.area());
        Rle two = new Polygons(List.of(new double[] {2, 3, 7, 3, 7, 9, 2, 9}, new double[] {-5, -5, 4, -5, 4, 40, -5, 40}))
                .toRle(12, 10);
        assertEquals(30 + 4 * 12 - 2 * 6, two.area(), "a union, cut at the borders");
        assertEquals(0, new Polygons(List.of(new double[] {4, 4, 4, 4, 4, 4})).toRle(12, 10).area());
        assertEquals(new Polygons(List.of(new double[] {2, 3, 7, 3, 7, 9, 2, 9})).bounds(), square.bounds());
    }

    @Test
    void largeOutlinesHaveTheAreaOfTheirShape() {
        double[] circle = new double[2 * 90];
        for (int i = 0; i < 90; i++) {
            circle[2 * i] = 100 + 80 * Math.cos(i * Math.PI / 45);
            circle[2 * i + 1] = 90 + 80 * Math.sin(i * Math.PI / 45);
        }
        assertEquals(Math.PI * 80 * 80, new Polygons(List.of(circle)).toRle(200, 210).area(), 100);
        double[] reversed = new double[circle.length];
        for (int i = 0; i < 90; i++) {
            reversed[2 * i] = circle[circle.length - 2 - 2 * i];
            reversed[2 * i + 1] = circle[circle.length - 1 - 2 * i];
        }
        assertEquals(new Polygons(List.of(circle)).toRle(200, 210), new Polygons(List.of(reversed)).toRle(200, 210));
    }

    @Test
    void outlinesNeedThreePointsAndNumbers() {
        assertThrows(IllegalArgumentException.class, () -> new Polygons(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Polygons(List.of(new double[] {1, 2, 3, 4})));
        assertThrows(IllegalArgumentException.class, () -> new Polygons(List.of(new double[] {1, 2, 3, 4, 5, Double.NaN})));
        assertThrows(IllegalArgumentException.class, () -> new Polygons(List.of(new double[] {1, 2, 3, 4, 5, 1e9})));
    }
}
