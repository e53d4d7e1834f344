package org.equirepro.models.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.equirepro.base.Draws;
import org.equirepro.vision.dense.Rle;
import org.junit.jupiter.api.Test;

final class SelectionTest {

    @Test
    void proposalsAreTheBestOfEachMapCutAtTheBorderAndFreeOfDoubles() {
        float[] boxes = {-5, -5, 10, 10, 0, 0, 10, 10.5f, 40, 40, 50, 50, // first map: the second covers the first
            0, 0, 10, 10, 60, 60, 60, 70}; // second map: its own box at the same place; one without width
        float[] logits = {1, 2, 0, 3, 9};
        ProposalSelection.Proposals all = new ProposalSelection(3, 9, 0.7, 1e-3).select(boxes, logits, new int[] {3, 2}, 45, 100);
        assertArrayEquals(new float[] {0, 0, 10, 10, 0, 0, 10, 10.5f, 40, 40, 50, 45}, all.boxes());
        assertArrayEquals(new float[] {(float) (1 / (1 + Math.exp(-3))), (float) (1 / (1 + Math.exp(-2))), 0.5f}, all.scores(), 1e-6f);
        assertEquals(1, new ProposalSelection(3, 1, 0.7, 1e-3).select(boxes, logits, new int[] {3, 2}, 45, 100).scores().length);
        assertEquals(1, new ProposalSelection(1, 9, 0.7, 1e-3).select(boxes, logits, new int[] {3, 2}, 45, 100).scores().length);
        assertThrows(IllegalArgumentException.class, () -> new ProposalSelection(1, 9, 0.7, 0).select(boxes, logits, new int[] {3}, 9, 9));
    }

    @Test
    void eachClassOfAProposalIsABoxOfItsOwnAndTheBackgroundNone() {
        BoxSelection selection = new BoxSelection(new BoxCodec(10, 10, 5, 5), 0.05, 0.5, 10);
        float[] proposals = {0, 0, 20, 20, 1, 0, 21, 20};
        float[] logits = {0, 2, 2, 5, 1, -9};
        BoxSelection.Objects objects = selection.select(logits, new float[24], proposals, 30, 30);
        assertArrayEquals(new int[] {1, 2}, objects.labels()); // the second proposal's class 1 is unsure, and covered
        assertArrayEquals(new float[] {0, 0, 20, 20, 0, 0, 20, 20}, objects.boxes());
        assertEquals(0.468, objects.scores()[0], 1e-3);
        assertEquals(1, new BoxSelection(new BoxCodec(10, 10, 5, 5), 0.05, 0.5, 1).select(logits, new float[24], proposals, 30, 30)
                .labels().length);
        assertEquals(0, selection.select(new float[0], new float[0], new float[0], 30, 30).labels().length);
        assertThrows(IllegalArgumentException.class, () -> selection.select(logits, new float[8], proposals, 30, 30));
    }

    @Test
    void aFullMapFillsItsBoxAndNothingElse() {
        float[] ones = new float[28 * 28];
        java.util.Arrays.fill(ones, 1);
        Rle mask = new PastedMask(ones, 28, new float[] {5, 10, 25, 40}, 50, 60).toRle(0.5);
        assertEquals(5, mask.bounds().x(), 1);
        assertEquals(10, mask.bounds().y(), 1);
        assertEquals(20 * 30, mask.area(), 2 * (20 + 30));
    }

    @Test
    void runsOfAPastedMaskAreThoseOfItsPixelsWhereverItLies() {
        float[][] boxes = {{5, 10, 25, 40}, {-10, -10, 80, 70}, {-3, -8, 20, 90}, {40, -5, 80, 20}, {30, 30, 70, 60}, {12, 0, 14, 50},
            {90, 90, 99, 99}, {-9, -9, -2, -2}, {0, 0, 60, 50}, {7, 7, 7, 7}};
        for (int i = 0; i < boxes.length; i++) {
            Draws draws = Draws.at(i, "map");
            float[] map = new float[14 * 14];
            for (int k = 0; k < map.length; k++) {
                map[k] = (float) draws.uniform(0.2, 1);
            }
            PastedMask pasted = new PastedMask(map, 14, boxes[i], 50, 60);
            float[] picture = pasted.picture();
            byte[] on = new byte[picture.length];
            for (int k = 0; k < on.length; k++) {
                on[k] = (byte) (picture[k] > 0.5 ? 1 : 0);
            }
            assertEquals(Rle.encode(on, 50, 60), pasted.toRle(0.5), "box " + i);
        }
        assertThrows(IllegalArgumentException.class, () -> new PastedMask(new float[3], 2, boxes[0], 50, 60));
    }
}
