package org.equirepro.vision.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.equirepro.base.Draws;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.views.SegmentationViews.Design;
import org.equirepro.vision.views.SegmentationViews.View;
import org.junit.jupiter.api.Test;

final class SegmentationViewsTest {

    private static final int WIDTH = 60;
    private static final int HEIGHT = 40;

    /** Columns of 4 pixels, each of its own grey and class. */
    private static Picture picture() {
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (10 * (i / 3 % WIDTH / 4));
        }
        return new Picture(WIDTH, HEIGHT, rgb);
    }

    private static LabelMap labels() {
        byte[] labels = new byte[WIDTH * HEIGHT];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) (i % WIDTH / 4);
        }
        return new LabelMap(WIDTH, HEIGHT, labels);
    }

    private static View view(Design design, int sample) {
        return new SegmentationViews(design).view(picture(), labels(), 3, 1, sample);
    }

    @Test
    void pictureAndLabelsStayTogether() {
        Design design = new Design(120, 80, 1, 1, 32, 1); // twice as large, no mixing inside of the 8 pixel wide columns
        int mirrored = 0;
        for (int sample = 0; sample < 20; sample++) {
            View view = view(design, sample);
            mirrored += view.drawn().flip() ? 1 : 0;
            byte[] expected = new byte[32 * 32 * 3];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = (byte) (10 * view.labels().labels()[i / 3]);
            }
            view.drawn().colours().apply(expected);
            int differ = 0;
            for (int i = 0; i < expected.length; i++) {
                differ += Math.abs((expected[i] & 0xFF) - (view.picture().rgb()[i] & 0xFF)) > 3 ? 1 : 0;
            }
            assertTrue(differ < expected.length / 3, differ + " of " + expected.length); // the borders of columns are mixed
        }
        assertTrue(mirrored > 3 && mirrored < 17, mirrored + " of 20");
    }

    @Test
    void labelsOfAScaledPictureAreNotAside() {
        double aside = 0;
        for (int sample = 0; sample < 200; sample++) {
            View view = view(new Design(60, 40, 0.5, 2, 128, 1), sample);
            int border = 7; // the columns of classes 0 to 6 end at pixel 28 of 60
            long before = java.util.stream.IntStream.range(0, view.drawn().width()).filter(x -> view.labels().label(x, 0) < border).count();
            aside += (before - 28.0 * view.drawn().width() / WIDTH) / 200;
        }
        assertEquals(0, aside, 0.1, "pixels of the view, on average");
    }

    @Test
    void theSameDrawsGiveTheSameViewAndAnotherSampleAnother() {
        Design design = new Design(60, 40, 0.5, 2, 24, 0.75);
        assertEquals(view(design, 5).drawn(), view(design, 5).drawn());
        assertArrayEquals(view(design, 5).picture().rgb(), view(design, 5).picture().rgb());
        assertNotEquals(view(design, 5).drawn(), view(design, 6).drawn());
    }

    @Test
    void aSmallPictureIsPaddedWithoutLabel() {
        View view = view(new Design(30, 20, 1, 1, 32, 1), 0);
        assertEquals(30, view.drawn().width());
        assertEquals(20, view.drawn().height());
        assertEquals(LabelMap.IGNORE, view.labels().label(30, 0));
        assertEquals(LabelMap.IGNORE, view.labels().label(0, 20));
        assertEquals(0, view.picture().value(31, 31, 0));
        assertNotEquals(LabelMap.IGNORE, view.labels().label(29, 19));
    }

    @Test
    void aCropOfOneClassIsAvoided() {
        byte[] labels = new byte[WIDTH * HEIGHT];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) (i % WIDTH < 50 ? 0 : 1);
        }
        LabelMap map = new LabelMap(WIDTH, HEIGHT, labels);
        int free = 0;
        int limited = 0;
        for (int sample = 0; sample < 60; sample++) {
            free += ones(new Design(60, 40, 1, 1, 20, 1), map, sample);
            limited += ones(new Design(60, 40, 1, 1, 20, 0.75), map, sample);
        }
        assertTrue(limited > 2 * free, free + " and " + limited + " of 60 show both classes");
    }

    private static int ones(Design design, LabelMap map, int sample) {
        byte[] labels = new SegmentationViews(design).view(picture(), map, 3, 1, sample).labels().labels();
        long ones = java.util.stream.IntStream.range(0, labels.length).filter(i -> labels[i] == 1).count();
        return ones > 0.25 * labels.length && ones < 0.75 * labels.length ? 1 : 0;
    }

    @Test
    void colourDistortionStaysInItsRangesAndNoneChangesNothing() {
        byte[] rgb = picture().rgb().clone();
        PhotometricDistortion.NONE.apply(rgb);
        assertArrayEquals(picture().rgb(), rgb);
        new PhotometricDistortion(32, 1, false, 1, 0).apply(rgb);
        assertEquals(32 + 10, rgb[12] & 0xFF);
        byte[] bright = {(byte) 250, 0, 100};
        new PhotometricDistortion(0, 1.5, true, 1, 0).apply(bright);
        assertArrayEquals(new byte[] {(byte) 255, 0, (byte) 150}, bright);
        boolean[] seen = new boolean[2];
        for (int i = 0; i < 100; i++) {
            PhotometricDistortion drawn = PhotometricDistortion.draw(Draws.at(0, 0, i, 0, "test"));
            assertTrue(Math.abs(drawn.brightness()) <= 32 && Math.abs(drawn.contrast() - 1) <= 0.5 && Math.abs(drawn.hue()) <= 0.1
                    && Math.abs(drawn.saturation() - 1) <= 0.5);
            seen[drawn.contrastFirst() ? 1 : 0] = true;
        }
        assertTrue(seen[0] && seen[1]);
    }

    @Test
    void labelsOfAnotherSizeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new SegmentationViews(Design.ADE20K).view(picture(),
                new LabelMap(2, 2, new byte[4]), 0, 0, 0));
    }
}
