package org.equirepro.vision.dense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.equirepro.vision.TestData;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.Homography;
import org.equirepro.vision.image.Picture;
import org.junit.jupiter.api.Test;

final class HomographyPairTest {

    /** Red grows to the right and green downwards, so that a pixel's colour says where it comes from. */
    private static Picture ramp(int width, int height) {
        Picture picture = Picture.black(width, height);
        for (int y = 0, o = 0; y < height; y++) {
            for (int x = 0; x < width; x++, o += 3) {
                picture.rgb()[o] = (byte) (x * 255 / (width - 1));
                picture.rgb()[o + 1] = (byte) (y * 255 / (height - 1));
            }
        }
        return picture;
    }

    @Test
    void cornersGoWhereTheyWereMoved() {
        double[] from = {10, 10, 90, 12, 88, 95, 7, 80};
        double[] to = {0, 3, 99, -4, 70, 99, 12, 66};
        Homography h = Homography.ofCorners(from, to);
        assertArrayEquals(to, h.apply(from), 1e-9);
        assertArrayEquals(from, h.inverse().apply(to), 1e-9);
        assertThrows(IllegalArgumentException.class, () -> Homography.ofCorners(new double[] {0, 0, 1, 1, 2, 2, 3, 3}, to));
    }

    @Test
    void warpingByAShiftCuts() {
        Picture source = TestData.noise(20, 14, 3);
        Picture cut = new Homography(1, 0, 3, 0, 1, 2, 0, 0, 1).warp(source, new Box(1, 4, 5, 6));
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 6; x++) {
                assertEquals(source.value(x + 7, y + 3, 1), cut.value(x, y, 1));
            }
        }
        assertEquals(0, new Homography(1, 0, 100, 0, 1, 0, 0, 0, 1).warp(source, new Box(0, 0, 2, 2)).value(1, 1, 0));
    }

    @Test
    void theSecondPatchShowsTheMovedCorners() {
        Picture ramp = ramp(640, 480);
        for (int sample = 0; sample < 20; sample++) {
            HomographyPair pair = HomographyPair.of(ramp, HomographyPair.Recipe.S_COCO, 42, 0, sample);
            for (int corner = 0; corner < 4; corner++) {
                int x = corner == 1 || corner == 2 ? 127 : 0;
                int y = corner >= 2 ? 127 : 0;
                for (int axis = 0; axis < 2; axis++) {
                    double place = pair.corners()[2 * corner + axis];
                    double moved = place + pair.displacement()[2 * corner + axis];
                    double scale = 255.0 / (axis == 0 ? 319 : 239);
                    assertEquals(place * scale, pair.first().value(x, y, axis), 2);
                    assertEquals(moved * scale, pair.second().value(x, y, axis), 2);
                    assertTrue(moved >= 0 && moved < (axis == 0 ? 320 : 240), "nothing comes from outside");
                }
            }
        }
    }

    @Test
    void drawsCoverTheirRangeAndDependOnTheSampleOnly() {
        Picture picture = TestData.noise(400, 300, 5);
        Set<Double> moves = new HashSet<>();
        for (int sample = 0; sample < 60; sample++) {
            double[] d = HomographyPair.of(picture, HomographyPair.Recipe.S_COCO, 1, 2, sample).displacement();
            Arrays.stream(d).forEach(moves::add);
            assertTrue(Arrays.stream(d).allMatch(v -> v >= -32 && v < 32 && v == Math.rint(v)));
        }
        assertTrue(moves.size() > 60 && moves.contains(-32.0) | moves.contains(31.0), "of 64 values: " + moves.size());
        HomographyPair one = HomographyPair.of(picture, HomographyPair.Recipe.S_COCO, 1, 2, 3);
        HomographyPair again = HomographyPair.of(picture, HomographyPair.Recipe.S_COCO, 1, 2, 3);
        assertArrayEquals(one.second().rgb(), again.second().rgb());
        assertFalse(Arrays.equals(one.displacement(),
                HomographyPair.of(picture, HomographyPair.Recipe.S_COCO, 1, 3, 3).displacement()));
    }

    @Test
    void photometricChangesKeepTheGeometry() {
        Picture ramp = ramp(320, 240);
        var recipe = new HomographyPair.Recipe(320, 240, 128, 32, new double[] {0.4, 0.4, 0.4, 0.1});
        HomographyPair plain = HomographyPair.of(ramp, HomographyPair.Recipe.S_COCO, 9, 0, 1);
        HomographyPair changed = HomographyPair.of(ramp, recipe, 9, 0, 1);
        assertArrayEquals(plain.displacement(), changed.displacement());
        assertFalse(Arrays.equals(plain.first().rgb(), changed.first().rgb()));
        assertThrows(IllegalArgumentException.class, () -> new HomographyPair.Recipe(320, 190, 128, 32, new double[4]));
    }
}
