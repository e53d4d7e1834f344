package org.equirepro.evaluation.detection;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.evaluation.finetune.TinyScenes;
import org.equirepro.evaluation.finetune.TinyTask;
import org.equirepro.evaluation.keypoints.KeypointsTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four pictures of COCO with 14 persons, two of them without keypoints, are learnt by heart. */
final class RealPersonsTest {

    @TempDir
    Path folder;

    private Map<String, Double> scores(Consumer<FineTuning.Call> task, Path pictures, String recipe) throws IOException {
        Path shards = TinyCoco.prepared(pictures, "test_coco.json", folder.resolve("shards"));
        TinyTask tiny = new TinyTask(task, TinyTask.encoder(folder.resolve("encoder"), 64, 1), folder);
        return TinyTask.values(tiny.run(TinyTask.config(recipe), shards, "out"), row -> row.target() + " " + row.metric());
    }

    @Test
    void boxesAndMasksOfPersonsAreLearntByHeart() throws IOException {
        Optional<Path> pictures = TinyScenes.fixtures("coco-keypoints-real");
        if (pictures.isPresent()) {
            Map<String, Double> scores = scores(DetectTask::run, pictures.get(), "{\"kind\": \"detect\", \"batch\": 4, \"steps\": 80, "
                    + "\"checkpoint_steps\": 1000, \"log_steps\": 10, "
                    + "\"views\": {\"side\": 64, \"least_ratio\": 1, \"most_ratio\": 1, \"mirrored\": false}, "
                    + "\"heads\": {\"channels\": 32, \"rpn_layers\": 1, \"box_width\": 64, \"mask_width\": 16, \"mask_layers\": 1}, "
                    + "\"regions\": {\"train_per_map\": 60, \"train_proposals\": 60, \"test_per_map\": 50, \"test_proposals\": 50, "
                    + "\"train_anchors\": 64, \"train_regions\": 32, \"most\": 20}, "
                    + "\"optimiser\": {\"name\": \"adamw\", \"lr\": 0.003, \"schedule\": \"drops\", \"drops\": [65]}}");
            assertTrue(scores.get("box ap50") > 0.5, scores.toString());
            assertTrue(scores.get("mask ap50") > 0.4, scores.toString());
        }
    }

    @Test
    void keypointsOfPersonsAreLearntByHeart() throws IOException {
        Optional<Path> pictures = TinyScenes.fixtures("coco-keypoints-real");
        if (pictures.isPresent()) {
            Map<String, Double> scores = scores(KeypointsTask::run, pictures.get(), "{\"kind\": \"keypoints\", \"batch\": 6, "
                    + "\"steps\": 80, \"checkpoint_steps\": 1000, \"log_steps\": 10, \"head_width\": 32, \"views\": {\"width\": 48, "
                    + "\"height\": 64, \"turned\": 0, \"least_scale\": 1, \"most_scale\": 1, \"mirrored\": false}, "
                    + "\"optimiser\": {\"name\": \"adamw\", \"lr\": 0.003, \"schedule\": \"constant\"}}");
            assertTrue(scores.get("person_keypoints ap50") > 0.7, scores.toString());
        }
    }
}
