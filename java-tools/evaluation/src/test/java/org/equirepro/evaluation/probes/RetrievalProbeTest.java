package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Draws;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureStore;
import org.equirepro.pretraining.Pretraining;
import org.equirepro.pretraining.SiePredictor;
import org.equirepro.tensor.io.SafeTensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RetrievalProbeTest {

    private static final int OBJECTS = 16; // of each class, 4 of them for the test
    private static final int VIEWS = 6;
    static final String BACKBONE = "{\"name\": \"vit\", \"image\": 16, \"patch\": 4, \"dim\": 24, \"depth\": 1, \"heads\": 2}";

    @TempDir
    static Path folder;
    private static Path shards;

    @BeforeAll
    static void prepare() throws IOException {
        shards = TinyObjects.shards(folder.resolve("tree"), OBJECTS, VIEWS);
    }

    private static Settings config(String more) {
        return TinyData.config("{\"kind\": \"retrieval\"" + more + "}");
    }

    /** Embeddings of three numbers, which the predictor moves by the two differences of hue. */
    static Path planted(Path encoder) {
        float[] basis = new float[9 * 2];
        basis[3 * 2] = 1; // the first difference times the first number goes to the second one
        basis[6 * 2 + 1] = 1; // the second difference to the third one
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>(Map.of(
                "projector_equi.0.weight", SafeTensors.Tensor.of(identity(), 3, 3),
                "predictor.hypernet.net.0.weight", SafeTensors.Tensor.of(basis, 9, 2),
                "predictor.hypernet.net.0.bias", SafeTensors.Tensor.of(identity(), 9)));
        SafeTensors.write(encoder.resolve(SiePredictor.FILE), tensors, new TreeMap<>(Map.of("predictor", "{\"equivariant\": 3, "
                + "\"latent\": 2, \"objective\": {\"expander\": [3], \"latent\": [\"hue\"], \"hyper_bias\": true}}")));
        return encoder;
    }

    private static float[] identity() {
        return new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1};
    }

    private static List<ResultRow> rows(String name, KnownAnswersTest.Row row) {
        Path encoder = planted(TinyData.encoder(folder.resolve("encoder-" + name), BACKBONE, 6, 3));
        Path out = folder.resolve(name);
        ProbeSession.run("retrieval", config(", \"splits\": [\"test\", \"train\"]"), shards, encoder, Stores.NONE, out,
                RunOptions.unlimited(1), session -> new RetrievalProbe(session, encoder).compute(),
                own -> new KnownAnswersTest.Function(row));
        return ResultRow.read(out.resolve("result.csv"));
    }

    @Test
    void aPredictorThatKnowsFindsEveryViewFirst() {
        List<ResultRow> rows = rows("known", (views, i, theta) -> {
            double[] latents = views.split().latents(views.picture(i));
            return new double[] {1, latents[3], latents[6]};
        });
        assertEquals(6, rows.size());
        for (ResultRow row : rows) {
            assertEquals(1, row.value(), row.toString());
            assertEquals("color", row.target());
            assertEquals(3L * VIEWS * (row.protocol().equals("train") ? OBJECTS - 4 : 4), row.samples());
        }
    }

    /** No change leads anywhere but none, which leads to the view itself. */
    @Test
    void anEncoderThatTellsOtherHuesFindsNoMoreThanTheViewItBeganWith() {
        for (ResultRow row : rows("another", (views, i, theta) -> {
            Draws draws = Draws.at(6, 0, views.picture(i), 0, views.split().name());
            return new double[] {1, draws.uniform(0, 0.5), draws.uniform(0, 0.5)};
        })) {
            assertTrue(row.value() < (1 + (VIEWS - 1) * row.floor()) / VIEWS + 0.05, row.toString());
        }
    }

    @Test
    void aConstantEncoderScoresExactlyTheFloor() {
        double reciprocal = 0;
        for (int rank = 1; rank <= VIEWS; rank++) {
            reciprocal += 1.0 / rank / VIEWS;
        }
        for (ResultRow row : rows("constant", (views, i, theta) -> new double[] {1, 2, 3})) {
            assertEquals(row.floor(), row.value(), 1e-12, row.toString());
            double expected = row.metric().equals("mrr") ? reciprocal : row.metric().equals("h1") ? 1.0 / VIEWS : 5.0 / VIEWS;
            assertEquals(expected, row.floor(), 1e-12, row.toString());
        }
    }

    @Test
    void whatPretrainingWritesIsReadAndAStoppedRunEndsAlike() throws IOException {
        Path encoder = folder.resolve("sie");
        Pretraining.run(Settings.parseJson("config.json", "{\"study\": \"s\", \"encoder\": \"e\", \"seed\": 1, \"recipe\": {\"backbone\": "
                + BACKBONE + ", \"split\": {\"dim\": 32, \"equivariant\": 16}, \"objective\": {\"name\": \"sie\", \"invariance\": 10, "
                + "\"equivariance\": 0.45, \"variance\": 10, \"covariance\": 1, \"expander\": [16, 16, 8], \"latent\": [\"rotation\", "
                + "\"hue\"]}, \"views\": {\"kind\": \"renders\", \"size\": 16}, \"normalise\": {\"mean\": [0.5, 0.5, 0.5], "
                + "\"std\": [0.25, 0.25, 0.25]}, \"optimiser\": {\"name\": \"adam\", \"lr\": 0.001, \"weight_decay\": 0, "
                + "\"schedule\": \"constant\"}, \"batch\": 8, \"steps\": 2, \"checkpoint_steps\": 10}}"), shards, folder.resolve("states"),
                encoder, RunOptions.unlimited(1));
        Path whole = folder.resolve("whole");
        RetrievalProbe.run(config(""), shards, encoder, Stores.NONE, whole, RunOptions.unlimited(1));
        Path out = folder.resolve("stopped");
        Stores stores = new Stores(folder.resolve("store"), FeatureStore.NONE);
        int stops = Interrupted.stops(out, options -> RetrievalProbe.run(config(""), shards, encoder, stores, out, options));
        assertTrue(stops > 5, "one object a run: " + stops);
        Interrupted.assertSameFiles(whole, out, "result.csv", "predictions.csv", "settings.json");
        for (ResultRow row : ResultRow.read(out.resolve("result.csv"))) {
            assertEquals("rotation_color", row.target());
            assertTrue(row.value() > 0 && row.value() <= 1, row.toString());
        }
    }

    @Test
    void anEncoderWithoutPredictorIsRefused() {
        Path encoder = TinyData.vit(folder.resolve("plain"));
        UserError error = assertThrows(UserError.class, () -> RetrievalProbe.run(config(""), shards, encoder, Stores.NONE,
                folder.resolve("never"), RunOptions.unlimited(1)));
        assertEquals(ExitCode.MISSING_INPUT, error.exitCode());
        assertTrue(error.getMessage().contains("the encoder has no predictor"), error.getMessage());
    }

    @Test
    void aPredictorOfAnotherEncoderIsRefused() {
        Path encoder = planted(TinyData.encoder(folder.resolve("other"), BACKBONE, 6, 2));
        UserError error = assertThrows(UserError.class, () -> RetrievalProbe.run(config(""), shards, encoder, Stores.NONE,
                folder.resolve("never"), RunOptions.unlimited(1)));
        assertTrue(error.getMessage().contains("reads 3 equivariant features, the encoder has 2"), error.getMessage());
    }
}
