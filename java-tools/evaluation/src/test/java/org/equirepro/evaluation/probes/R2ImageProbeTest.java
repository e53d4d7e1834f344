package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class R2ImageProbeTest {

    private static final String RANGES = "\"ranges\": {\"angle\": 45, \"color\": [0.4, 0.4, 0.4, 0.1], \"blur\": [0.1, 2], "
            + "\"trans\": 4}";
    private static final String OPTIMISER = "\"optimiser\": {\"name\": \"adamw\", \"lr\": 0.003, \"schedule\": \"cosine\"}";

    @TempDir
    static Path folder;
    private static Path shards;
    private static Path encoder;

    @BeforeAll
    static void prepare() throws IOException {
        shards = TinyData.shards(folder, 100, 20);
        encoder = TinyData.vit(folder.resolve("encoder"));
    }

    private static Settings config(String families, String fills, String features, int epochs, String more) {
        return TinyData.config("{\"kind\": \"r2_image\", \"families\": " + families + ", " + RANGES + ", \"fills\": " + fills
                + ", \"features\": " + features + ", \"hidden\": [48], \"train_samples\": 280, \"test_samples\": 50, \"epochs\": "
                + epochs + ", \"batch\": 40" + more + ", " + OPTIMISER + "}");
    }

    private static double value(List<ResultRow> rows, String target, String parameter, String protocol, String metric) {
        List<ResultRow> found = rows.stream().filter(r -> r.target().equals(target) && r.parameter().equals(parameter)
                && r.protocol().equals(protocol) && r.metric().equals(metric)).toList();
        assertEquals(1, found.size(), target + " " + parameter + " " + protocol + " " + metric);
        return found.get(0).value();
    }

    @Test
    void whatIsPlainInThePixelsIsReadAndConstantsScoreTheirFloor() {
        Path out = folder.resolve("plain");
        String fills = "[\"zero\", \"reflect\", \"zoom\"]";
        Settings config = config("[\"color\", \"blur\", \"angle\"]", fills, "[\"split_mean\"]", 20, "");
        R2ImageProbe.run(config, shards, encoder, Stores.NONE, out, RunOptions.unlimited(1));
        List<ResultRow> rows = ResultRow.read(out.resolve("result.csv"));
        // color: all, four parameters, uncentred; blur: all, sigma; angle: all, angle; three fills each
        assertEquals(3 * (6 + 2 + 2), rows.size());
        assertTrue(value(rows, "color", "brightness", "zero_fill", "r2") > 0.5);
        assertTrue(value(rows, "color", "all", "zero_fill", "r2_uncentred") > value(rows, "color", "all", "zero_fill", "r2"));
        for (ResultRow row : rows) {
            assertEquals(50, row.samples());
            assertTrue(row.value() <= 1, row.toString());
            if (row.metric().equals("r2_uncentred")) {
                assertTrue(row.floor() > 0.75 && row.floor() < 0.9, row.toString());
            } else {
                assertTrue(row.floor() <= 0.05 && row.floor() > -0.2, row.toString());
            }
        }
        // nothing moves in a blur, so no border is seen
        assertEquals(value(rows, "blur", "all", "zero_fill", "r2"), value(rows, "blur", "all", "reflect", "r2"));
        assertFalse(value(rows, "angle", "all", "zero_fill", "r2") == value(rows, "angle", "all", "reflect", "r2"));
        assertFalse(value(rows, "blur", "all", "zero_fill", "r2") == value(rows, "blur", "all", "zoom", "r2"));
    }

    @Test
    void equalInputsGiveEqualFilesAlsoAfterAnInterruption() throws IOException {
        Settings config = config("[\"blur\", \"trans\"]", "[\"zero\"]", "[\"backbone_mean\", \"cls\"]", 3, "");
        Path whole = folder.resolve("whole");
        R2ImageProbe.run(config, shards, encoder, Stores.NONE, whole, RunOptions.unlimited(1));
        Path out = folder.resolve("interrupted");
        Stores stores = new Stores(folder.resolve("store"), new FeatureStore(folder.resolve("features"), "code"));
        int stops = Interrupted.stops(out, options -> R2ImageProbe.run(config, shards, encoder, stores, out, options));
        assertTrue(stops >= 5, "between the parts and after each epoch inside of them: " + stops);
        Interrupted.assertSameFiles(whole, out, "result.csv", "curves.csv", "predictions.csv", "settings.json");
        // header, then 50 pictures with sigma, tx and ty for two kinds of features
        assertEquals(1 + 50 * 3 * 2, Files.readAllLines(out.resolve("predictions.csv")).size());
        assertEquals(1 + 3 * 2 * 2, Files.readAllLines(out.resolve("curves.csv")).size());
    }

    @Test
    void predictionsAreInTheParametersUnits() throws IOException {
        Path out = folder.resolve("units");
        Settings config = config("[\"blur\"]", "[\"zero\"]", "[\"split_mean\"]", 1, "");
        R2ImageProbe.run(config, shards, encoder, Stores.NONE, out, RunOptions.unlimited(2));
        List<String> lines = Files.readAllLines(out.resolve("predictions.csv"));
        double low = lines.stream().skip(1).mapToDouble(l -> Double.parseDouble(l.split(",")[5])).min().orElseThrow();
        double high = lines.stream().skip(1).mapToDouble(l -> Double.parseDouble(l.split(",")[5])).max().orElseThrow();
        assertTrue(low >= 0.1 && low < 0.5 && high <= 2 && high > 1.6, low + " to " + high);
    }

    @Test
    void redrawnParametersChangeTheTraining() throws IOException {
        Path fixed = folder.resolve("fixed");
        Path redrawn = folder.resolve("redrawn");
        Settings once = config("[\"blur\"]", "[\"zero\"]", "[\"split_mean\"]", 3, "");
        R2ImageProbe.run(once, shards, encoder, Stores.NONE, fixed, RunOptions.unlimited(1));
        Settings anew = config("[\"blur\"]", "[\"zero\"]", "[\"split_mean\"]", 3, ", \"redraw\": true");
        R2ImageProbe.run(anew, shards, encoder, Stores.NONE, redrawn, RunOptions.unlimited(1));
        List<String> first = Files.readAllLines(fixed.resolve("curves.csv"));
        List<String> second = Files.readAllLines(redrawn.resolve("curves.csv"));
        assertEquals(first.get(1), second.get(1), "the first epoch is the same");
        assertFalse(first.get(3).equals(second.get(3)));
    }

    @Test
    void moreSamplesThanThereAreIsAnError() {
        Settings config = TinyData.config("{\"kind\": \"r2_image\", \"families\": [\"blur\"], " + RANGES
                + ", \"fills\": [\"zero\"], \"features\": [\"cls\"], \"hidden\": [8], \"train_samples\": 301, "
                + "\"test_samples\": 10, \"epochs\": 1, \"batch\": 64, " + OPTIMISER + "}");
        UserError error = assertThrows(UserError.class,
                () -> R2ImageProbe.run(config, shards, encoder, Stores.NONE, folder.resolve("never"), RunOptions.unlimited(1)));
        assertEquals("config.json: recipe.train_samples is 301, the data set has 300 train pictures", error.getMessage());
    }
}
