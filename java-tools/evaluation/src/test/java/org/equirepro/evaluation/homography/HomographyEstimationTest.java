package org.equirepro.evaluation.homography;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
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

    private static Settings config(int steps) {
        return TinyScenes.config("{\"kind\":\"homography\",\"channels\":32,\"pairs\":{\"width\":48,\"height\":40,\"side\":24,\"rho\":6},"
                + "\"input\":32,\"ransac_threshold\":3,\"test_pairs\":20,\"batch\":4,\"checkpoint_steps\":50,\"log_steps\":5,\"steps\":" + steps
                + ",\"optimiser\":{\"name\":\"adamw\",\"lr\":0.002,\"weight_decay\":0.05,\"layer_decay\":0.9,\"schedule\":\"cosine\"}}");
    }

    private Path run(Settings config, String store, String out, double budget) {
        HomographyEstimation.run(FineTuning.Call.alone(config, shards, encoder, folder.resolve(store), folder.resolve(out),
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
    void learnsAndIsTestedWithTheSameBitsAfterAStop() throws IOException {
        Path out = run(config(60), "store", "out", Double.POSITIVE_INFINITY);
        Map<String, ResultRow> rows = ResultRow.read(out.resolve("result.csv")).stream()
                .collect(Collectors.toMap(ResultRow::protocol, row -> row));
        assertEquals(java.util.Set.of("least_squares", "ransac"), rows.keySet());
        ResultRow row = rows.get("least_squares");
        assertEquals(20, row.samples());
        assertTrue(row.floor() > 3.5 && row.floor() < 6, "nothing has moved: " + row.floor()); // uniform in [-6, 6): 4.6 on average
        double first = loss(out, 1);
        double last = loss(out, 60);
        assertTrue(last < 0.85 * first, "loss from " + first + " to " + last);
        assertTrue(Files.size(out.resolve("pictures/homography.png")) > 0);
        assertEquals(1 + 2 * 20, Files.readAllLines(out.resolve("predictions.csv")).size());

        Path whole = run(config(3), "whole-store", "whole", Double.POSITIVE_INFINITY);
        for (boolean ended = false; !ended; ) {
            try {
                run(config(3), "parts-store", "parts", 1e-9);
                ended = true;
            } catch (UserError e) {
                assertEquals(75, e.exitCode().code(), e.getMessage());
            }
        }
        for (String file : new String[] {"result.csv", "curves.csv", "predictions.csv", "pictures/homography.png"}) {
            assertArrayEquals(Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(folder.resolve("parts").resolve(file)), file);
        }
    }

    private static double loss(Path out, int step) throws IOException {
        String line = Files.readAllLines(out.resolve("curves.csv")).stream().filter(l -> l.startsWith("train," + step + ",") && l.contains(",loss,"))
                .findFirst().orElseThrow();
        return Double.parseDouble(Arrays.asList(line.split(",")).get(4));
    }
}
