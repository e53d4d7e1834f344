package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class MaskScoresTest {

    /** A mask drawn with # for what belongs to it. */
    private static boolean[] mask(String... rows) {
        String all = String.join("", rows);
        boolean[] mask = new boolean[all.length()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = all.charAt(i) == '#';
        }
        return mask;
    }

    private static boolean[] box(int width, int height, int left, int top, int right, int bottom) {
        boolean[] mask = new boolean[width * height];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % width >= left && i % width < right && i / width >= top && i / width < bottom;
        }
        return mask;
    }

    @Test
    void regionIsIntersectionOverUnion() {
        assertEquals(2.0 / 6, MaskScores.region(mask("##..", "##.."), mask(".##.", ".##.")), 1e-12);
        assertEquals(1, MaskScores.region(mask("...."), mask("....")), "nothing to find, nothing found");
        assertEquals(0, MaskScores.region(mask("#..."), mask("....")));
    }

    @Test
    void theOutlineLiesOnTheUpperLeftSide() {
        // differs from the right, from below or from both; the last column looks down only, the last row to the right only
        assertArrayEquals(mask("###.", "#.#.", "###.", "...."), MaskScores.outline(mask("....", ".##.", ".##.", "...."), 4, 4));
        assertArrayEquals(mask("...", "...", "..."), MaskScores.outline(mask("###", "###", "###"), 3, 3));
        assertArrayEquals(mask(".##", "...", "..."), MaskScores.outline(mask("..#", "...", "..."), 3, 3));
    }

    @Test
    void boundaryForgivesWhatIsNear() {
        // 100 x 75: a diagonal of 125 pixels, so outlines may lie a pixel apart
        boolean[] truth = box(100, 75, 20, 20, 40, 40);
        assertEquals(1, MaskScores.boundary(truth, truth, 100, 75));
        assertEquals(1, MaskScores.boundary(box(100, 75, 21, 20, 41, 40), truth, 100, 75), "a pixel aside");
        // three pixels aside: of 80 outline pixels 18 in each of two rows lie on the other outline, and next to it one more at the rows'
        // ends and one of the columns that begin there
        double near = 2 * (18 + 1 + 1) / 80.0;
        assertEquals(near, MaskScores.boundary(box(100, 75, 23, 20, 43, 40), truth, 100, 75), 1e-12);
        assertEquals(0, MaskScores.boundary(box(100, 75, 60, 20, 80, 40), truth, 100, 75));
    }

    @Test
    void emptyMasksScoreAllOrNothing() {
        boolean[] empty = new boolean[100 * 75];
        boolean[] some = box(100, 75, 20, 20, 40, 40);
        assertEquals(1, MaskScores.boundary(empty, empty, 100, 75));
        assertEquals(0, MaskScores.boundary(some, empty, 100, 75));
        assertEquals(0, MaskScores.boundary(empty, some, 100, 75));
    }
}
