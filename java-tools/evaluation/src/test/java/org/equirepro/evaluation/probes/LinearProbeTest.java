package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinearProbeTest {

    @TempDir
    Path folder;

    private static String recipe(String features, int epochs, String more) {
        return "{\"kind\": \"linear_probe\", \"features\": [" + features + "], \"lrs\": [0.01, 0.3, 3], \"epochs\": " + epochs
                + ", \"batch\": 32, \"selection_fraction\": 0.2" + more + "}";
    }

    private static void run(String recipe, Path shards, Path encoder, Path store, Path out, double budget) {
        LinearProbe.run(TinyData.config(recipe), shards, encoder, new Stores(store, FeatureStore.NONE), out, new RunOptions(1, budget, ""));
    }

    private void run(String recipe, Path shards, Path encoder, String out) {
        run(recipe, shards, encoder, null, folder.resolve(out), Double.POSITIVE_INFINITY);
    }

    @Test
    void coloursAreToldFromCentreViewsAndFromRandomCrops() throws IOException {
        Path shards = TinyData.shards(folder, 60, 30);
        Path encoder = TinyData.vit(folder.resolve("encoder"));
        String features = "\"backbone_mean\", \"cls_backbone_mean\"";
        run(recipe(features, 20, ", \"standardise\": true"), shards, encoder, "kept");
        run(recipe(features, 20, ", \"augment\": \"crop_flip\""), shards, encoder, "drawn");
        for (String name : List.of("kept", "drawn")) {
            Path out = folder.resolve(name);
            List<ResultRow> rows = ResultRow.read(out.resolve("result.csv"));
            assertEquals(4, rows.size());
            for (ResultRow row : rows) {
                assertTrue(row.value() > 60, row.toString());
                assertEquals(100.0 / 3, row.floor(), 1e-9);
                assertEquals(90, row.samples());
            }
            assertTrue(Files.readString(out.resolve("curves.csv")).contains("selection_score"));
            assertEquals(1 + 2 * 90, Files.readAllLines(out.resolve("predictions.csv")).size());
        }
    }

    @Test
    void aProbeThatIsStoppedAgainAndAgainEndsAsOneThatWasNot() throws IOException {
        Path shards = TinyData.shards(folder, 20, 4);
        Path encoder = TinyData.vit(folder.resolve("encoder"));
        for (String augment : List.of("none", "crop_flip")) {
            String recipe = recipe("\"cls\", \"split_mean\"", 3, ", \"augment\": \"" + augment + "\"");
            run(recipe, shards, encoder, augment + "-whole");
            int stops = 0;
            Path out = folder.resolve(augment + "-parts");
            while (!Files.exists(out)) {
                try {
                    run(recipe, shards, encoder, folder.resolve("store-" + augment), out, 1e-6);
                } catch (UserError e) {
                    assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode(), e.getMessage());
                    stops++;
                }
            }
            assertTrue(stops > 3, "stopped " + stops + " times, also within epochs");
            for (String file : List.of("result.csv", "curves.csv", "predictions.csv")) {
                assertArrayEquals(Files.readAllBytes(folder.resolve(augment + "-whole").resolve(file)), Files.readAllBytes(out.resolve(file)),
                        file + " with augment " + augment);
            }
        }
    }

    /** The whole record of training and choice is the same whatever the test pictures are said to show. */
    @Test
    void testLabelsDoNotTouchTheChoice() throws IOException {
        Path encoder = TinyData.vit(folder.resolve("encoder"));
        String recipe = recipe("\"cls\", \"backbone_mean\"", 5, "");
        run(recipe, TinyData.shards(folder.resolve("a"), 30, 20), encoder, "out-a");
        run(recipe, TinyData.shards(folder.resolve("b"), 30, 20, 1), encoder, "out-b");
        assertEquals(Files.readString(folder.resolve("out-a/curves.csv")), Files.readString(folder.resolve("out-b/curves.csv")));
        assertTrue(Files.readString(folder.resolve("out-a/curves.csv")).contains("cls/chosen"));
        assertNotEquals(Files.readString(folder.resolve("out-a/result.csv")), Files.readString(folder.resolve("out-b/result.csv")));
    }

    @Test
    void whatDoesNotFitIsNamedBeforeAnythingIsTrained() throws IOException {
        Path shards = TinyData.shards(folder, 4, 2);
        Path encoder = TinyData.vit(folder.resolve("encoder"));
        refused(ExitCode.MISSING_INPUT, "encoder.safetensors", recipe("\"cls\"", 1, ""), shards, folder.resolve("none"));
        refused(ExitCode.USAGE, "cls_last4, which needs a ViT of 4 blocks or more", recipe("\"cls_last4\"", 1, ""), shards, encoder);
        refused(ExitCode.USAGE, "standardise needs augment: none",
                recipe("\"cls\"", 1, ", \"augment\": \"crop_flip\", \"standardise\": true"), shards, encoder);
        refused(ExitCode.BAD_DATA, "has no picture among the 2 used of split train", recipe("\"cls\"", 1, ", \"train_samples\": 2"),
                shards, encoder);
        refused(ExitCode.BAD_DATA, "has no picture among the 2 used of split test", recipe("\"cls\"", 1, ", \"test_samples\": 2"),
                shards, encoder);
        refused(ExitCode.BAD_DATA, "has no split val", recipe("\"cls\"", 1, ""), TinyData.shards(folder.resolve("c"), 4, 0), encoder);
    }

    private void refused(ExitCode code, String words, String recipe, Path shards, Path encoder) {
        UserError error = assertThrows(UserError.class, () -> run(recipe, shards, encoder, "out"));
        assertTrue(error.getMessage().contains(words), error.getMessage());
        assertEquals(code, error.exitCode());
    }
}
