package org.equirepro.evaluation.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.finetune.TinyScenes;
import org.equirepro.evaluation.finetune.TinyTask;
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
        encoder = TinyTask.encoder(shared.resolve("encoder"), 32, 4);
    }

    private static Settings config(int steps, String views, String more) {
        return TinyTask.config("{\"kind\":\"segment\",\"blocks\":[0,1,2,3],\"channels\":16,\"pool\":[1,2,3,6],\"dropout\":0.1,"
                + "\"auxiliary\":{\"channels\":8,\"weight\":0.4},\"views\":{" + views + ",\"most_of_one_class\":0.9},"
                + "\"test\":{\"long_side\":160,\"short_side\":40,\"window\":32,\"stride\":21},\"checkpoint_steps\":50,"
                + "\"log_steps\":5,\"steps\":" + steps + more + ",\"optimiser\":{\"name\":\"adamw\",\"lr\":0.004,"
                + "\"weight_decay\":0.05,\"layer_decay\":0.9,\"schedule\":\"poly\",\"warmup_steps\":5}}");
    }

    private static Settings config(int steps) {
        return config(steps, "\"long_side\":160,\"short_side\":40,\"ratio\":[0.8,1.5],\"crop\":32", ",\"batch\":4,\"drop_path\":0.1");
    }

    private TinyTask task() {
        return new TinyTask(Segmentation::run, encoder, folder);
    }

    @Test
    void learnsColouredRectanglesBesidePicturesWithoutLabels() throws IOException {
        Path out = task().run(config(120), shards, "out");
        Map<String, ResultRow> rows = TinyTask.rows(out, ResultRow::metric);
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
        assertEquals(3, task().stopped(config(4), shards, "settings.json", "predictions.csv", "pictures/segmentation.png"),
                "the last call does a step and the test");
    }

    @Test
    void overfitsRealPictures() throws IOException {
        Optional<Path> sample = TinyScenes.fixtures("ade20k-real");
        if (sample.isPresent()) {
            Path data = TinyScenes.ade(sample.get(), folder);
            Settings config = config(200, "\"long_side\":200,\"short_side\":40,\"ratio\":[1,1],\"crop\":40", ",\"batch\":2");
            Map<String, ResultRow> rows = TinyTask.rows(task().run(config, data, "out"), ResultRow::metric);
            assertTrue(rows.get("miou").value() > 4 * rows.get("miou").floor(), rows.toString());
            assertTrue(rows.get("pixel_accuracy").value() > 75, rows.toString()); // one class everywhere has 43
        }
    }

    @Test
    void refusesRecipesThatDoNotFitTheEncoderOrTheData() {
        String odd = "\"long_side\":160,\"short_side\":40,\"ratio\":[1,1],\"crop\":30";
        assertTrue(assertThrows(UserError.class, () -> task().run(config(1, odd, ",\"batch\":4"), shards, "o")).getMessage()
                .contains("views.crop must be a multiple of the encoder's patch, 8, found 30"));
        Settings deep = Settings.parseJson("deep", config(1).canonical().replace("[0,1,2,3]", "[0,1,2,4]"));
        assertTrue(assertThrows(UserError.class, () -> task().run(deep, shards, "o")).getMessage()
                .contains("blocks must be ascending numbers from 0 to 3 for this encoder, found [0, 1, 2, 4]"));
    }
}
