package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.Features;
import org.equirepro.vision.batch.Family;
import org.equirepro.vision.batch.Ranges;
import org.junit.jupiter.api.Test;

final class ChoiceTest {

    private static final Ranges RANGES = new Ranges(45, new double[] {0.4, 0.4, 0.2, 0.1}, new double[] {0.1, 2}, 4);

    @Test
    void chosenSamplesAreDifferentAscendingAndFixedByTheSeed() {
        int[] chosen = SampleChoice.choose(1000, 100, 7, "a");
        assertArrayEquals(chosen, SampleChoice.choose(1000, 100, 7, "a"));
        assertFalse(Arrays.equals(chosen, SampleChoice.choose(1000, 100, 8, "a")));
        assertEquals(100, Arrays.stream(chosen).distinct().count());
        assertTrue(IntStream.range(1, 100).allMatch(i -> chosen[i - 1] < chosen[i]));
        int[] rest = SampleChoice.rest(1000, chosen);
        assertEquals(900, rest.length);
        assertEquals(1000, IntStream.concat(Arrays.stream(chosen), Arrays.stream(rest)).distinct().count());
    }

    @Test
    void tooManySamplesAreRefused() {
        Settings recipe = Settings.parseJson("r.json", "{\"n\": 11}");
        assertEquals(11, SampleChoice.wanted(recipe, "n", 12, "pictures"));
        assertEquals(12, SampleChoice.wanted(recipe, "m", 12, "pictures"));
        assertThrows(UserError.class, () -> SampleChoice.wanted(recipe, "n", 10, "pictures"));
    }

    @Test
    void columnsAreStandardisedByTheTrainingFeatures() {
        FeatureMatrix train = new FeatureMatrix(2, 3, new float[] {1, 5, 0, 3, 5, 0});
        Features scaled = train.statistics().standardise(new FeatureMatrix(1, 3, new float[] {4, 6, 0}));
        assertArrayEquals(new float[] {2, 1, 0}, scaled.block(0, 1).values());
        Features beside = Features.beside(train.pick(new int[] {1, 0}), new FeatureMatrix(2, 1, new float[] {8, 9}));
        assertArrayEquals(new float[] {3, 5, 0, 8, 1, 5, 0, 9}, beside.block(0, 2).values());
    }

    @Test
    void thetaDependsOnThePictureAloneAndComesBackFromItsScaledForm() {
        for (Family family : Family.values()) {
            ImageParameters some = ImageParameters.draw(family, RANGES, 3, 0, "test", new int[] {4, 9});
            ImageParameters others = ImageParameters.draw(family, RANGES, 3, 0, "test", new int[] {9});
            assertArrayEquals(some.theta()[1], others.theta()[0]);
            ImageParameters nextEpoch = ImageParameters.draw(family, RANGES, 3, 1, "test", new int[] {4});
            assertFalse(Arrays.equals(some.theta()[0], nextEpoch.theta()[0]));
            double[] scaled = some.scaled();
            assertTrue(Arrays.stream(scaled).allMatch(v -> Math.abs(v) <= 1));
            double[] natural = some.natural(scaled);
            int columns = family.parameters().size();
            assertArrayEquals(some.theta()[1], Arrays.copyOfRange(natural, columns, 2 * columns), 1e-12, family.word());
        }
    }

    @Test
    void jitterFactorsAreAroundOneButHue() {
        double[] natural = {0.1, 0.2, 0.3, 0.4};
        double[] factors = ImageParameters.draw(Family.COLOR, RANGES, 3, 0, "test", new int[] {4}).published(natural);
        assertArrayEquals(new double[] {1.1, 1.2, 1.3, 0.4}, factors, 1e-15);
        assertArrayEquals(natural, ImageParameters.draw(Family.SE2, RANGES, 3, 0, "test", new int[] {4}).published(natural));
    }

    @Test
    void theConstantAnswerIsTheMostFrequentTrainingClass() {
        int[] train = {2, 2, 1, 0};
        assertEquals(25, ConstantAnswer.top1(train, new int[] {0, 1, 2, 1}, 3));
        assertEquals(100.0 / 3, ConstantAnswer.meanPerClass(train, new int[] {0, 1, 2, 1}, 3), 1e-12);
        assertEquals(0, ConstantAnswer.meanPerClass(train, new int[] {0, 1, 1}, 3));
    }
}
