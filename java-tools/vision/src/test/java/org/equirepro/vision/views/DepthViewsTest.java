package org.equirepro.vision.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.views.DepthViews.Design;
import org.equirepro.vision.views.DepthViews.View;
import org.junit.jupiter.api.Test;

final class DepthViewsTest {

    private static final int WIDTH = 20;
    private static final int HEIGHT = 12;
    private static final Box WITHIN = new Box(1, 2, 10, 16);

    /** Red is the column, green the row, depth says both. */
    private static Picture picture() {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            rgb[3 * i] = (byte) (100 + i % WIDTH);
            rgb[3 * i + 1] = (byte) (100 + i / WIDTH);
        }
        return new Picture(WIDTH, HEIGHT, rgb);
    }

    private static DepthMap depth() {
        float[] metres = new float[WIDTH * HEIGHT];
        for (int i = 0; i < metres.length; i++) {
            metres[i] = i % WIDTH + 100 * (i / WIDTH);
        }
        return new DepthMap(WIDTH, HEIGHT, metres);
    }

    private static View view(int sample) {
        return new DepthViews(new Design(8, 4, 0.25)).view(picture(), depth(), WITHIN, 3, 1, sample);
    }

    @Test
    void pictureAndDepthStayTogetherInsideOfTheFrame() {
        int mirrored = 0;
        int changed = 0;
        for (int sample = 0; sample < 40; sample++) {
            View view = view(sample);
            mirrored += view.drawn().flip() ? 1 : 0;
            boolean plain = view.drawn().gamma() == 1;
            changed += plain ? 0 : 1;
            for (int y = 0; y < 4; y++) {
                for (int x = 0; x < 8; x++) {
                    int at = (int) view.depth().metres()[8 * y + x];
                    int column = at % 100;
                    int row = at / 100;
                    assertTrue(column >= 2 && column < 18 && row >= 1 && row < 11, column + ", " + row);
                    int left = view.drawn().flip() ? 7 - x : x;
                    assertEquals(view.drawn().crop().left() + left, column);
                    assertEquals(view.drawn().crop().top() + y, row);
                    if (plain) {
                        assertEquals(100 + column, view.picture().value(x, y, 0));
                        assertEquals(100 + row, view.picture().value(x, y, 1));
                    }
                }
            }
        }
        assertTrue(mirrored > 8 && mirrored < 32 && changed > 8 && changed < 32, mirrored + " mirrored, " + changed + " changed of 40");
    }

    @Test
    void coloursAreChangedByGammaAndAFactorAChannel() {
        View view = view(java.util.stream.IntStream.range(0, 40).filter(i -> view(i).drawn().gamma() != 1 && !view(i).drawn().flip())
                .findFirst().orElseThrow());
        int before = picture().value(view.drawn().crop().left(), view.drawn().crop().top(), 0);
        double expected = 255 * Math.pow(before / 255.0, view.drawn().gamma()) * view.drawn().factors()[0];
        assertEquals(Math.min(255, Math.round(expected)), view.picture().value(0, 0, 0));
    }

    @Test
    void aSampleIsDrawnAnewInEveryEpochAndTheSameInEachRun() {
        assertArrayEquals(view(3).picture().rgb(), view(3).picture().rgb());
        assertEquals(view(3).drawn().crop(), view(3).drawn().crop());
        assertTrue(java.util.stream.IntStream.range(0, 10).mapToObj(i -> view(i).drawn().crop()).distinct().count() > 3);
    }

    @Test
    void aFrameSmallerThanTheCropIsNone() {
        assertThrows(IllegalArgumentException.class, () -> new DepthViews(new Design(8, 11, 0)).view(picture(), depth(), WITHIN, 3, 1, 0));
    }
}
