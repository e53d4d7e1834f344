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
import java.util.Set;
import java.util.stream.Collectors;
import org.equirepro.base.Draws;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.evaluation.finetune.TinyScenes;
import org.equirepro.vision.dense.HomographyPair;
import org.equirepro.vision.image.Picture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HomographyEstimationTest {

    private static final double UNLIMITED = Double.POSITIVE_INFINITY;

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path shards;
    private static Path encoder;

    @BeforeAll
    static void prepare() throws IOException {
        shards = TinyScenes.shards(shared, 12, 3, 0);
        encoder = TinyScenes.encoder(shared.resolve("encoder"));
    }

    private static Settings config(int steps, int batch) {
        return TinyScenes.config("{\"kind\":\"homography\",\"channels\":32,\"pairs\":{\"width\":48,\"height\":40,\"side\":24,\"rho\":4},"
                + "\"input\":24,\"ransac_threshold\":3,\"test_pairs\":40,\"batch\":" + batch + ",\"checkpoint_steps\":50,\"log_steps\":50,\"steps\":" + steps
                + ",\"optimiser\":{\"name\":\"adamw\",\"lr\":0.002,\"weight_decay\":0.05,\"layer_decay\":0.9,\"schedule\":\"cosine\"}}");
    }

    private Path run(Settings config, Path data, String store, String out, double budget) {
        HomographyEstimation.run(FineTuning.Call.alone(config, data, encoder, folder.resolve(store), folder.resolve(out),
                new RunOptions(1, budget, "")));
        return folder.resolve(out);
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
        Path whole = run(config(3, 4), shards, "whole-store", "whole", UNLIMITED);
        Map<String, ResultRow> rows = rows(whole);
        assertEquals(Set.of("least_squares", "ransac"), rows.keySet());
        ResultRow row = rows.get("least_squares");
        assertEquals(List.of("homography", "corners", "mce"), List.of(row.task(), row.target(), row.metric()));
        assertEquals(40, row.samples());
        assertTrue(row.floor() > 2 && row.floor() < 4.5, "nothing has moved: " + row.floor()); // uniform in [-4, 4): 3.1 on average
        assertEquals(1 + 2 * 40, Files.readAllLines(whole.resolve("predictions.csv")).size());
        int calls = 0;
        for (boolean ended = false; !ended; calls++) {
            try {
                run(config(3, 4), shards, "parts-store", "parts", 1e-9);
                ended = true;
            } catch (UserError e) {
                assertEquals(75, e.exitCode().code(), e.getMessage());
            }
        }
        assertEquals(3 + 2, calls, "a step a call; the last of them begins the test, of three stretches");
        for (String file : new String[] {"result.csv", "curves.csv", "predictions.csv", "pictures/homography.png"}) {
            assertArrayEquals(Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(folder.resolve("parts").resolve(file)), file);
        }
    }

    @Test
    void aBatchInPartsTrainsAsInOnePiece() throws IOException {
        Path whole = run(config(3, 8), shards, "whole-store", "whole", UNLIMITED);
        Settings parted = Settings.parseJson("parted", config(3, 8).canonical().replace("\"batch\":8", "\"batch\":8,\"micro_batch\":2"));
        List<String> expected = Files.readAllLines(whole.resolve("curves.csv"));
        List<String> found = Files.readAllLines(run(parted, shards, "parted-store", "parted", UNLIMITED).resolve("curves.csv"));
        assertEquals(expected.size(), found.size());
        for (int i = 1; i < found.size(); i++) {
            double value = Double.parseDouble(expected.get(i).split(",")[4]);
            assertEquals(value, Double.parseDouble(found.get(i).split(",")[4]), 1e-4 * Math.max(1, Math.abs(value)), expected.get(i));
        }
        assertThrows(UserError.class, () -> run(Settings.parseJson("odd", parted.canonical().replace("\"micro_batch\":2", "\"micro_batch\":3")),
                shards, "odd-store", "odd", UNLIMITED));
    }

    private static Map<String, ResultRow> rows(Path out) {
        return ResultRow.read(out.resolve("result.csv")).stream().collect(Collectors.toMap(ResultRow::protocol, row -> row));
    }
}
