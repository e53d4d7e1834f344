package org.equirepro.evaluation.segmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.evaluation.finetune.TinyScenes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SegmentationTest {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path shards;
    private static Path encoder;

    @BeforeAll
    static void prepare() throws IOException {
        shards = TinyScenes.shards(shared, 12, 3, 2);
        encoder = TinyScenes.encoder(shared.resolve("encoder"));
    }

    private static Settings config(int steps, String views, String more) {
        return TinyScenes.config("{\"kind\":\"segment\",\"blocks\":[0,1,2,3],\"channels\":16,\"pool\":[1,2,3,6],\"dropout\":0.1,"
                + "\"auxiliary\":{\"channels\":8,\"weight\":0.4},\"views\":{" + views + ",\"most_of_one_class\":0.9},"
                + "\"test\":{\"long_side\":160,\"short_side\":40,\"window\":32,\"stride\":21},\"checkpoint_steps\":50,"
                + "\"log_steps\":5,\"steps\":" + steps + more + ",\"optimiser\":{\"name\":\"adamw\",\"lr\":0.004,"
                + "\"weight_decay\":0.05,\"layer_decay\":0.9,\"schedule\":\"poly\",\"warmup_steps\":5}}");
    }

    private static Settings config(int steps) {
        return config(steps, "\"long_side\":160,\"short_side\":40,\"ratio\":[0.8,1.5],\"crop\":32", ",\"batch\":4,\"drop_path\":0.1");
    }

    private Path run(Settings config, Path data, String store, String out, RunOptions options) {
        Segmentation.run(FineTuning.Call.alone(config, data, encoder, folder.resolve(store), folder.resolve(out), options));
        return folder.resolve(out);
    }

    private static Map<String, ResultRow> results(Path out) {
        return ResultRow.read(out.resolve("result.csv")).stream().collect(Collectors.toMap(ResultRow::metric, row -> row));
    }

    @Test
    void learnsColouredRectanglesBesidePicturesWithoutLabels() throws IOException {
        Path out = run(config(120), shards, "store", "out", RunOptions.unlimited(1));
        Map<String, ResultRow> rows = results(out);
        ResultRow miou = rows.get("miou");
        assertTrue(miou.value() > 45, "mIoU of other pictures of the kind: " + miou); // grey everywhere has 24
        assertTrue(rows.get("mean_accuracy").value() > 50 && rows.get("pixel_accuracy").value() > rows.get("pixel_accuracy").floor(),
                rows.toString());
        assertEquals(List.of("segment", "class", "fine_tuned", "slide"),
                List.of(miou.task(), miou.target(), miou.features(), miou.protocol()));
        assertEquals(5, miou.samples());
        assertTrue(miou.floor() > 10 && miou.floor() < 30, "grey everywhere: " + miou.floor());
        for (String file : new String[] {"curves.csv", "settings.json", "meter.json", "predictions.csv", "pictures/segmentation.png"}) {
            assertTrue(Files.size(out.resolve(file)) > 0, file);
        }
        assertTrue(Files.readAllLines(out.resolve("predictions.csv")).size() >= 1 + 3 * 3);
    }

    @Test
    void stoppedAnywhereItGoesOnToTheSameBits() throws IOException {
        Path whole = run(config(4), shards, "whole-store", "whole", RunOptions.unlimited(1));
        int calls = 0;
        for (boolean ended = false; !ended; calls++) {
            try {
                run(config(4), shards, "store", "parts", new RunOptions(1, 1e-9, ""));
                ended = true;
            } catch (UserError e) {
                assertEquals(ExitCode.SAVED_RUN_AGAIN, e.exitCode(), e.getMessage());
                assertFalse(Files.exists(folder.resolve("parts")));
            }
        }
        assertEquals(4, calls, "a step a call, and the last tests, too");
        for (String file : new String[] {"result.csv", "curves.csv", "settings.json", "predictions.csv", "pictures/segmentation.png"}) {
            assertArrayEquals(Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(folder.resolve("parts").resolve(file)), file);
        }
    }

    @Test
    void overfitsRealPictures() throws IOException {
        Optional<Path> sample = TinyScenes.fixtures("ade20k-real");
        if (sample.isPresent()) {
            Path data = TinyScenes.ade(sample.get(), folder);
            Settings config = config(80, "\"long_side\":200,\"short_side\":40,\"ratio\":[1,1],\"crop\":40", ",\"batch\":2");
            Map<String, ResultRow> rows = results(run(config, data, "store", "out", RunOptions.unlimited(1)));
            assertTrue(rows.get("miou").value() > 2 * rows.get("miou").floor(), rows.toString());
            assertTrue(rows.get("pixel_accuracy").value() > 60, rows.toString()); // one class everywhere has 43
        }
    }

    @Test
    void refusesRecipesThatDoNotFitTheEncoderOrTheData() {
        String odd = "\"long_side\":160,\"short_side\":40,\"ratio\":[1,1],\"crop\":30";
        assertTrue(assertThrows(UserError.class, () -> run(config(1, odd, ",\"batch\":4"), shards, "s", "o", RunOptions.unlimited(1))).getMessage()
                .contains("views.crop must be a multiple of the encoder's patch, 8, found 30"));
        Settings deep = Settings.parseJson("deep", config(1).canonical().replace("[0,1,2,3]", "[0,1,2,4]"));
        assertTrue(assertThrows(UserError.class, () -> run(deep, shards, "s", "o", RunOptions.unlimited(1))).getMessage()
                .contains("blocks must be ascending numbers from 0 to 3 for this encoder, found [0, 1, 2, 4]"));
    }
}
