package org.equirepro.models.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class BoxCodecTest {

    @Test
    void offsetsAreInAnchorSizesAndLogarithms() {
        float[] anchor = {10, 20, 30, 60}; // 20 x 40 around (20, 40)
        float[] box = {20, 20, 60, 40}; // 40 x 20 around (40, 30)
        float log2 = (float) Math.log(2);
        assertArrayEquals(new float[] {10, -2.5f, 5 * log2, -5 * log2}, new BoxCodec(10, 10, 5, 5).encode(anchor, box), 1e-5f);
    }

    @Test
    void decodingUndoesEncodingForEachClass() {
        BoxCodec codec = new BoxCodec(10, 10, 5, 5);
        float[] anchors = {10, 20, 30, 60, 0, 0, 5, 7};
        float[] boxes = {20, 20, 60, 40, 1, 2, 3, 9};
        float[] twice = new float[16];
        float[] deltas = codec.encode(anchors, boxes);
        for (int i = 0; i < 4; i++) {
            System.arraycopy(deltas, i / 2 * 4, twice, 4 * i, 4);
        }
        float[] decoded = codec.decode(anchors, twice, 2);
        for (int i = 0; i < 16; i++) {
            assertEquals(boxes[i / 8 * 4 + i % 4], decoded[i], 1e-4);
        }
    }

    @Test
    void aSideGrowsAtMostToAThousandSixteenths() {
        float[] decoded = new BoxCodec(1, 1, 1, 1).decode(new float[] {0, 0, 16, 16}, new float[] {0, 0, 99, 99}, 1);
        assertEquals(1000, decoded[2] - decoded[0], 1e-2);
    }

    @Test
    void numbersThatDoNotFitAreRefused() {
        BoxCodec codec = new BoxCodec(1, 1, 1, 1);
        assertThrows(IllegalArgumentException.class, () -> codec.encode(new float[4], new float[8]));
        assertThrows(IllegalArgumentException.class, () -> codec.decode(new float[4], new float[4], 2));
        assertThrows(IllegalArgumentException.class, () -> new Anchors(new double[1][1], new double[2][1]));
    }

    @Test
    void anchorsKeepTheirAreaAndLieCellByCell() {
        Anchors anchors = new Anchors(new double[][] {{32}, {64}}, new double[][] {{0.5, 1}, {1}});
        assertArrayEquals(new float[] {-23, -11, 23, 11, -16, -16, 16, 16}, anchors.cell(0));
        assertEquals(2, anchors.perCell(0));
        float[] all = anchors.all(new int[][] {{2, 2}, {1, 1}}, 16, 32);
        assertEquals((2 * 4 + 1) * 4, all.length);
        assertArrayEquals(new float[] {-23 + 16, -11, 23 + 16, 11}, java.util.Arrays.copyOfRange(all, 8, 12)); // second cell of the first row
        assertArrayEquals(new float[] {-16, -16 + 8, 16, 16 + 8}, java.util.Arrays.copyOfRange(all, 20, 24)); // first of the second row
        assertArrayEquals(new float[] {-32, -32, 32, 32}, java.util.Arrays.copyOfRange(all, 32, 36));
    }
}
