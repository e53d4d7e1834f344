package org.equirepro.evaluation.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.coco.CocoEvaluation;
import org.equirepro.evaluation.coco.CocoResults;
import org.equirepro.evaluation.coco.CocoTruth;
import org.equirepro.evaluation.coco.IouType;
import org.equirepro.evaluation.finetune.TinyTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DetectTaskTest {

    @TempDir
    static Path data;

    @TempDir
    Path folder;

    private static Path plain;
    private static Path odd;
    private static Path encoder;

    @BeforeAll
    static void prepare() throws IOException {
        plain = TinyCoco.shards(data.resolve("plain"), false);
        odd = TinyCoco.shards(data.resolve("odd"), true);
        encoder = TinyTask.encoder(data.resolve("encoder"), 64, 1);
    }

    /** @param more keys that end with a comma */
    static Settings config(int steps, String more) {
        return TinyTask.config("{\"kind\": \"detect\", \"batch\": 4, \"steps\": " + steps + ", \"checkpoint_steps\": 1000, \"log_steps\": 1, "
                + more + "\"views\": {\"side\": 64, \"least_ratio\": 1, \"most_ratio\": 1, \"mirrored\": false}, "
                + "\"heads\": {\"channels\": 32, \"rpn_layers\": 1, \"box_width\": 64, \"mask_width\": 16, \"mask_layers\": 1, "
                + "\"keypoints\": 17, \"keypoint_width\": 16, \"keypoint_layers\": 1}, "
                + "\"regions\": {\"train_per_map\": 60, \"train_proposals\": 60, \"test_per_map\": 50, \"test_proposals\": 50, "
                + "\"train_anchors\": 64, \"train_regions\": 32, \"most\": 10}, "
                + "\"optimiser\": {\"name\": \"adamw\", \"lr\": 0.002, \"schedule\": \"drops\", \"drops\": [100000]}}");
    }

    private TinyTask task() {
        return new TinyTask(DetectTask::run, encoder, folder);
    }

    @Test
    void aFewPicturesAreLearntByHeartAndOthersScoreTheFilesAlike() throws IOException {
        Map<String, Double> scores = TinyTask.values(task().run(config(100, ""), plain, "out"), row -> row.target() + " " + row.metric());
        assertTrue(scores.get("box ap50") > 0.9, scores.toString());
        assertTrue(scores.get("mask ap50") > 0.9, scores.toString());
        assertTrue(scores.get("person_keypoints ap50") > 0.4, scores.toString());
        assertFalse(scores.containsKey("box ap_large")); // there are none
        CocoTruth truth = CocoTruth.read(data.resolve("plain/source/objects.json"));
        for (IouType type : IouType.values()) {
            Path file = folder.resolve("out/" + type.name().toLowerCase(java.util.Locale.ROOT) + ".json");
            double ap = new CocoEvaluation(type, truth).score(CocoResults.read(file, truth)).stats().get("AP");
            String target = type == IouType.BBOX ? "box" : type == IouType.SEGM ? "mask" : "person_keypoints";
            assertEquals(ap, scores.get(target + " ap"), 1e-12, type.name());
        }
        assertTrue(Files.size(folder.resolve("out/pictures/detections.png")) > 1000);
    }

    @Test
    void oddPicturesBreakNeitherTrainingNorTestAndAStoppedRunEndsWithTheSameBits() throws IOException {
        assertEquals(3, task().stopped(config(4, "\"drop_path\": 0.1, "), odd, "bbox.json", "segm.json", "keypoints.json",
                "pictures/detections.png"));
    }

    @Test
    void aBatchInPartsTrainsAsInOnePiece() throws IOException {
        task().accumulated(config(3, ""), odd, 2); // pictures without objects, with a crowd and without keypoints among them
    }

    @Test
    void aSideThatDoesNotFitAndKeypointsThatAreNotThereAreNamed() {
        Settings odd64 = Settings.parseJson("c", config(1, "").canonical().replace("\"side\":64", "\"side\":72"));
        assertEquals("c: views.side must be a multiple of 32, four patches, found 72", assertThrows(UserError.class, () ->
                task().run(odd64, plain, "a")).getMessage().replaceFirst("^c[^:]*", "c"));
        Settings points = Settings.parseJson("c", config(1, "").canonical().replace("\"keypoints\":17", "\"keypoints\":16"));
        assertTrue(assertThrows(UserError.class, () -> task().run(points, plain, "b")).getMessage()
                .contains("heads.keypoints is 16, but"));
    }
}
