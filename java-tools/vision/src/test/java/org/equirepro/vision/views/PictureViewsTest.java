package org.equirepro.vision.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.TestData;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;
import org.equirepro.vision.views.ViewParameters.Colour;
import org.junit.jupiter.api.Test;

final class PictureViewsTest {

    private static final String ALL = "{\"size\":16,\"crop\":\"rrc\",\"scale\":[0.3,1.0],\"flip\":0.5,"
            + "\"jitter\":{\"strength\":[0.4,0.4,0.2,0.1],\"p\":0.8},\"gray\":0.2,"
            + "\"blur\":{\"p\":[1.0,0.1],\"sigma\":[0.1,1.0]},\"solarise\":0.2}";
    private static final Picture PICTURE = TestData.noise(32, 24, 2);

    private static PictureViews views(String json) {
        return new PictureViews(Settings.parseJson("recipe.yml", json));
    }

    private static byte[] make(PictureViews views, long seed, int epoch, int sample, int view) {
        byte[] out = new byte[3 * views.sides()[view] * views.sides()[view]];
        views.view(PICTURE, seed, epoch, sample, view, out);
        return out;
    }

    @Test
    void aViewDependsOnItsPlaceOnly() {
        PictureViews views = views(ALL);
        byte[] first = make(views, 1, 2, 3, 0);
        IntStream.range(0, 200).parallel().forEach(i -> make(views, 1, 2, i, 1));
        assertArrayEquals(first, make(views(ALL), 1, 2, 3, 0));
        for (byte[] other : new byte[][] {make(views, 2, 2, 3, 0), make(views, 1, 3, 3, 0), make(views, 1, 2, 4, 0),
                make(views, 1, 2, 3, 1)}) {
            assertFalse(Arrays.equals(first, other));
        }
    }

    @Test
    void drawsHaveTheirProbabilities() {
        PictureViews views = views(ALL);
        int n = 4000;
        int[] counts = new int[6];
        int[] firstColour = new int[4];
        for (int i = 0; i < n; i++) {
            ViewParameters one = views.draw(32, 24, 7, 0, i, 0);
            ViewParameters two = views.draw(32, 24, 7, 0, i, 1);
            counts[0] += one.flip() ? 1 : 0;
            counts[1] += one.jitter().isEmpty() ? 0 : 1;
            counts[2] += one.gray() ? 1 : 0;
            counts[3] += one.blur() > 0 ? 1 : 0;
            counts[4] += two.blur() > 0 ? 1 : 0;
            counts[5] += two.solarise() ? 1 : 0;
            assertFalse(one.solarise());
            for (ViewParameters.Jitter step : one.jitter()) {
                double deviation = step.colour() == Colour.HUE ? step.factor() : step.factor() - 1;
                double most = new double[] {0.4, 0.4, 0.2, 0.1}[step.colour().ordinal()];
                assertTrue(Math.abs(deviation) <= most);
            }
            if (!one.jitter().isEmpty()) {
                firstColour[one.jitter().get(0).colour().ordinal()]++;
            }
        }
        double[] expected = {0.5, 0.8, 0.2, 1, 0.1, 0.2};
        for (int k = 0; k < 6; k++) {
            assertEquals(expected[k], counts[k] / (double) n, 0.03);
        }
        for (int count : firstColour) {
            assertEquals(0.2, count / (double) n, 0.03, "any order");
        }
    }

    @Test
    void sharedCropsDifferInNothingElse() {
        PictureViews views = views("{\"size\":16,\"crop\":\"shared\",\"scale\":[0.77,0.77],\"flip\":0.5}");
        for (int i = 0; i < 20; i++) {
            assertEquals(views.draw(32, 24, 1, 0, i, 0), views.draw(32, 24, 1, 0, i, 1));
            assertArrayEquals(make(views, 1, 0, i, 0), make(views, 1, 0, i, 1));
        }
        assertNotEquals(views.draw(32, 24, 1, 0, 0, 0).crop(), views.draw(32, 24, 1, 0, 1, 0).crop());
    }

    @Test
    void whatIsLeftOutIsNotDone() {
        PictureViews views = views("{\"size\":16}");
        ViewParameters drawn = views.draw(32, 24, 1, 0, 0, 1);
        assertEquals(new ViewParameters(drawn.crop(), false, java.util.List.of(), false, 0, false), drawn);
        byte[] out = new byte[3 * 16 * 16];
        views.apply(PICTURE, new ViewParameters(new Box(2, 3, 20, 21), false, java.util.List.of(), false, 0, false), 16, out);
        assertArrayEquals(Resampling.BICUBIC.crop(PICTURE, new Box(2, 3, 20, 21), 16, 16).rgb(), out);
    }

    @Test
    void localViewsFollowTheTwoAndLeaveThemAsTheyAre() {
        String local = ALL.substring(0, ALL.length() - 1) + ",\"local\":{\"count\":10,\"size\":6,\"scale\":[0.05,0.25],\"blur\":0.5}}";
        PictureViews views = views(local);
        assertArrayEquals(new int[] {16, 16, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6}, views.sides());
        assertArrayEquals(make(views(ALL), 1, 2, 3, 1), make(views, 1, 2, 3, 1));
        int blurred = 0;
        for (int i = 0; i < 400; i++) {
            ViewParameters drawn = views.draw(320, 240, 7, 0, i, 2 + i % 10);
            double share = (double) drawn.crop().width() * drawn.crop().height() / (320 * 240);
            assertTrue(share > 0.045 && share < 0.26 && !drawn.solarise());
            blurred += drawn.blur() > 0 ? 1 : 0;
        }
        assertEquals(0.5, blurred / 400.0, 0.1);
        assertFalse(Arrays.equals(make(views, 1, 2, 3, 2), make(views, 1, 2, 3, 3)));
        assertThrows(UserError.class, () -> views("{\"size\":16,\"local\":{\"count\":1,\"size\":6,\"scale\":[0.1,0.2],\"blur\":1}}"));
    }

    @Test
    void wrongSettingsAreNamed() {
        for (String[] wrong : new String[][] {{"\"flip\":1.5", "flip"}, {"\"crop\":\"centre\"", "crop"}, {"\"scale\":[0,1]",
                "scale"},
                {"\"scale\":[0.5,0.2]", "scale"}, {"\"jitter\":{\"strength\":[1,1,1],\"p\":1}", "strength"},
                {"\"blur\":{\"p\":[1,2],\"sigma\":[0.1,1]}", "blur.p"}, {"\"blur\":{\"p\":[1,1]}", "sigma"}, {"\"gray\":\"yes\"",
                        "gray"}}) {
            UserError error = assertThrows(UserError.class, () -> views("{\"size\":16," + wrong[0] + "}"));
            assertEquals(ExitCode.USAGE, error.exitCode());
            assertTrue(error.getMessage().startsWith("recipe.yml: ") && error.getMessage().contains(wrong[1]),
                    error.getMessage());
        }
        assertThrows(UserError.class, () -> views("{}"));
    }
}
