package org.equirepro.vision.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.image.FloatPicture;
import org.equirepro.vision.image.FloatTransforms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The batched transformations against the picture-by-picture ones, which are checked against torchvision. */
final class PictureTransformTest {

    private static final int SIDE = 24;
    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    private static float[] noise(int pictures) {
        Draws draws = Draws.at(3, "noise");
        float[] values = new float[pictures * 3 * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.uniform();
        }
        return values;
    }

    private static FloatPicture picture(float[] chw) {
        return new FloatPicture(3, SIDE, SIDE, chw);
    }

    /** Mean 0 and deviation 1: normalisation changes nothing. */
    private static Normalisation none(NDManager manager) {
        return Normalisation.of(manager, Settings.parseJson("test", "{\"mean\":[0,0,0],\"std\":[1,1,1]}"));
    }

    private static float[] apply(Family family, PictureTransform.Fill fill, double[] theta, double fraction, float[] picture) {
        try (NDManager scope = torch.scope()) {
            NDArray x = Torch.floats(scope, picture, 1, 3, SIDE, SIDE);
            return new PictureTransform(torch.ops(), family, fill, none(scope)).apply(x, new double[][] {theta}, fraction).toFloatArray();
        }
    }

    @Test
    void rotationIsCounterClockwiseAsTorchvisions() {
        float[] picture = noise(1);
        for (double angle : new double[] {15, -40, 90}) {
            float[] expected = FloatTransforms.rotate(picture(picture), angle, true).values();
            assertArrayEquals(expected, apply(Family.ANGLE, PictureTransform.Fill.ZERO, new double[] {angle}, 1, picture), 2e-4f);
        }
    }

    @Test
    void theFractionScalesTheParameters() {
        float[] picture = noise(1);
        assertArrayEquals(apply(Family.ANGLE, PictureTransform.Fill.ZERO, new double[] {10}, 1, picture),
                apply(Family.ANGLE, PictureTransform.Fill.ZERO, new double[] {30}, 1 / 3.0, picture), 1e-5f);
        assertArrayEquals(picture, apply(Family.SE2, PictureTransform.Fill.ZERO, new double[] {30, 2, 1}, 0, picture), 0);
    }

    @Test
    void aShiftMovesTheContentRightAndDown() {
        float[] picture = noise(1);
        float[] moved = apply(Family.TRANS, PictureTransform.Fill.ZERO, new double[] {3, 2}, 1, picture);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                float expected = x < 3 || y < 2 ? 0 : picture[(y - 2) * SIDE + x - 3];
                assertEquals(expected, moved[y * SIDE + x], 1e-4f, x + ", " + y);
            }
        }
    }

    @Test
    void rotationComesBeforeTranslation() {
        float[] picture = noise(1);
        float[] rotated = apply(Family.ANGLE, PictureTransform.Fill.ZERO, new double[] {90}, 1, picture);
        float[] expected = apply(Family.TRANS, PictureTransform.Fill.ZERO, new double[] {4, -1}, 1, rotated);
        assertArrayEquals(expected, apply(Family.SE2, PictureTransform.Fill.ZERO, new double[] {90, 4, -1}, 1, picture), 1e-3f);
    }

    @Test
    void colourIsBrightnessContrastSaturationHue() {
        float[] picture = noise(1);
        FloatPicture expected = FloatTransforms.brightness(picture(picture), 1.3);
        expected = FloatTransforms.contrast(expected, 0.8);
        expected = FloatTransforms.saturation(expected, 1.2);
        expected = FloatTransforms.hue(expected, -0.07);
        assertArrayEquals(expected.values(), apply(Family.COLOR, PictureTransform.Fill.ZERO, new double[] {0.3, -0.2, 0.2, -0.07}, 1, picture), 1e-4f);
    }

    @Test
    void blurIsTorchvisionsWithThirteenTaps() {
        float[] picture = noise(1);
        assertArrayEquals(FloatTransforms.gaussianBlur(picture(picture), 13, 1.4).values(),
                apply(Family.BLUR, PictureTransform.Fill.ZERO, new double[] {1.4}, 1, picture), 1e-4f);
    }

    @Test
    void zoomShowsNoBorder() {
        float[] white = new float[3 * SIDE * SIDE];
        java.util.Arrays.fill(white, 1);
        for (double angle : new double[] {0, 20, 45}) {
            for (float v : apply(Family.ANGLE, PictureTransform.Fill.ZOOM, new double[] {angle}, 1, white)) {
                assertEquals(1, v, 1e-5);
            }
        }
    }

    @Test
    void allIsColourThenBlurThenRotationAndShift() {
        float[] picture = noise(1);
        float[] colour = apply(Family.COLOR, PictureTransform.Fill.ZERO, new double[] {0.3, -0.2, 0.2, -0.07}, 1, picture);
        float[] blurred = apply(Family.BLUR, PictureTransform.Fill.ZERO, new double[] {1.4}, 1, colour);
        assertArrayEquals(apply(Family.SE2, PictureTransform.Fill.ZERO, new double[] {20, 3, -2}, 1, blurred),
                apply(Family.ALL, PictureTransform.Fill.ZERO, new double[] {20, 0.3, -0.2, 0.2, -0.07, 1.4, 3, -2}, 1, picture), 1e-6f);
    }

    @Test
    void drawsFillTheirRangeAndScaleToOne() {
        Ranges ranges = new Ranges(45, new double[] {0.4, 0.4, 0.4, 0.1}, new double[] {0.1, 2}, 4);
        for (Family family : Family.values()) {
            double least = 1;
            double most = -1;
            for (int i = 0; i < 500; i++) {
                double[] scaled = family.scaled(family.draw(Draws.at(1, 0, i, 0, "g"), ranges), ranges);
                assertEquals(family.parameters().size(), scaled.length);
                for (double s : scaled) {
                    assertTrue(s >= -1 && s < 1);
                    least = Math.min(least, s);
                    most = Math.max(most, s);
                }
            }
            assertTrue(least < -0.95 && most > 0.95, family.word());
        }
    }

    @Test
    void aMissingRangeIsNamed() {
        Ranges ranges = Ranges.of(Settings.parseJson("recipe.yml", "{\"angle\": 45}"));
        ranges.covering(Family.ANGLE, "recipe.yml");
        UserError e = assertThrows(UserError.class, () -> ranges.covering(Family.SE2, "recipe.yml"));
        assertTrue(e.getMessage().contains("tx"), e.getMessage());
        e = assertThrows(UserError.class, () -> ranges.covering(Family.ALL, "recipe.yml"));
        assertTrue(e.getMessage().contains("brightness"), e.getMessage());
    }
}
