package org.equirepro.vision.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.equirepro.base.Draws;
import org.equirepro.vision.TestData;
import org.junit.jupiter.api.Test;

/** Rules that hold for any picture; the numbers of Pillow and torchvision are checked by the reference cases. */
final class TransformsTest {

    private static final Picture NOISE = TestData.noise(20, 14, 5);

    private static byte[] pixels(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static Picture plain(int width, int height, int value) {
        Picture picture = Picture.black(width, height);
        Arrays.fill(picture.rgb(), (byte) value);
        return picture;
    }

    @Test
    void resizingKeepsWhatIsEven() {
        for (Resampling filter : Resampling.values()) {
            assertArrayEquals(NOISE.rgb(), filter.resize(NOISE, 20, 14).rgb(), "same size");
            for (int[] size : new int[][] {{7, 5}, {33, 40}, {20, 5}, {3, 14}}) {
                assertArrayEquals(plain(size[0], size[1], 93).rgb(), filter.resize(plain(20, 14, 93), size[0], size[1]).rgb());
            }
        }
        // two neighbours by a triangle of width 2: weights 3/4 and 1/4 at the inner pixels
        Picture two = new Picture(2, 1, pixels(0, 0, 0, 200, 200, 200));
        assertArrayEquals(pixels(0, 0, 0, 50, 50, 50, 150, 150, 150, 200, 200, 200), Resampling.BILINEAR.resize(two, 4, 1).rgb());
    }

    @Test
    void aCropLooksAtNothingOutside() {
        Picture marked = new Picture(20, 14, NOISE.rgb().clone());
        Arrays.fill(marked.rgb(), 0, 3 * 20 * 4, (byte) 255); // rows above the box
        Box box = new Box(4, 3, 8, 9);
        assertArrayEquals(Resampling.BICUBIC.crop(NOISE, box, 16, 16).rgb(), Resampling.BICUBIC.crop(marked, box, 16, 16).rgb());
        assertArrayEquals(Resampling.BICUBIC.resize(Geometry.crop(NOISE, box), 16, 16).rgb(),
                Resampling.BICUBIC.crop(NOISE, box, 16, 16).rgb());
        assertThrows(IllegalArgumentException.class, () -> Resampling.BICUBIC.crop(NOISE, new Box(8, 0, 8, 9), 16, 16));
    }

    @Test
    void turnsAndShiftsMovePixels() {
        Picture square = TestData.noise(8, 8, 1);
        Picture turned = Geometry.rotate(square, 90, true, false, 0);
        assertEquals(square.value(7, 2, 1), turned.value(2, 0, 1), "counter-clockwise: the right edge becomes the upper one");
        assertArrayEquals(square.rgb(), Geometry.rotate(turned, -90, true, false, 0).rgb());
        assertArrayEquals(square.rgb(), Geometry.rotate(square, 720, true, false, 0).rgb());
        Picture wide = Geometry.rotate(NOISE, 90, false, true, 0);
        assertEquals(14, wide.width());
        assertEquals(200, Geometry.rotate(NOISE, 45, true, false, 200).value(0, 0, 2), "fill");
        Picture shifted = Geometry.translate(NOISE, 3, -2, true, 7);
        assertEquals(NOISE.value(5, 6, 0), shifted.value(8, 4, 0));
        assertEquals(7, shifted.value(2, 4, 0));
        assertArrayEquals(shifted.rgb(), Geometry.translate(NOISE, 3, -2, false, 7).rgb());
    }

    @Test
    void cropsAtTheCentre() {
        assertEquals(NOISE.value(5, 4, 0), Geometry.centreCrop(NOISE, 10, 6).value(0, 0, 0));
        Picture padded = Geometry.centreCrop(NOISE, 24, 17);
        assertEquals(0, padded.value(1, 5, 0));
        assertEquals(NOISE.value(0, 0, 1), padded.value(2, 1, 1));
        assertEquals(20 * 7 / 14, Geometry.resizeShort(NOISE, 7, Resampling.BILINEAR).width());
    }

    @Test
    void coloursAtTheEndsOfTheirRanges() {
        byte[] rgb = NOISE.rgb().clone();
        Augment.brightness(rgb, 1);
        Augment.contrast(rgb, 1);
        Augment.saturation(rgb, 1);
        assertArrayEquals(NOISE.rgb(), rgb, "factor 1");
        byte[] grey = NOISE.rgb().clone();
        Augment.saturation(grey, 0);
        byte[] expected = NOISE.rgb().clone();
        Augment.grayscale(expected);
        assertArrayEquals(expected, grey);
        Augment.hue(grey, 0.3);
        assertArrayEquals(expected, grey, "grey has no hue");
        Augment.contrast(rgb, 0);
        assertTrue(new Picture(20, 14, rgb).value(0, 0, 0) == new Picture(20, 14, rgb).value(9, 9, 2), "one grey");
        Augment.brightness(rgb, 0);
        assertArrayEquals(new byte[rgb.length], rgb);
        byte[] half = pixels(10, 101, 255);
        Augment.brightness(half, 0.5);
        assertArrayEquals(pixels(5, 50, 127), half, "cut, not rounded");
        byte[] bright = pixels(10, 101, 200);
        Augment.brightness(bright, 1.5);
        assertArrayEquals(pixels(15, 151, 255), bright);
        byte[] red = pixels(255, 0, 0);
        Augment.hue(red, 1 / 3.0);
        assertArrayEquals(pixels(0, 255, 0), red);
        byte[] sun = pixels(127, 128, 255);
        Augment.solarize(sun, 128);
        assertArrayEquals(pixels(127, 127, 0), sun);
    }

    @Test
    void flippingTwiceChangesNothing() {
        byte[] rgb = NOISE.rgb().clone();
        Augment.flip(rgb, 20, 14);
        assertEquals(NOISE.value(0, 3, 2), new Picture(20, 14, rgb).value(19, 3, 2));
        Augment.flip(rgb, 20, 14);
        assertArrayEquals(NOISE.rgb(), rgb);
    }

    @Test
    void blurHasTheVarianceAskedFor() {
        byte[] same = plain(11, 5, 180).rgb();
        Augment.gaussianBlur(same, 11, 5, 3);
        assertArrayEquals(plain(11, 5, 180).rgb(), same);
        byte[] rgb = NOISE.rgb().clone();
        Augment.gaussianBlur(rgb, 20, 14, 0);
        assertArrayEquals(NOISE.rgb(), rgb);
        for (double sigma : new double[] {2, 4}) {
            Picture point = Picture.black(61, 61);
            for (int y = 20; y < 41; y++) {
                for (int x = 20; x < 41; x++) {
                    Arrays.fill(point.rgb(), 3 * (61 * y + x), 3 * (61 * y + x) + 3, (byte) 255);
                }
            }
            Augment.gaussianBlur(point.rgb(), 61, 61, sigma);
            double mass = 0;
            double moment = 0;
            for (int x = 0; x < 61; x++) {
                mass += point.value(x, 30, 0);
                moment += point.value(x, 30, 0) * Math.pow(x - 30, 2);
            }
            assertEquals(sigma * sigma, moment / mass - (21 * 21 - 1) / 12.0, 0.15 * sigma * sigma, "variances add up");
        }
        assertThrows(IllegalArgumentException.class, () -> Augment.gaussianBlur(rgb, 20, 14, -1));
    }

    @Test
    void floatsAgreeWithBytes() {
        FloatPicture in = FloatPicture.of(NOISE);
        byte[] rgb = NOISE.rgb().clone();
        Augment.brightness(rgb, 1.3);
        near(rgb, FloatTransforms.brightness(in, 1.3), 1.01);
        Augment.contrast(rgb, 0.7);
        near(rgb, FloatTransforms.contrast(FloatTransforms.brightness(in, 1.3), 0.7), 2.01);
        near(Geometry.translate(NOISE, 4, 2, true, 0).rgb(), FloatTransforms.affine(in, 0, 4, 2, 1, 0, 0, true), 0.01);
        near(Resampling.BILINEAR.resize(NOISE, 9, 11).rgb(), FloatTransforms.resize(in, Resampling.BILINEAR, 9, 11), 1.01);
        assertThrows(IllegalArgumentException.class, () -> FloatTransforms.gaussianBlur(in, 4, 1));
    }

    private static void near(byte[] rgb, FloatPicture floats, double levels) {
        int plane = floats.width() * floats.height();
        for (int i = 0; i < rgb.length; i++) {
            assertEquals(rgb[i] & 0xFF, 255 * floats.values()[i % 3 * plane + i / 3], levels);
        }
    }

    @Test
    void labelsAreNeverMixed() {
        byte[] map = {0, 1, 2, 3};
        assertArrayEquals(new byte[] {0, 3}, NearestResize.PILLOW.resize(new byte[] {9, 0, 9, 9, 3, 9}, 6, 1, 1, 2, 1));
        for (NearestResize way : NearestResize.values()) {
            assertArrayEquals(new byte[] {0, 0, 1, 1, 2, 2, 3, 3}, way.resize(map, 4, 1, 1, 8, 1), way.name());
        }
    }

    @Test
    void randomCropsLieInside() {
        for (int i = 0; i < 2000; i++) {
            Box box = RandomResizedCrop.params(Draws.at(3, 0, i, 0, "crop"), 31, 17, 0.08, 1, 0.75, 1.3);
            assertTrue(box.top() >= 0 && box.left() >= 0 && box.height() > 0 && box.width() > 0);
            assertTrue(box.top() + box.height() <= 17 && box.left() + box.width() <= 31);
        }
        assertEquals(new Box(0, 36, 20, 28), RandomResizedCrop.params(Draws.at(1, "x"), 100, 20, 0.9, 1, 0.75, 1.4), "centre");
        assertEquals(new Box(36, 0, 27, 20), RandomResizedCrop.params(Draws.at(1, "x"), 20, 100, 0.9, 1, 0.75, 1.4), "centre");
    }
}
