package org.equirepro.pretraining;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.equirepro.base.ExitCode;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IbotObjectiveTest {

    private static final String DINOV2 = ",\"koleo\":0.1,\"drop_path_uniform\":true,\"centring\":\"sinkhorn\"";

    @TempDir
    static Path data;

    @TempDir
    Path folder;

    private static Path pictures;

    @BeforeAll
    static void prepare() {
        pictures = TinyStudy.pictures(data);
    }

    private byte[] train(Settings config, String name) throws IOException {
        Path out = folder.resolve(name);
        Pretraining.run(config, pictures, folder.resolve("store-" + name), out, RunOptions.unlimited(1));
        return Files.readAllBytes(out.resolve(Encoder.FILE));
    }

    private double[] curve(String name, String metric) throws IOException {
        return Files.readAllLines(folder.resolve(name + "/curves.csv")).stream().filter(line -> line.contains("," + metric + ","))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(',') + 1))).toArray();
    }

    /** With the extras of DINOv2, whose state and draws must come back too. */
    private static Settings dinov2(int steps) {
        Settings config = TinyStudy.ibot(DINOV2, steps);
        config = TinyStudy.with(config, "masking", "{\"share\":0.5,\"range\":[0.1,0.5]}");
        config = TinyStudy.with(config, "backbone",
                "{\"name\":\"vit\",\"image\":16,\"patch\":4,\"dim\":16,\"depth\":2,\"heads\":2,\"layer_scale\":1e-5}");
        return TinyStudy.with(config, "optimiser", "{\"name\":\"adamw\",\"lr\":0.004,\"weight_decay\":0.04,\"weight_decay_end\":0.4,"
                + "\"warmup_epochs\":1,\"clip\":3,\"clip_over\":\"module\",\"freeze_last_layer_epochs\":1,\"layer_decay\":0.9,"
                + "\"patch_embed_rate\":0.2}");
    }

    @Test
    void aRunStoppedAfterEveryStepEndsWithTheSameBits() throws IOException {
        for (Settings config : new Settings[] {TinyStudy.ibot("", 7), dinov2(7)}) {
            Path store = Files.createTempDirectory(folder, "runs");
            Path whole = store.resolve("whole");
            Pretraining.run(config, pictures, store.resolve("a"), whole, RunOptions.unlimited(1));
            Path out = store.resolve("stopped");
            int stops = 0;
            while (!Files.exists(out)) {
                try {
                    Pretraining.run(config, pictures, store.resolve("b"), out, new RunOptions(1, 1e-9, ""));
                } catch (UserError e) {
                    assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode(), e.getMessage());
                    stops++;
                }
            }
            assertEquals(6, stops);
            assertArrayEquals(Files.readAllBytes(whole.resolve(Encoder.FILE)), Files.readAllBytes(out.resolve(Encoder.FILE)));
            assertArrayEquals(Files.readAllBytes(whole.resolve("curves.csv")), Files.readAllBytes(out.resolve("curves.csv")));
        }
    }

    @Test
    void lossesFallAndTheTeacherDoesNotCollapse() throws IOException {
        Settings config = TinyStudy.with(TinyStudy.ibot("", 160), "reconstruction",
                "{\"family\":\"se2\",\"count\":2,\"weight\":5,\"decoder\":[8,8]}");
        train(config, "ibot");
        double[] rebuilt = curve("ibot", "reconstruction");
        assertTrue(mean(rebuilt, 150, 160) < 0.9 * mean(rebuilt, 0, 10), mean(rebuilt, 0, 10) + " to " + mean(rebuilt, 150, 160));
        double[] entropy = curve("ibot", "teacher_entropy");
        assertTrue(mean(entropy, 150, 160) > 0.5 * Math.log(16), "entropy of the mean target " + mean(entropy, 150, 160));
        assertTrue(mean(curve("ibot", "feature_std"), 150, 160) > 0.01);
        assertTrue(Files.size(folder.resolve("ibot/pictures/reconstruction.png")) > 1000);
    }

    private static double mean(double[] values, int from, int to) {
        return Arrays.stream(values, from, to).average().orElseThrow();
    }

    @Test
    void theSavedEncoderIsTheTeachersOrTheStudentsAndLoadsWithoutHeads() throws IOException {
        byte[] teacher = train(TinyStudy.ibot("", 9), "teacher");
        byte[] student = train(TinyStudy.ibot(",\"saved\":\"student\"", 9), "student");
        assertFalse(Arrays.equals(teacher, student));
        try (Torch torch = Torch.start(1)) {
            Encoder encoder = Encoder.load(torch, folder.resolve("student"));
            assertEquals(16, encoder.splitDim());
            assertEquals(0, encoder.equivariant());
            assertTrue(encoder.store().parameters().keySet().stream()
                    .noneMatch(name -> name.contains("mask") || name.startsWith("split")));
        }
    }

    @Test
    void recomputedBlocksLeaveTheCurvesAsTheyAre() throws IOException {
        train(TinyStudy.ibot("", 5), "kept");
        train(TinyStudy.with(TinyStudy.ibot("", 5), "backbone",
                "{\"name\":\"vit\",\"image\":16,\"patch\":4,\"dim\":16,\"depth\":2,\"heads\":2,\"checkpointing\":true}"), "again");
        assertArrayEquals(Files.readAllBytes(folder.resolve("kept/curves.csv")), Files.readAllBytes(folder.resolve("again/curves.csv")));
    }

    @Test
    void wrongRecipesNameTheKey() {
        refused(TinyStudy.ibot(",\"saved\":\"both\"", 5), "objective.saved");
        refused(TinyStudy.ibot(",\"centring\":\"none\"", 5), "objective.centring");
        refused(TinyStudy.with(TinyStudy.ibot("", 5), "split", "{\"dim\":24,\"equivariant\":8}"), "split.place");
        refused(TinyStudy.with(TinyStudy.ibot("", 5), "masking", "{\"ratios\":[0.1],\"variations\":[0.2]}"), "masking");
        Settings wide = TinyStudy.with(TinyStudy.ibot("", 5), "split", "{\"place\":\"head\",\"dim\":512,\"equivariant\":8}");
        refused(TinyStudy.with(wide, "backbone", "{\"name\":\"resnet18\",\"image\":16}"), "backbone.name");
    }

    private void refused(Settings config, String named) {
        UserError e = assertThrows(UserError.class, () -> Pretraining.run(config, pictures, folder.resolve("store"),
                folder.resolve("refused"), RunOptions.unlimited(1)), named);
        assertTrue(e.getMessage().contains(named), e.getMessage());
    }
}
