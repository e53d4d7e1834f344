package org.equirepro.vision.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.equirepro.base.Draws;
import org.junit.jupiter.api.Test;

final class PatchMaskTest {

    private static final PatchMask IBOT = new PatchMask(new double[] {0, 0.3}, new double[] {0, 0.2}, true, 0.3, 1 / 0.3);

    private static int count(boolean[] mask) {
        int n = 0;
        for (boolean hidden : mask) {
            n += hidden ? 1 : 0;
        }
        return n;
    }

    @Test
    void halfOfTheViewsAreWholeAndNoneIsHiddenBeyondItsRatio() {
        int whole = 0;
        for (int i = 0; i < 2000; i++) {
            int hidden = count(IBOT.draw(Draws.at(1, 0, i, 0, "mask"), 14, 14));
            whole += hidden == 0 ? 1 : 0;
            assertTrue(hidden <= 98);
        }
        assertEquals(0.5, whole / 2000.0, 0.04);
    }

    @Test
    void aMaskDependsOnItsPlaceOnlyAndGridsNeedNotBeSquare() {
        PatchMask mask = new PatchMask(new double[] {0.4}, new double[] {0}, true, 0.3, 3);
        assertArrayEquals(mask.draw(Draws.at(1, 0, 5, 0, "mask"), 6, 11), mask.draw(Draws.at(1, 0, 5, 0, "mask"), 6, 11));
        for (int side = 1; side < 5; side++) {
            assertTrue(count(mask.draw(Draws.at(1, 0, side, 0, "mask"), side, 3)) <= 0.4 * 3 * side);
        }
    }

    @Test
    void singlePatchesAreExactlyAsManyAsTheRatioSays() {
        PatchMask mask = new PatchMask(new double[] {0.75}, new double[] {0}, false, 1, 1);
        for (int i = 0; i < 50; i++) {
            assertEquals(27, count(mask.draw(Draws.at(1, 0, i, 0, "mask"), 6, 6)));
        }
    }

    @Test
    void aSmallerLeastBlockComesCloserToTheRatio() {
        PatchMask ibot = new PatchMask(new double[] {0.1}, new double[] {0}, true, 0.3, 1 / 0.3);
        PatchMask dinov2 = new PatchMask(new double[] {0.1}, new double[] {0}, true, 0.3, 1 / 0.3, 4);
        int large = 0;
        int small = 0;
        for (int i = 0; i < 500; i++) {
            large += count(ibot.draw(Draws.at(1, 0, i, 0, "mask"), 14, 14));
            small += count(dinov2.draw(Draws.at(1, 0, i, 0, "mask"), 14, 14));
        }
        assertTrue(small > large && small <= 500 * 19.6, small + " and " + large + " of " + 500 * 19.6);
    }

    @Test
    void wrongRatiosAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PatchMask(new double[] {0.1}, new double[] {0.2}, true, 0.3, 3));
        assertThrows(IllegalArgumentException.class, () -> new PatchMask(new double[] {0.1}, new double[0], true, 0.3, 3));
    }
}
