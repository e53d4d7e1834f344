package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** k-NN and logistic regression, from a data set and an encoder to a folder of results. */
final class ClassProbesTest {

    private static final String KNN = "{\"kind\": \"knn\", \"features\": [\"backbone_mean\", \"cls\"], \"ks\": [1, 10]}";
    private static final String LOGREG = "{\"kind\": \"logreg\", \"features\": [\"backbone_mean\"], \"l2s\": [1e-6, 1e-4, 1e-2], "
            + "\"selection_fraction\": 0.2, \"max_iterations\": 40}";

    @FunctionalInterface
    private interface Probe {
        void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options);
    }

    @TempDir
    Path folder;

    /** Runs it as often as it asks for; returns how often that was. */
    private static int run(Probe probe, String recipe, Path shards, Path encoder, Path store, Path out) {
        double budget = store == null ? Double.POSITIVE_INFINITY : 1e-6;
        Stores stores = new Stores(store, store == null ? FeatureStore.NONE : new FeatureStore(store.resolve("features"), ""));
        int calls = 0;
        while (!Files.exists(out)) {
            try {
                assertTrue(++calls < 100, "it gets on");
                probe.run(TinyData.config(recipe), shards, encoder, stores, out, new RunOptions(1, budget, ""));
            } catch (UserError e) {
                assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode(), e.getMessage());
            }
        }
        return calls;
    }

    @Test
    void neighboursTellColoursWithEveryK() throws IOException {
        Path out = folder.resolve("out");
        run(KnnProbe::run, KNN, TinyData.shards(folder, 60, 30), TinyData.vit(folder.resolve("encoder")), null, out);
        List<ResultRow> rows = ResultRow.read(out.resolve("result.csv"));
        assertEquals(List.of("k1", "k10"), rows.stream().map(ResultRow::protocol).distinct().toList());
        assertEquals(2 * 2 * 2, rows.size());
        for (ResultRow row : rows) {
            assertTrue(row.value() > 45, row.toString());
            assertEquals(100.0 / 3, row.floor(), 1e-9);
            assertEquals(90, row.samples());
        }
        assertEquals(1 + 2 * 2 * 90, Files.readAllLines(out.resolve("predictions.csv")).size());
    }

    @Test
    void theRegressionTellsColoursAndTestLabelsDoNotTouchItsChoice() throws IOException {
        Path encoder = TinyData.vit(folder.resolve("encoder"));
        run(LogisticProbe::run, LOGREG, TinyData.shards(folder.resolve("a"), 60, 30), encoder, null, folder.resolve("out-a"));
        run(LogisticProbe::run, LOGREG, TinyData.shards(folder.resolve("b"), 60, 30, 1), encoder, null, folder.resolve("out-b"));
        for (ResultRow row : ResultRow.read(folder.resolve("out-a/result.csv"))) {
            assertTrue(row.value() > 60, row.toString());
        }
        for (ResultRow row : ResultRow.read(folder.resolve("out-b/result.csv"))) {
            assertTrue(row.value() < 30, row.toString());
        }
        String curves = Files.readString(folder.resolve("out-a/curves.csv"));
        assertTrue(curves.contains("backbone_mean/all/l2="), curves);
        assertEquals(curves, Files.readString(folder.resolve("out-b/curves.csv")));
    }

    @Test
    void callsThatAreStoppedAgainAndAgainEndAsOneThatWasNot() throws IOException {
        Path shards = TinyData.shards(folder, 10, 5);
        Path encoder = TinyData.vit(folder.resolve("encoder"));
        run(LogisticProbe::run, LOGREG.replace("40", "4"), shards, encoder, null, folder.resolve("logreg"));
        assertTrue(run(LogisticProbe::run, LOGREG.replace("40", "4"), shards, encoder, folder.resolve("store"), folder.resolve("logreg-2")) > 8);
        run(KnnProbe::run, KNN, shards, encoder, null, folder.resolve("knn"));
        assertTrue(run(KnnProbe::run, KNN, shards, encoder, folder.resolve("store"), folder.resolve("knn-2")) > 1);
        for (String name : List.of("logreg", "knn")) {
            for (String file : List.of("result.csv", "curves.csv", "predictions.csv")) {
                assertArrayEquals(Files.readAllBytes(folder.resolve(name).resolve(file)), Files.readAllBytes(folder.resolve(name + "-2").resolve(file)),
                        name + " " + file);
            }
        }
    }

    @Test
    void whatCannotBeIsNamed() throws IOException {
        Path shards = TinyData.shards(folder, 4, 2);
        Path encoder = TinyData.vit(folder.resolve("encoder"));
        refused("recipe.ks must be different numbers between 1 and 12", KnnProbe::run, KNN.replace("10]", "13]"), shards, encoder);
        refused("l2s (at least one)", LogisticProbe::run, LOGREG.replace("1e-4", "0"), shards, encoder);
        refused("selection_fraction of 12 samples", LogisticProbe::run, LOGREG.replace("0.2", "0.99"), shards, encoder);
        refused("has no split val", KnnProbe::run, KNN, TinyData.shards(folder.resolve("c"), 4, 0), encoder);
        refused("has no picture among the 2 used of split test", KnnProbe::run, KNN.replace("\"ks\"", "\"test_samples\": 2, \"ks\""), shards,
                encoder);
    }

    private void refused(String words, Probe probe, String recipe, Path shards, Path encoder) {
        UserError error = assertThrows(UserError.class, () -> probe.run(TinyData.config(recipe), shards, encoder, Stores.NONE,
                folder.resolve("none"), RunOptions.unlimited(1)));
        assertTrue(error.getMessage().contains(words), error.getMessage());
    }

    @Test
    void thePenaltyOfTheBestScoreWinsAndTheStrongestAmongEquals() {
        assertEquals(1e-3, LogisticProbe.best(new double[] {1e-5, 1e-3, 1e-4}, new double[] {80, 80, 79}));
    }
}
