package org.equirepro.tensor.boxes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class NmsTest {

    /** Two boxes that share half of each, a third apart, a fourth equal to the first. */
    private static final float[] BOXES = {0, 0, 10, 10, 5, 0, 15, 10, 30, 30, 40, 40, 0, 0, 10, 10};

    @Test
    void theBestBoxSuppressesWhatOverlapsItByMore() {
        float[] scores = {0.5f, 0.9f, 0.1f, 0.4f};
        assertArrayEquals(new int[] {1, 2}, Nms.keep(BOXES, scores, 0.3)); // 50 shared of 150: 1/3
        assertArrayEquals(new int[] {1, 0, 2}, Nms.keep(BOXES, scores, 0.34));
    }

    @Test
    void anOverlapEqualToTheThresholdStays() {
        float[] boxes = {0, 0, 2, 1, 1, 0, 2, 1};
        assertArrayEquals(new int[] {0, 1}, Nms.keep(boxes, new float[] {2, 1}, 0.5));
    }

    @Test
    void aSuppressedBoxSuppressesNothing() {
        float[] boxes = {0, 0, 10, 10, 4, 0, 14, 10, 8, 0, 18, 10};
        assertArrayEquals(new int[] {0, 2}, Nms.keep(boxes, new float[] {3, 2, 1}, 0.4));
    }

    @Test
    void amongEqualScoresTheFirstWins() {
        assertArrayEquals(new int[] {0, 1, 2}, Nms.keep(BOXES, new float[] {1, 1, 1, 1}, 0.5));
        assertArrayEquals(new int[] {0, 2, 1, 3}, Nms.order(new float[] {0f, -1, -0f, Float.NEGATIVE_INFINITY}));
        assertArrayEquals(new int[] {2, 3, 0, 1}, Nms.order(new float[] {1, -2, Float.NaN, Float.POSITIVE_INFINITY}));
    }

    @Test
    void classesDoNotSuppressEachOther() {
        float[] scores = {0.5f, 0.9f, 0.1f, 0.4f};
        assertArrayEquals(new int[] {1, 0, 3, 2}, Nms.keepByClass(BOXES, scores, new int[] {1, 2, 1, 3}, 0.1));
        assertArrayEquals(new int[] {1, 0, 2}, Nms.keepByClass(BOXES, scores, new int[] {1, 2, 1, 1}, 0.1));
    }

    @Test
    void emptyBoxesAreKept() {
        float[] boxes = {5, 5, 5, 5, 5, 5, 5, 5};
        assertTrue(Float.isNaN(Boxes.iou(boxes, 0, boxes, 1)));
        assertArrayEquals(new int[] {1, 0}, Nms.keep(boxes, new float[] {1, 2}, 0));
        assertEquals(0, Nms.keep(new float[0], new float[0], 0.5).length);
    }

    @Test
    void numbersThatDoNotFitAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Nms.keep(BOXES, new float[3], 0.5));
        assertThrows(IllegalArgumentException.class, () -> Nms.keep(new float[5], new float[1], 0.5));
        assertThrows(IllegalArgumentException.class, () -> Nms.keepByClass(BOXES, new float[4], new int[3], 0.5));
    }

    @Test
    void clippingMovesCoordinatesToTheBorder() {
        float[] boxes = {-3, 2, 50, 9, 1, 1, 4, 40};
        assertArrayEquals(new float[] {0, 2, 20, 9, 1, 1, 4, 10}, Boxes.clip(boxes, 20, 10));
        assertArrayEquals(new int[] {0}, Boxes.atLeast(boxes, 7));
        assertArrayEquals(new float[] {1, 1, 4, 40}, Boxes.select(boxes, new int[] {1}));
    }
}
