package org.equirepro.evaluation.keypoints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.coco.CocoEvaluation;
import org.equirepro.evaluation.coco.CocoResults;
import org.equirepro.evaluation.coco.CocoTruth;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.coco.IouType;
import org.equirepro.evaluation.detection.TinyCoco;
import org.equirepro.evaluation.finetune.TinyTask;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeypointsTaskTest {

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

    private static Settings config(int steps, String more) {
        return TinyTask.config("{\"kind\": \"keypoints\", \"batch\": 4, \"steps\": " + steps + ", \"checkpoint_steps\": 1000, "
                + "\"log_steps\": 1, " + more + "\"head_width\": 32, \"views\": {\"width\": 48, \"height\": 64, \"turned\": 0, "
                + "\"least_scale\": 1, \"most_scale\": 1, \"mirrored\": false}, "
                + "\"optimiser\": {\"name\": \"adamw\", \"lr\": 0.003, \"schedule\": \"constant\"}}");
    }

    private TinyTask task() {
        return new TinyTask(KeypointsTask::run, encoder, folder);
    }

    private Map<String, Double> scores(Settings config, String name) {
        return TinyTask.values(task().run(config, plain, name), row -> row.protocol() + " " + row.metric());
    }

    @Test
    void aFewPersonsAreLearntByHeartInGivenAndInFoundBoxes() throws IOException {
        Map<String, Double> scores = scores(config(150, ""), "out");
        assertTrue(scores.get("annotated_boxes ap50") > 0.9, scores.toString());
        CocoTruth truth = CocoTruth.read(data.resolve("plain/source/objects.json"));
        double ap = new CocoEvaluation(IouType.KEYPOINTS, new CocoTruth(List.of(3L), truth.pictures()))
                .score(CocoResults.read(folder.resolve("out/keypoints.json"), truth)).stats().get("AP");
        assertEquals(ap, scores.get("annotated_boxes ap"), 1e-12);
        assertTrue(Files.size(folder.resolve("out/pictures/keypoints.png")) > 1000);
        // the same persons, each found twice by a detector, and one thing
        Path boxes = folder.resolve("boxes.json");
        CocoResults.write(boxes, truth.pictures().stream().flatMap(p -> p.objects().stream().flatMap(o -> List.of(
                Detection.ofBox(p.imageId(), o.category(), 0.9, o.box()), Detection.ofBox(p.imageId(), o.category(), 0.8, o.box())).stream()))
                .toList());
        String section = "\"boxes\": {\"file\": \"" + boxes + "\", \"sha256\": \"" + Hashes.sha256(boxes) + "\"}, ";
        Map<String, Double> found = scores(config(150, section), "found");
        assertEquals(scores.get("annotated_boxes ap"), found.get("detected_boxes ap"), 1e-9);
        assertEquals(4, CocoResults.read(folder.resolve("found/keypoints.json"), truth).size()); // once each
    }

    @Test
    void oddPersonsBreakNeitherTrainingNorTestAndAStoppedRunEndsWithTheSameBits() throws IOException {
        assertEquals(3, task().stopped(config(4, ""), odd, "keypoints.json", "pictures/keypoints.png"));
    }

    @Test
    void anotherFileOfBoxesThanTheRecipeSaysIsRefused() throws IOException {
        Path boxes = folder.resolve("boxes.json");
        Files.writeString(boxes, "[]");
        assertTrue(assertThrows(UserError.class, () -> task().run(config(1, "\"boxes\": {\"file\": \"" + boxes
                + "\", \"sha256\": \"00\"}, "), plain, "a")).getMessage().contains("boxes.sha256: 00"));
    }

    @Test
    void pckhCountsJointsWithinHalfAHeadAndLeavesOutPelvisAndThorax() {
        double[] truth = new double[48];
        double[] found = new double[48];
        for (int j = 0; j < 16; j++) {
            truth[3 * j] = found[3 * j] = 10 * j;
            truth[3 * j + 2] = j == 15 ? 0 : 2; // the last is not given
        }
        found[0] += 2.9; // half of .6 times 10 is 3
        found[3] += 3.1;
        found[3 * 6] += 50; // the pelvis
        Instance person = new Instance(1, 0, 1, new BoundingBox(0, 0, 9, 9), 81, false, false, Optional.empty(), truth,
                Optional.of(new BoundingBox(0, 0, 6, 8)));
        assertEquals(12.0 / 13, HeadSizes.pckh(List.of(Detection.ofKeypoints(1, 1, 1, found)), List.of(person)).orElseThrow(), 1e-12);
        Instance headless = new Instance(1, 0, 1, person.box(), 81, false, false, Optional.empty(), truth, Optional.empty());
        assertTrue(HeadSizes.pckh(List.of(Detection.ofKeypoints(1, 1, 1, found)), List.of(headless)).isEmpty());
    }
}
