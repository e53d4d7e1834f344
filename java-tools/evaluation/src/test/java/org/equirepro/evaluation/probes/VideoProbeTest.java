package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.TinyScenes;
import org.equirepro.evaluation.finetune.TinyTask;
import org.equirepro.vision.data.Preparation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VideoProbeTest {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path encoder;

    @BeforeAll
    static void prepare() throws IOException {
        encoder = TinyTask.encoder(shared.resolve("encoder"), 32, 4);
        videos("moving", "");
        videos("still", ",\"still\":true");
    }

    private static void videos(String name, String more) {
        Preparation.run(Settings.parseJson(name, "{\"dataset\":\"" + name + "\",\"kind\":\"render-videos\",\"size\":64,\"videos\":3,\"frames\":4,"
                + "\"seed\":5" + more + "}"), null, shared.resolve(name));
    }

    private static Settings config(String score, String more) {
        return TinyTask.config("{\"kind\":\"video\",\"size\":[128,96],\"context\":3,\"neighbours\":1,\"radius\":6,\"temperature\":0.1,"
                + "\"score\":\"" + score + "\"" + more + "}");
    }

    private Map<String, ResultRow> run(Settings config, String data, Path store, String out, RunOptions options) {
        VideoProbe.run(config, shared.resolve(data), encoder, store, folder.resolve(out), options);
        return ResultRow.read(folder.resolve(out).resolve("result.csv")).stream().collect(Collectors.toMap(ResultRow::metric, row -> row));
    }

    @Test
    void aStillVideoIsLabelledAsFinelyAsPatchesAllow() {
        Settings fine = Settings.parseJson("fine", config("objects", "").canonical().replace("[128,96]", "[256,192]"));
        Map<String, ResultRow> rows = run(fine, "still", null, "out", RunOptions.unlimited(1));
        assertEquals(100, rows.get("jf").floor(), 1e-9, "the first frame's own labels");
        assertTrue(rows.get("j").value() > 75, rows.get("j").toString()); // patches of 2 x 2.7 pixels of the frame
        assertTrue(rows.get("f").value() > 85, rows.get("f").toString());
        assertEquals((rows.get("j").value() + rows.get("f").value()) / 2, rows.get("jf").value(), 1e-9);
        assertTrue(rows.get("j").samples() >= 3);
    }

    @Test
    void movingThingsLeaveTheirFirstLabelsBehind() throws IOException {
        Map<String, ResultRow> rows = run(config("objects", ""), "moving", null, "out", RunOptions.unlimited(1));
        assertTrue(rows.get("jf").floor() < 80 && rows.get("jf").floor() > 5, rows.toString());
        assertTrue(rows.get("jf").value() > 10 && rows.get("jf").value() < 100, rows.toString());
        assertEquals(1 + 2 * rows.get("j").samples(), Files.readAllLines(folder.resolve("out/predictions.csv")).size());
    }

    @Test
    void classesAreScoredOverAllFrames() {
        ResultRow miou = run(config("classes", ""), "still", null, "out", RunOptions.unlimited(1)).get("miou");
        assertEquals(100, miou.floor(), 1e-9);
        assertTrue(miou.value() > 75 && miou.value() < 100, miou.toString());
        assertEquals(12, miou.samples());
        assertEquals("class", miou.target());
    }

    @Test
    void stoppedBetweenVideosItGoesOnToTheSameBits() throws IOException {
        run(config("objects", ""), "moving", null, "whole", RunOptions.unlimited(1));
        Path store = folder.resolve("store");
        int calls = 0;
        for (boolean ended = false; !ended; calls++) {
            try {
                run(config("objects", ""), "moving", store, "parts", new RunOptions(1, 1e-9, ""));
                ended = true;
            } catch (UserError e) {
                assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode(), e.getMessage());
            }
        }
        assertEquals(3, calls, "a video a call");
        for (String file : new String[] {"result.csv", "predictions.csv", "pictures/video.png"}) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("whole").resolve(file)), Files.readAllBytes(folder.resolve("parts").resolve(file)));
        }
    }

    @Test
    void refusesWhatDoesNotFit() throws IOException {
        refused(config("objects", "").canonical().replace("[128,96]", "[128,100]"), shared.resolve("still"),
                "frames of 128 x 100 pixels are no multiple of the encoder's patch, 8");
        refused(config("objects", "").canonical().replace("\"neighbours\":1", "\"neighbours\":300"), shared.resolve("still"),
                "neighbours must be at most the 192 patches of a frame, found 300");
        refused(config("masks", "").canonical(), shared.resolve("still"), "recipe.score must be objects or classes, found masks");
        refused(config("objects", "").canonical(), TinyScenes.shards(folder.resolve("ade"), 2, 1, 0),
                "has no videos with label maps; video needs davis2017, vip or render-videos");
    }

    private void refused(String config, Path data, String message) {
        UserError error = assertThrows(UserError.class, () -> VideoProbe.run(Settings.parseJson("config", config), data, encoder, null,
                folder.resolve("refused"), RunOptions.unlimited(1)));
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }
}
