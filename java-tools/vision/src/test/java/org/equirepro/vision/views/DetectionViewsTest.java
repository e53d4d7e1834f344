package org.equirepro.vision.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.dense.Polygons;
import org.equirepro.vision.dense.Rle;
import org.equirepro.vision.dense.Segmentation;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.views.DetectionViews.Design;
import org.equirepro.vision.views.DetectionViews.Parameters;
import org.junit.jupiter.api.Test;

final class DetectionViewsTest {

    private static final int WIDTH = 60;
    private static final int HEIGHT = 40;
    private static final int[] AT = {14, 8, 24, 20}; // x, y, width, height of a white rectangle

    private static Picture picture() {
        Picture picture = Picture.black(WIDTH, HEIGHT);
        for (int y = AT[1]; y < AT[1] + AT[3]; y++) {
            for (int x = 3 * AT[0]; x < 3 * (AT[0] + AT[2]); x++) {
                picture.rgb()[3 * y * WIDTH + x] = (byte) 255;
            }
        }
        return picture;
    }

    private static Polygons outline() {
        return new Polygons(List.of(new double[] {AT[0], AT[1], AT[0] + AT[2], AT[1], AT[0] + AT[2], AT[1] + AT[3], AT[0], AT[1] + AT[3]}));
    }

    private static Instance object(Segmentation mask, boolean crowd) {
        double[] keypoints = new double[51];
        for (int k = 0; k < 17; k++) { // left ones at the left side, right ones at the right side, the nose not given
            keypoints[3 * k] = k % 2 == 1 ? AT[0] : AT[0] + AT[2] - 1;
            keypoints[3 * k + 1] = AT[1] + k;
            keypoints[3 * k + 2] = k == 0 ? 0 : 2;
        }
        return new Instance(1, 0, 1, new BoundingBox(AT[0], AT[1], AT[2], AT[3]), AT[2] * AT[3], crowd, false, Optional.ofNullable(mask),
                keypoints, Optional.empty());
    }

    private static PictureObjects known(Instance... objects) {
        return new PictureObjects(1, WIDTH, HEIGHT, List.of(objects));
    }

    @Test
    void objectsGoWhereThePictureGoes() {
        DetectionViews views = new DetectionViews(new Design(48, 0.5, 2, true));
        int mirrored = 0;
        int cut = 0;
        int gone = 0;
        for (int sample = 0; sample < 60; sample++) {
            Parameters drawn = views.draw(WIDTH, HEIGHT, 3, 1, sample);
            mirrored += drawn.flip() ? 1 : 0;
            byte[] rgb = new byte[3 * 48 * 48];
            views.picture(picture(), drawn, rgb);
            Rle whole = outline().toRle(HEIGHT, WIDTH);
            List<Instance> objects = views.objects(known(object(outline(), false), object(whole, false)), drawn);
            int bright = 0;
            for (int i = 0; i < 48 * 48; i++) {
                boolean inside = i % 48 < drawn.crop().width() && i / 48 < drawn.crop().height();
                bright += inside && (rgb[3 * i] & 0xFF) > 127 ? 1 : 0;
                assertTrue(inside || rgb[3 * i] == (byte) 128, "padding");
            }
            if (objects.isEmpty()) {
                gone++;
                assertTrue(bright < 60, bright + " pixels of an object that is gone");
                continue;
            }
            for (Instance object : objects) {
                byte[] mask = ((Rle) object.mask().orElseThrow()).decode();
                int differ = 0;
                for (int i = 0; i < mask.length; i++) {
                    boolean inside = i % 48 < drawn.crop().width() && i / 48 < drawn.crop().height();
                    differ += inside && mask[i] == 1 != (rgb[3 * i] & 0xFF) > 127 ? 1 : 0;
                }
                assertTrue(differ <= 120, sample + ": " + differ + " of " + bright + " pixels differ");
                BoundingBox bounds = object.mask().get().bounds();
                assertEquals(bounds.x(), object.box().x(), 1.5);
                assertEquals(bounds.y() + bounds.height(), object.box().y() + object.box().height(), 1.5);
                cut += object.box().width() < 0.95 * AT[2] * drawn.width() / WIDTH ? 1 : 0;
                keypointsAreOnTheirSides(object, drawn);
            }
        }
        assertTrue(mirrored > 15 && mirrored < 45, mirrored + " of 60");
        assertTrue(cut > 5, cut + " cut");
        assertTrue(gone < 20, gone + " gone");
    }

