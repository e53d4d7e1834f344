package org.equirepro.evaluation.depth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.evaluation.finetune.TinyScenes;
import org.equirepro.evaluation.finetune.TinyTask;
import org.equirepro.vision.data.Preparation;
import org.equirepro.vision.data.Sample;
import org.equirepro.vision.render.SceneReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DepthEstimationTest {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path shards;
    private static Path encoder;

    /** Rendered rooms in the layout of NYU, the same ones for training and testing. */
    @BeforeAll
    static void prepare() throws IOException {
        Path source = shared.resolve("nyu");
        StringBuilder list = new StringBuilder();
        Settings scenes = Settings.parseJson("scenes", "{\"kind\":\"render-scenes\",\"annotations\":\"segmentation\",\"depth\":true,"
                + "\"size\":48,\"train_pictures\":6,\"test_pictures\":1,\"seed\":2}");
        int number = 0;
        for (Iterator<Sample> samples = SceneReader.of(scenes).samples(); samples.hasNext(); number++) {
            Sample sample = samples.next();
            byte[] picture = sample.bytes().get();
            byte[] depth = sample.members().get("depth").get();
            for (String place : List.of("sync/room/", "official_splits/test/room/")) {
                Files.createDirectories(source.resolve(place));
                Files.write(source.resolve(place + "rgb_" + number + ".jpg"), picture);
                Files.write(source.resolve(place + "sync_depth_" + number + ".png"), depth);
            }
            list.append("room/rgb_" + number + ".jpg room/sync_depth_" + number + ".png 518.8579\n");
        }
        for (String split : List.of("train", "test")) {
            Files.writeString(source.resolve("nyudepthv2_" + split + "_files_with_gt.txt"), list);
        }
        shards = shared.resolve("shards");
        Preparation.run(Settings.parseJson("rooms", "{\"dataset\":\"rooms\",\"kind\":\"nyu-depth-v2\",\"subset\":true}"), source, shards);
        encoder = TinyTask.encoder(shared.resolve("encoder"), 32, 4);
    }

    private static Settings config(int steps, String more) {
        return TinyTask.config("{\"kind\":\"depth\",\"blocks\":[0,1,2,3],\"channels\":16,\"pool\":[1,2,3,6],\"protocol\":\"whole\","
                + "\"range\":[0.1,20],\"checkpoint_steps\":50,\"log_steps\":5,\"batch\":4,\"steps\":" + steps + more
                + ",\"optimiser\":{\"name\":\"adamw\",\"lr\":0.004,\"weight_decay\":0.05,\"layer_decay\":0.9,\"schedule\":\"poly\","
                + "\"warmup_steps\":5}}");
    }

    private Path run(Settings config, Path data, String out) {
        DepthEstimation.run(FineTuning.Call.alone(config, data, encoder, folder.resolve("store-" + out), folder.resolve(out),
                RunOptions.unlimited(1)));
        return folder.resolve(out);
    }

    private static Map<String, ResultRow> results(Path out) {
        return ResultRow.read(out.resolve("result.csv")).stream().collect(Collectors.toMap(ResultRow::metric, row -> row));
    }

    @Test
    void learnsRoomsByHeartAndAveragesBothSides() throws IOException {
        Path out = run(config(130, ",\"views\":{\"width\":40,\"height\":40},\"flip_test\":true"), shards, "out");
        Map<String, ResultRow> rows = results(out);
        assertEquals(List.of("rmse", "abs_rel", "rmse_log", "log10", "silog", "delta1").stream().sorted().toList(),
                rows.keySet().stream().sorted().toList());
        ResultRow relative = rows.get("abs_rel");
        assertTrue(relative.value() < 0.15 && relative.value() < 0.45 * relative.floor(), relative.toString());
        assertTrue(rows.get("delta1").value() > 0.8 && rows.get("delta1").floor() < 0.4, rows.get("delta1").toString());
        assertEquals(List.of("depth", "depth", "fine_tuned", "whole"),
                List.of(relative.task(), relative.target(), relative.features(), relative.protocol()));
        assertEquals(7, relative.samples());
        for (String file : List.of("curves.csv", "settings.json", "meter.json", "predictions.csv", "pictures/depth.png")) {
            assertTrue(Files.size(out.resolve(file)) > 0, file);
        }
        assertEquals(8, Files.readAllLines(out.resolve("predictions.csv")).size());
    }

    @Test
    void stoppedAnywhereItGoesOnToTheSameBits() throws IOException {
        Settings config = config(3, ",\"drop_path\":0.2,\"views\":{\"width\":32,\"height\":24}");
        Path whole = run(config, shards, "whole");
        int calls = 0;
        for (boolean ended = false; !ended; calls++) {
            try {
                DepthEstimation.run(FineTuning.Call.alone(config, shards, encoder, folder.resolve("store"), folder.resolve("parts"),
                        new RunOptions(1, 1e-9, "")));
                ended = true;
            } catch (UserError e) {
                assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode(), e.getMessage());
            }
        }
        assertEquals(3, calls);
        for (String file : List.of("result.csv", "curves.csv", "predictions.csv", "pictures/depth.png")) {
            assertArrayEquals(Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(folder.resolve("parts").resolve(file)), file);
        }
    }

    @Test
    void refusesRecipesThatDoNotFitTheEncoderOrTheData() throws IOException {
        refused(config(1, ",\"views\":{\"width\":40,\"height\":30}"), shards,
                "views.width and views.height must be multiples of the encoder's patch, 8, found 40 and 30");
        refused(config(1, ",\"views\":{\"width\":64,\"height\":40}"), shards, "has 48 x 48 pixels to train on, less than");
        Settings nyu = Settings.parseJson("nyu", config(1, ",\"views\":{\"width\":40,\"height\":40}").canonical().replace("whole", "nyu"));
        refused(nyu, shards, "room/rgb_");
        refused(Settings.parseJson("eigen", nyu.canonical().replace("nyu", "eigen")), shards,
                "protocol must be one of whole, nyu, kitti, found eigen");
        refused(Settings.parseJson("range", nyu.canonical().replace("[0.1,20]", "[0,20]")), shards, "range must be two distances");
        refused(config(1, ",\"views\":{\"width\":32,\"height\":32}"), TinyScenes.shards(folder.resolve("ade"), 2, 1, 0),
                "data set tiny has no depth maps; depth needs nyu-depth-v2, kitti-eigen, or render-scenes with depth: true");
    }

    private void refused(Settings config, Path data, String message) {
        UserError error = assertThrows(UserError.class, () -> run(config, data, "refused"));
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }
}
