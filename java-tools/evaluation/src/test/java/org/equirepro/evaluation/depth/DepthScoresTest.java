package org.equirepro.evaluation.depth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.metrics.DepthMetrics;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.DepthMap;
import org.junit.jupiter.api.Test;

final class DepthScoresTest {

    private static final DepthScores WHOLE = new DepthScores(DepthProtocol.WHOLE, 0.001, 10);

    private static DepthMap map(float... metres) {
        return new DepthMap(metres.length, 1, metres);
    }

    @Test
    void theTruthItselfHasNoErrors() {
        DepthMap truth = map(0.5f, 0, 2, 9, 12);
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 1}, WHOLE.of(truth, truth).values());
        assertEquals(3, WHOLE.of(truth, truth).pixels(), "unknown and too far do not count");
    }

    @Test
    void errorsAreTheDefinedOnes() {
        DepthMetrics errors = WHOLE.of(map(2, 7, 2.4f), map(1, 0, 2));
        double ln2 = Math.log(2);
        double ln12 = Math.log(1.2);
        double rmseLog = Math.sqrt((ln2 * ln2 + ln12 * ln12) / 2);
        assertArrayEquals(new double[] {Math.sqrt((1 + 0.16) / 2), (1 + 0.2) / 2, rmseLog, (Math.log10(2) + Math.log10(1.2)) / 2,
            (ln2 - ln12) / 2, 0.5}, errors.values(), 1e-6);
        assertEquals(Math.sqrt(2), WHOLE.typical(map(1, 0, 2)), 1e-12);
    }

    @Test
    void whatIsFoundIsCutToTheRange() {
        DepthMap truth = map(5, 5);
        assertEquals(5, WHOLE.of(map(100, 10), truth).rmse(), 1e-6);
        assertEquals(4.999, WHOLE.of(map(-3, 0), truth).rmse(), 1e-6);
        assertEquals(0, WHOLE.of(map(1), map(0)).pixels());
        assertEquals(1, WHOLE.typical(map(0)));
    }

    @Test
    void nyuIsScoredInsideOfEigensCrop() {
        Box crop = DepthProtocol.NYU.scored(640, 480);
        assertEquals(new Box(45, 41, 471 - 45, 601 - 41), crop);
        float[] metres = new float[640 * 480];
        java.util.Arrays.fill(metres, 2);
        DepthScores scores = new DepthScores(DepthProtocol.NYU, 0.001, 10);
        DepthMap truth = new DepthMap(640, 480, metres);
        float[] found = metres.clone();
        found[44 * 640 + 300] = 9;
        found[200 * 640 + 601] = 9;
        assertEquals(0, scores.of(new DepthMap(640, 480, found), truth).rmse(), "errors outside of the crop");
        found[45 * 640 + 41] = 9;
        assertTrue(scores.of(new DepthMap(640, 480, found), truth).rmse() > 0);
        assertEquals(426 * 560, scores.of(truth, truth).pixels());
    }

    @Test
    void kittiIsSeenInTheBenchmarksCropAndScoredInGargs() {
        assertEquals(new Box(23, 13, 352, 1216), DepthProtocol.KITTI.seen("k", 1242, 375));
        assertEquals(new Box(143, 43, 349 - 143, 1172 - 43), DepthProtocol.KITTI.scored(1216, 352));
        assertEquals(Box.all(1216, 352), DepthProtocol.KITTI.trained(1216, 352));
    }

    @Test
    void picturesOfAnotherSizeAreRefused() {
        UserError small = assertThrows(UserError.class, () -> DepthProtocol.KITTI.seen("road/1.png", 1242, 300));
        assertEquals(ExitCode.BAD_DATA, small.exitCode());
        assertTrue(small.getMessage().contains("road/1.png: has 1242 x 300 pixels; protocol kitti needs 1216 x 352 at least"), small.getMessage());
        assertTrue(assertThrows(UserError.class, () -> DepthProtocol.NYU.seen("a", 641, 480)).getMessage().contains("protocol nyu needs 640 x 480"));
    }
}
