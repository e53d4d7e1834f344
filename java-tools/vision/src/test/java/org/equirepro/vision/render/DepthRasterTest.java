package org.equirepro.vision.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.equirepro.base.Draws;
import org.junit.jupiter.api.Test;

class DepthRasterTest {

    /** Two triangles that make a square of side 6 at this nearness, anticlockwise in a picture whose rows run down. */
    private static void square(DepthRaster raster, int number, double left, double nearness) {
        double[] p = {left, 1, nearness, left, 7, nearness, left + 6, 7, nearness, left + 6, 1, nearness};
        raster.draw(number, p, 0, 3, 6);
        raster.draw(number, p, 0, 6, 9);
    }

    @Test
    void theNearerTriangleIsSeenWhateverTheOrderOfDrawing() {
        for (boolean nearFirst : new boolean[] {true, false}) {
            DepthRaster raster = new DepthRaster(12);
            square(raster, nearFirst ? 1 : 2, nearFirst ? 4 : 1, nearFirst ? 0.9 : 0.5);
            square(raster, nearFirst ? 2 : 1, nearFirst ? 1 : 4, nearFirst ? 0.5 : 0.9);
            assertEquals(2, raster.front(2, 3));
            assertEquals(1, raster.front(5, 3), "where both are");
            assertEquals(1, raster.front(9, 3));
            assertEquals(DepthRaster.NOTHING, raster.front(0, 3));
            assertEquals(0.9f, raster.nearness(5, 3));
        }
    }

    @Test
    void ofTwoEquallyNearTheFirstStays() {
        DepthRaster raster = new DepthRaster(12);
        square(raster, 7, 2, 0.5);
        square(raster, 8, 2, 0.5);
        assertEquals(7, raster.front(4, 4));
    }

    @Test
    void aTriangleSeenFromBehindIsNotDrawn() {
        DepthRaster raster = new DepthRaster(12);
        double[] p = {1, 1, 1, 1, 9, 1, 9, 9, 1};
        raster.draw(1, p, 0, 6, 3);
        assertEquals(DepthRaster.NOTHING, raster.front(2, 6));
        raster.draw(1, p, 0, 3, 6);
        assertEquals(1, raster.front(2, 6));
    }

    @Test
    void crossingTrianglesAreCutWhereTheyCross() {
        DepthRaster raster = new DepthRaster(16);
        double[] level = {0, 0, 0.5, 0, 16, 0.5, 16, 16, 0.5, 16, 0, 0.5};
        double[] sloping = {0, 0, 0, 0, 16, 0, 16, 16, 1, 16, 0, 1};
        raster.draw(1, level, 0, 3, 6);
        raster.draw(1, level, 0, 6, 9);
        raster.draw(2, sloping, 0, 3, 6);
        raster.draw(2, sloping, 0, 6, 9);
        for (int row = 0; row < 16; row++) {
            for (int column = 0; column < 16; column++) {
                assertEquals(column < 8 ? 1 : 2, raster.front(column, row));
            }
        }
    }

    @Test
    void aFanWithoutGapsLeavesNoHoles() {
        Draws draws = Draws.at(3, "fan");
        for (int trial = 0; trial < 20; trial++) {
            DepthRaster raster = new DepthRaster(64);
            double[] p = {draws.uniform(20, 44), draws.uniform(20, 44), 1, 0, 0, 1, 0, 64, 1, 64, 64, 1, 64, 0, 1};
            for (int i = 1; i <= 4; i++) {
                raster.draw(i, p, 0, 3 * i, 3 * (i % 4 + 1));
            }
            for (int cell = 0; cell < 64 * 64; cell++) {
                assertEquals(false, raster.front(cell % 64, cell / 64) == DepthRaster.NOTHING, "hole at " + cell);
            }
        }
    }
}
