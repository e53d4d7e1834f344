package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a tree in 3DIEBench's layout whose pictures show their latents plainly: two bands of hue, and bars as the pose. */
final class R2ThreeDieProbeTest {

    private static final int OBJECTS = 40;
    private static final int VIEWS = 6;

    @TempDir
    static Path folder;
    private static Path shards;
    private static Path encoder;

    @BeforeAll
    static void prepare() throws IOException {
        shards = TinyObjects.shards(folder.resolve("tree"), OBJECTS, VIEWS);
        encoder = TinyData.vit(folder.resolve("encoder"));
    }

    private static Settings config(String features, String more) {
        return TinyData.config("{\"kind\": \"r2_3diebench\", \"features\": " + features + ", \"hidden\": [48], \"epochs\": 60, "
                + "\"batch\": 32, \"optimiser\": {\"name\": \"adam\", \"lr\": 0.003}" + more + "}");
    }

    @Test
    void plainLatentsAreReadFromTwoViews() throws IOException {
        Path out = folder.resolve("plain");
        Settings config = config("[\"whole\", \"equivariant\"]", ", \"standardise\": true, \"redraw\": true");
        R2ThreeDieProbe.run(config, shards, encoder, Stores.NONE, out, RunOptions.unlimited(1));
        List<ResultRow> rows = ResultRow.read(out.resolve("result.csv"));
        assertEquals(2 * 5, rows.size());
        for (ResultRow row : rows) {
            assertEquals(30, row.samples());
            if (row.target().equals("class")) {
                assertTrue(row.value() > 60 && row.metric().equals("top1"), row.toString());
                assertEquals(100.0 / 3, row.floor(), 1e-9);
            } else if (row.target().equals("hue")) {
                assertTrue(row.value() > 0.3, row.toString());
                assertEquals(0, row.floor(), 0.1);
            } else {
                assertTrue(row.value() > row.floor() + 0.05, row.toString());
                assertTrue(row.floor() > 0.1, "the mean of w is not 0: " + row);
            }
        }
        assertEquals(Set.of("all", "floor_hue", "light_hue"), new HashSet<>(rows.stream()
                .filter(r -> r.target().equals("hue")).map(ResultRow::parameter).toList()));
        // class 1, quaternion 4, hues 2 for each of 30 objects and two kinds of features
        assertEquals(1 + 2 * 30 * 7, Files.readAllLines(out.resolve("predictions.csv")).size());
    }

    @Test
    void aClassWithoutTrainingObjectIsNamed() {
        UserError error = assertThrows(UserError.class, () -> R2ThreeDieProbe.run(config("[\"whole\"]", ", \"train_samples\": 2"),
                shards, encoder, Stores.NONE, folder.resolve("never"), RunOptions.unlimited(1)));
        assertEquals(ExitCode.USAGE, error.exitCode());
        assertTrue(error.getMessage().contains("has none of the 2 training samples"), error.getMessage());
    }

    @Test
    void aRunStoppedAnywhereEndsWithTheSameFiles() throws IOException {
        Settings config = TinyData.config("{\"kind\": \"r2_3diebench\", \"features\": [\"whole\"], \"hidden\": [8], \"epochs\": 3, "
                + "\"batch\": 32, \"heads\": 2, \"redraw\": true, \"optimiser\": {\"name\": \"adam\", \"lr\": 0.003}}");
        Path whole = folder.resolve("whole");
        R2ThreeDieProbe.run(config, shards, encoder, Stores.NONE, whole, RunOptions.unlimited(1));
        Path out = folder.resolve("stopped");
        Stores stores = new Stores(folder.resolve("store"), new FeatureStore(folder.resolve("features"), "code"));
        int stops = Interrupted.stops(out, options -> R2ThreeDieProbe.run(config, shards, encoder, stores, out, options));
        assertTrue(stops >= 7, "between the parts and after each epoch inside of them: " + stops);
        Interrupted.assertSameFiles(whole, out, "result.csv", "curves.csv", "predictions.csv", "settings.json");
        assertTrue(ResultRow.read(out.resolve("result.csv")).stream().anyMatch(row -> row.metric().equals("r2_std") && row.value() > 0));
        try (Stream<Path> left = Files.walk(folder.resolve("store"))) {
            assertTrue(left.noneMatch(file -> file.toString().endsWith(".state")));
        }
    }

    @Test
    void picturesWithoutLatentsAreRefused() throws IOException {
        Path pictures = TinyData.shards(folder.resolve("pictures"), 4, 2);
        UserError error = assertThrows(UserError.class, () -> R2ThreeDieProbe.run(config("[\"whole\"]", ""), pictures, encoder,
                Stores.NONE, folder.resolve("never"), RunOptions.unlimited(1)));
        assertTrue(error.getMessage().contains("several views"), error.getMessage());
    }
}