    private static void keypointsAreOnTheirSides(Instance object, Parameters drawn) {
        assertEquals(0, object.keypoints()[2], "the nose is not given");
        double scale = (double) drawn.width() / WIDTH;
        for (int k = 1; k < 17; k++) {
            double x = object.keypoints()[3 * k];
            if (object.keypoints()[3 * k + 2] > 0) {
                // what is on the left stays on the left of the mirrored picture, where its name is that of the other side
                double expected = (k % 2 == 1 ? AT[0] + 0.5 : AT[0] + AT[2] - 0.5) * scale - drawn.crop().left();
                double other = drawn.crop().width() - ((k % 2 == 1 ? AT[0] + AT[2] - 0.5 : AT[0] + 0.5) * scale - drawn.crop().left());
                assertEquals(drawn.flip() ? other : expected, x + 0.5, 1e-9, "point " + k);
            }
        }
    }

    @Test
    void crowdsAndWhatHasNoMaskIsNotLearntFrom() {
        DetectionViews views = new DetectionViews(new Design(48, 1, 1, false));
        Parameters whole = views.whole(WIDTH, HEIGHT);
        Instance flat = object(new Polygons(List.of(new double[] {3, 3, 30, 3, 12, 3})), false);
        assertEquals(0, views.objects(known(object(outline(), true), object(null, false), flat), whole).size());
        assertEquals(0, views.objects(known(), whole).size());
        assertEquals(1, views.objects(known(object(outline(), false)), whole).size());
    }

    @Test
    void theSameDrawsGiveTheSameViewAndAnotherSampleAnother() {
        DetectionViews views = new DetectionViews(new Design(48, 0.5, 2, true));
        assertEquals(views.draw(WIDTH, HEIGHT, 3, 1, 5), views.draw(WIDTH, HEIGHT, 3, 1, 5));
        assertNotEquals(views.draw(WIDTH, HEIGHT, 3, 1, 5), views.draw(WIDTH, HEIGHT, 3, 1, 6));
        assertNotEquals(views.draw(WIDTH, HEIGHT, 3, 1, 5), views.draw(WIDTH, HEIGHT, 3, 2, 5));
    }

    @Test
    void aPersonsViewShowsTheKeypointsWhereTheySay() {
        PersonViews views = new PersonViews(new PersonViews.Design(48, 64, 1.25, 40, 0.8, 0.7, 1.4, true));
        Picture dots = Picture.black(WIDTH, HEIGHT);
        double[] xyv = new double[51];
        for (int k = 1; k < 17; k++) {
            xyv[3 * k] = 12 + 7 * (k % 4);
            xyv[3 * k + 1] = 8 + 6 * (k / 4);
            xyv[3 * k + 2] = 2;
            for (int i = 0; i < 9; i++) { // 3 x 3 pixels: a view may be coarser than the picture
                dots.rgb()[3 * (((int) xyv[3 * k + 1] + i / 3 - 1) * WIDTH + (int) xyv[3 * k] + i % 3 - 1)] = (byte) 255;
            }
        }
        int flips = 0;
        int turns = 0;
        for (int sample = 0; sample < 30; sample++) {
            PersonViews.Parameters drawn = views.draw(new BoundingBox(8, 4, 40, 32), 3, 1, sample);
            flips += drawn.flip() ? 1 : 0;
            turns += drawn.degrees() != 0 ? 1 : 0;
            byte[] rgb = new byte[3 * 48 * 64];
            views.picture(dots, drawn, rgb);
            double[] moved = views.keypoints(xyv, drawn);
            for (int k = 1; k < 17; k++) {
                int x = (int) Math.rint(moved[3 * k]);
                int y = (int) Math.rint(moved[3 * k + 1]);
                if (x > 1 && y > 1 && x < 46 && y < 62) {
                    int brightest = rgb[3 * (y * 48 + x)] & 0xFF;
                    assertTrue(brightest > 100, sample + ": point " + k + " is not at " + x + ", " + y);
                }
            }
        }
        PersonViews.Parameters mirror = new PersonViews.Parameters(28, 20, 50, 67, 10, true);
        double[] straight = views.keypoints(xyv, new PersonViews.Parameters(28, 20, 50, 67, 10, false));
        double[] mirrored = views.keypoints(xyv, mirror);
        assertEquals(47 - straight[3 * 5], mirrored[3 * 6], 1e-9); // the left shoulder became the right one
        assertEquals(straight[3 * 5 + 1], mirrored[3 * 6 + 1], 1e-9);
        assertTrue(flips > 5 && flips < 25, flips + " of 30");
        assertTrue(turns > 15 && turns < 30, turns + " of 30");
        PersonViews.Parameters plain = views.plain(new BoundingBox(8, 4, 40, 32));
        double[] there = views.keypoints(new double[] {20, 17, 2}, plain);
        assertArrayEquals(new double[] {20, 17}, views.back(there[0], there[1], plain), 1e-9);
    }
}
