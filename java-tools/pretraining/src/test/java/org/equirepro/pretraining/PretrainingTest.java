package org.equirepro.pretraining;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.equirepro.base.ExitCode;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PretrainingTest {

    @TempDir
    static Path data;

    @TempDir
    Path folder;

    private static Path pictures;

    @BeforeAll
    static void prepare() {
        pictures = TinyStudy.pictures(data);
    }

    private byte[] train(Settings config, String name, RunOptions options) throws IOException {
        Path out = folder.resolve(name);
        Pretraining.run(config, pictures, folder.resolve("store-" + name), out, options);
        return Files.readAllBytes(out.resolve(Encoder.FILE));
    }

    @Test
    void equalRunsGiveEqualBits() throws IOException {
        Settings config = TinyStudy.config(9);
        byte[] one = train(config, "one", RunOptions.unlimited(1));
        assertArrayEquals(one, train(config, "two", RunOptions.unlimited(1)));
        assertArrayEquals(Files.readAllBytes(folder.resolve("one/curves.csv")), Files.readAllBytes(folder.resolve("two/curves.csv")));
        assertFalse(Arrays.equals(one, train(TinyStudy.with(config, "batch", "8"), "other", RunOptions.unlimited(1))));
    }

    @Test
    void aRunStoppedAfterEveryStepEndsWithTheSameBits() throws IOException {
        Settings config = TinyStudy.config(7);
        byte[] whole = train(config, "whole", RunOptions.unlimited(1));
        Path out = folder.resolve("stopped");
        int stops = 0;
        while (!Files.exists(out)) {
            try {
                // a budget so small that it is used up after one step
                Pretraining.run(config, pictures, folder.resolve("store"), out, new RunOptions(1, 1e-9, ""));
            } catch (UserError e) {
                assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode(), e.getMessage());
                assertFalse(Files.exists(out));
                stops++;
            }
        }
        assertEquals(6, stops);
        assertArrayEquals(whole, Files.readAllBytes(out.resolve(Encoder.FILE)));
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole/curves.csv")), Files.readAllBytes(out.resolve("curves.csv")));
    }

    @Test
    void aDamagedStateIsLeftOutAndTheOneBeforeIsTaken() throws IOException {
        Settings config = TinyStudy.config(9);
        byte[] whole = train(config, "whole", RunOptions.unlimited(1));
        Path store = folder.resolve("store-whole");
        Path key;
        try (var entries = Files.list(store)) {
            key = entries.findFirst().orElseThrow();
        }
        Path newest = key.resolve("checkpoint.safetensors");
        byte[] bytes = Files.readAllBytes(newest);
        Files.write(newest, Arrays.copyOf(bytes, bytes.length / 2));
        Path out = folder.resolve("again");
        Pretraining.run(config, pictures, store, out, RunOptions.unlimited(1));
        assertArrayEquals(whole, Files.readAllBytes(out.resolve(Encoder.FILE)));
    }

    @Test
    void otherCodeDoesNotGoOnFromASavedState() throws IOException {
        Settings config = TinyStudy.config(5);
        for (String fingerprint : List.of("a", "b")) {
            Pretraining.run(config, pictures, folder.resolve("store"), folder.resolve("out-" + fingerprint),
                    new RunOptions(1, Double.POSITIVE_INFINITY, fingerprint));
        }
        try (var entries = Files.list(folder.resolve("store"))) {
            assertEquals(2, entries.count());
        }
    }

    @Test
    void everyFamilyTrainsAndItsReconstructionLossFalls() throws IOException {
        for (String family : List.of("angle", "color", "blur", "trans", "se2")) {
            train(TinyStudy.config(TinyStudy.reconstruction(family, 2, 5), 160), family, RunOptions.unlimited(1));
            double[] curve = Files.readAllLines(folder.resolve(family + "/curves.csv")).stream()
                    .filter(line -> line.contains(",reconstruction,")).mapToDouble(PretrainingTest::value).toArray();
            double first = Arrays.stream(curve, 0, 10).average().orElseThrow();
            double last = Arrays.stream(curve, curve.length - 10, curve.length).average().orElseThrow();
            assertTrue(last < 0.9 * first, family + ": " + first + " to " + last);
            assertTrue(Files.size(folder.resolve(family + "/pictures/reconstruction.png")) > 1000);
        }
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(',') + 1));
    }

    @Test
    void siePredictsTheOtherViewFromTheTransformation() throws IOException {
        Settings config = TinyStudy.with(TinyStudy.config("\"transform\":{\"family\":\"angle\"},", 60), "objective", "{\"name\":\"sie\","
                + "\"invariance\":10,\"equivariance\":4.5,\"variance\":10,\"covariance\":1,\"expander\":[16,16]}");
        train(config, "sie", RunOptions.unlimited(1));
        double[] loss = Files.readAllLines(folder.resolve("sie/curves.csv")).stream()
                .filter(line -> line.contains(",loss,")).mapToDouble(PretrainingTest::value).toArray();
        assertTrue(loss[59] < loss[0], loss[0] + " to " + loss[59]);
        refused(TinyStudy.with(config, "transform", "null"), "sie needs a transform");
    }

    @Test
    void resNetTrainsOnRenders() throws IOException {
        Path objects = TinyStudy.objects(folder);
        String vicReg = "{\"name\":\"vicreg\",\"invariance\":10,\"variance\":10,\"covariance\":1,\"expander\":[16,16]}";
        String sie = "{\"name\":\"sie\",\"invariance\":10,\"equivariance\":0.45,\"variance\":10,\"covariance\":1,\"expander\":[16,16],"
                + "\"latent\":[\"rotation\",\"hue\"]}";
        String cross = "\"reconstruction\":{\"heads\":4,\"weight\":1,\"decoder\":[16,8,8,8,8]},";
        Map<String, Settings> rows = Map.of("vicreg", TinyStudy.renders(vicReg, "", 2), "sie", TinyStudy.renders(sie, "", 2),
                "ours", TinyStudy.renders(vicReg, cross, 2));
        for (Map.Entry<String, Settings> row : rows.entrySet()) {
            Path out = folder.resolve(row.getKey());
            Pretraining.run(row.getValue(), objects, folder.resolve("store"), out, RunOptions.unlimited(1));
            assertTrue(Files.exists(out.resolve(Encoder.FILE)));
        }
        assertTrue(Files.readString(folder.resolve("sie/curves.csv")).contains(",prediction_variance,"));
        assertTrue(Files.size(folder.resolve("ours/pictures/reconstruction.png")) > 1000);
    }

    @Test
    void theUntrainedEncoderIsThatOfTheSeed() throws IOException {
        Settings none = TinyStudy.with(TinyStudy.config("", 5), "objective", "{\"name\":\"none\"}");
        byte[] untrained = train(none, "untrained", RunOptions.unlimited(1));
        assertNotEquals(0, untrained.length);
        assertFalse(Arrays.equals(untrained, train(TinyStudy.config("", 1 + 5), "trained", RunOptions.unlimited(1))));
    }

    @Test
    void wrongRecipesNameTheKey() {
        Settings config = TinyStudy.config(5);
        refused(TinyStudy.with(config, "objective", "{\"name\":\"byol\"}"), "objective.name");
        refused(TinyStudy.with(config, "precision", "\"float8\""), "precision");
        refused(TinyStudy.with(config, "split", "{\"dim\":24,\"equivariant\":30}"), "split.equivariant");
        refused(TinyStudy.with(config, "backbone", "{\"name\":\"vit\",\"image\":18,\"patch\":4,\"dim\":16,\"depth\":2,\"heads\":2}"), "patch");
        refused(TinyStudy.with(config, "batch", "1000"), "batch");
        refused(TinyStudy.with(config, "reconstruction", "{\"family\":\"spin\",\"count\":2,\"weight\":1,\"decoder\":[8,8]}"), "family");
    }

    private void refused(Settings config, String named) {
        Path out = folder.resolve("refused");
        UserError e = assertThrows(UserError.class,
                () -> Pretraining.run(config, pictures, folder.resolve("store"), out, RunOptions.unlimited(1)), named);
        assertTrue(e.getMessage().contains(named), e.getMessage());
        assertFalse(Files.exists(out));
    }

    @Test
    void picturesAreMadeOnTheWayAndARunThatGoesOnHasThemAll() throws IOException {
        Settings config = TinyStudy.with(TinyStudy.config(6), "picture_steps", "2");
        byte[] encoder = train(config, "whole", RunOptions.unlimited(1));
        assertArrayEquals(encoder, train(TinyStudy.config(6), "without", RunOptions.unlimited(1)), "pictures change the training");
        Path out = folder.resolve("stopped");
        while (!Files.exists(out)) {
            try {
                Pretraining.run(config, pictures, folder.resolve("store"), out, new RunOptions(1, 1e-9, ""));
            } catch (UserError e) {
                assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode(), e.getMessage());
            }
        }
        for (String name : List.of("step-00000002.png", "step-00000004.txt", "step-00000006.png", "reconstruction.png")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("whole/pictures").resolve(name)),
                    Files.readAllBytes(out.resolve("pictures").resolve(name)), name);
        }
        assertFalse(Arrays.equals(Files.readAllBytes(out.resolve("pictures/step-00000002.png")),
                Files.readAllBytes(out.resolve("pictures/step-00000004.png"))));
        assertArrayEquals(Files.readAllBytes(out.resolve("pictures/step-00000006.png")),
                Files.readAllBytes(out.resolve("pictures/reconstruction.png")));
    }

    @Test
    void divergenceStopsWithStepAndTerms() {
        Settings config = TinyStudy.with(TinyStudy.config(40), "optimiser", "{\"name\":\"sgd\",\"lr\":1e30,\"schedule\":\"constant\"}");
        UserError e = assertThrows(UserError.class,
                () -> Pretraining.run(config, pictures, folder.resolve("store"), folder.resolve("out"), RunOptions.unlimited(1)));
        assertTrue(e.getMessage().contains("diverged at step") && e.getMessage().contains("reconstruction"), e.getMessage());
        assertEquals(ExitCode.FAILURE, e.exitCode());
    }
}
