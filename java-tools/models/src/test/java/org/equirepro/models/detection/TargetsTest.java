package org.equirepro.models.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.junit.jupiter.api.Test;

final class TargetsTest {

    private static final BoxCodec CODEC = new BoxCodec(1, 1, 1, 1);

    /** 10 x 10 at the origin, and boxes that share 80, 50, 20 and 0 percent of its width. */
    private static final float[] BOXES = {0, 0, 10, 8, 0, 0, 10, 5, 0, 0, 10, 2, 50, 50, 60, 60};
    private static final float[] OBJECT = {0, 0, 10, 10};

    @Test
    void boxesAreMatchedByTheirBestOverlap() {
        assertArrayEquals(new int[] {0, Matcher.BETWEEN, Matcher.BACKGROUND, Matcher.BACKGROUND},
                new Matcher(0.7, 0.3, false).match(OBJECT, BOXES));
        float[] two = {0, 0, 10, 5, 0, 0, 10, 10};
        assertArrayEquals(new int[] {1, 0, -1, -1}, new Matcher(0.5, 0.5, false).match(two, BOXES));
        assertThrows(IllegalArgumentException.class, () -> new Matcher(0.3, 0.7, false));
    }

    @Test
    void anObjectsBestBoxIsMatchedHoweverLittleItOverlaps() {
        float[] small = {0, 0, 2, 2}; // 4 of 20 pixels of the third box, 4 of 50 and 80 of the others
        assertArrayEquals(new int[] {-1, -1, 0, -1}, new Matcher(0.7, 0.3, true).match(small, BOXES));
        assertArrayEquals(new int[] {-1, -1, -1, -1}, new Matcher(0.7, 0.3, false).match(small, BOXES));
    }

    @Test
    void anchorsLearnWhereTheirObjectIsAndThoseInBetweenNothing() {
        AnchorTargets targets = AnchorTargets.of(new Matcher(0.7, 0.3, true), CODEC, BOXES, OBJECT);
        assertArrayEquals(new int[] {1, -1, 0, 0}, targets.labels());
        assertArrayEquals(OBJECT, CODEC.decode(Arrays.copyOf(BOXES, 4), Arrays.copyOf(targets.offsets(), 4), 1), 1e-5f);
        assertArrayEquals(new int[4], AnchorTargets.of(new Matcher(0.7, 0.3, true), CODEC, BOXES, new float[0]).labels());
    }

    @Test
    void theSampleIsBalancedAndDependsOnItsDrawsOnly() {
        int[] labels = IntStream.range(0, 1000).map(i -> i % 5 == 0 ? 2 : i % 5 == 1 ? -1 : 0).toArray();
        BalancedSampler sampler = new BalancedSampler(64, 0.25);
        BalancedSampler.Sample sample = sampler.sample(labels, Draws.at(1, "sample"));
        assertEquals(16, sample.positive().length);
        assertEquals(48, sample.negative().length);
        assertEquals(64, Arrays.stream(sample.all()).distinct().count());
        assertTrue(Arrays.stream(sample.positive()).allMatch(i -> labels[i] == 2)
                && Arrays.stream(sample.negative()).allMatch(i -> labels[i] == 0));
        assertArrayEquals(sample.all(), sampler.sample(labels, Draws.at(1, "sample")).all());
        assertFalse(Arrays.equals(sample.all(), sampler.sample(labels, Draws.at(2, "sample")).all()));
    }

    @Test
    void whereObjectsAreFewTheBackgroundFillsTheSample() {
        BalancedSampler.Sample sample = new BalancedSampler(4, 0.5).sample(new int[] {0, 0, 1, 0, -1, 0, 0}, Draws.at(1, "sample"));
        assertArrayEquals(new int[] {2}, sample.positive());
        assertEquals(3, sample.negative().length);
        assertEquals(0, new BalancedSampler(4, 0.5).sample(new int[] {-1, -1}, Draws.at(1, "sample")).all().length);
    }

    @Test
    void regionsAreDrawnFromProposalsAndTheObjectsThemselves() {
        RegionTargets.Rule rule = new RegionTargets.Rule(new Matcher(0.5, 0.5, false), new BalancedSampler(8, 0.5), CODEC);
        RegionTargets targets = RegionTargets.of(rule, BOXES, OBJECT, new int[] {7}, Draws.at(1, "sample"));
        assertArrayEquals(new int[] {7, 7, 0, 0, 7}, targets.labels());
        assertArrayEquals(new int[] {0, 1, 4}, targets.onObjects());
        assertArrayEquals(OBJECT, Arrays.copyOfRange(targets.boxes(), 16, 20));
        assertArrayEquals(new float[4], Arrays.copyOfRange(targets.offsets(), 16, 20), 1e-6f);
        RegionTargets none = RegionTargets.of(rule, BOXES, new float[0], new int[0], Draws.at(1, "sample"));
        assertArrayEquals(new int[4], none.labels());
        assertEquals(0, none.onObjects().length);
    }
}
