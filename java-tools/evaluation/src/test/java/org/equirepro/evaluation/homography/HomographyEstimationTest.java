package org.equirepro.evaluation.homography;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.equirepro.base.Draws;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.detection.TinyCoco;
import org.equirepro.evaluation.finetune.TinyScenes;
import org.equirepro.evaluation.finetune.TinyTask;
import org.equirepro.vision.dense.HomographyPair;
import org.equirepro.vision.image.Picture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HomographyEstimationTest {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path shards;
    private static Path encoder;

    @BeforeAll
    static void prepare() throws IOException {
        shards = TinyScenes.shards(shared, 12, 3, 0);
        encoder = TinyTask.encoder(shared.resolve("encoder"), 32, 4);
    }

    private static Settings config(int steps, int batch) {
        return TinyTask.config("{\"kind\":\"homography\",\"channels\":32,\"pairs\":{\"width\":48,\"height\":40,\"side\":24,\"rho\":4},"
                + "\"input\":24,\"ransac_threshold\":3,\"test_pairs\":40,\"batch\":" + batch + ",\"checkpoint_steps\":50,\"log_steps\":50,\"steps\":" + steps
                + ",\"optimiser\":{\"name\":\"adamw\",\"lr\":0.002,\"weight_decay\":0.05,\"layer_decay\":0.9,\"schedule\":\"cosine\"}}");
    }

    private TinyTask task() {
        return new TinyTask(HomographyEstimation::run, encoder, folder);
    }

    /** The true field, read where the network's map has its cells, gives the true corners; RANSAC does so with wrong places, too. */
    @Test
    void theTrueFieldGivesTheTrueCorners() {
        byte[] rgb = new byte[3 * 160 * 120];
        HomographyPair.Recipe recipe = new HomographyPair.Recipe(160, 120, 64, 16, new double[4]);
        for (int sample = 0; sample < 5; sample++) {
            PatchPair pair = PatchPair.of(HomographyPair.of(new Picture(160, 120, rgb), recipe, 1, 0, sample));
            float[] field = new float[2 * 32 * 32];
            for (int i = 0; i < field.length; i++) { // each cell of 2 x 2 pixels has the mean of theirs
                int at = i / 1024 * 4096 + i % 1024 / 32 * 128 + i % 32 * 2;
                field[i] = (pair.field()[at] + pair.field()[at + 1] + pair.field()[at + 64] + pair.field()[at + 65]) / 4;
            }
            CornerEstimate estimate = new CornerEstimate(64, 1);
            double[] truth = pair.pair().displacement();
            assertEquals(0, CornerEstimate.error(estimate.corners(field, 32, 32, CornerEstimate.Protocol.LEAST_SQUARES, 7), truth), 0.02);
            Draws draws = Draws.at(sample, "wrong");
            for (int k = 0; k < 200; k++) {
                field[draws.below(field.length)] += 20;
            }
            assertTrue(CornerEstimate.error(estimate.corners(field, 32, 32, CornerEstimate.Protocol.LEAST_SQUARES, 7), truth) > 1);
            assertEquals(0, CornerEstimate.error(estimate.corners(field, 32, 32, CornerEstimate.Protocol.RANSAC, 7), truth), 0.02);
        }
    }

    @Test
    void answersAreReadAsWritten() {
        CornerAnswer answer = new CornerAnswer(4, CornerEstimate.Protocol.RANSAC, new double[] {1, 2, 3, 4, 5, 6, 7, 8.25}, new double[8]);
        CornerAnswer read = CornerAnswer.parse(answer.line());
        assertArrayEquals(answer.found(), read.found());
        assertArrayEquals(answer.truth(), read.truth());
        assertEquals(answer.error(), read.error());
    }

    @Test
    void isTrainedAndTestedWithTheSameBitsAfterAnyStop() throws IOException {
        assertEquals(3 + 1, task().stopped(config(3, 4), shards, "predictions.csv", "pictures/homography.png"),
                "after each step, the last with the test's first stretch, and in the rest of the test");
        Path whole = folder.resolve("whole");
        Map<String, ResultRow> rows = TinyTask.rows(whole, ResultRow::protocol);
        assertEquals(Set.of("least_squares", "ransac"), rows.keySet());
        ResultRow row = rows.get("least_squares");
        assertEquals(List.of("homography", "corners", "mce"), List.of(row.task(), row.target(), row.metric()));
        assertEquals(40, row.samples());
        assertTrue(row.floor() > 2 && row.floor() < 4.5, "nothing has moved: " + row.floor()); // uniform in [-4, 4): 3.1 on average
        assertEquals(1 + 2 * 40, Files.readAllLines(whole.resolve("predictions.csv")).size());
    }

    /** With the seed of the test's pairs these are the training pairs. */
    @Test
    void pairsOfRealPicturesAreLearntByHeart() throws IOException {
        Optional<Path> pictures = TinyScenes.fixtures("coco-keypoints-real");
        if (pictures.isPresent()) {
            Path real = TinyCoco.prepared(pictures.get(), "test_coco.json", folder.resolve("shards"));
            Settings config = TinyTask.config(42, "{\"kind\":\"homography\",\"channels\":32,\"pairs\":{\"width\":96,\"height\":80,"
                    + "\"side\":48,\"rho\":8,\"fresh\":false},\"input\":48,\"ransac_threshold\":3,\"test_pairs\":4,\"batch\":4,"
                    + "\"checkpoint_steps\":1000,\"log_steps\":50,\"steps\":150,"
                    + "\"optimiser\":{\"name\":\"adamw\",\"lr\":0.002,\"weight_decay\":0,\"schedule\":\"cosine\"}}");
            ResultRow row = TinyTask.rows(task().run(config, real, "out"), ResultRow::protocol).get("least_squares");
            assertTrue(row.value() < 0.5 && row.floor() > 5, row.toString());
        }
    }

    @Test
    void aBatchInPartsTrainsAsInOnePiece() throws IOException {
        task().accumulated(config(3, 8), shards, 2);
        assertThrows(UserError.class, () -> task().run(TinyTask.inParts(config(3, 8), 3), shards, "odd"));
    }
}
