package org.equirepro.evaluation.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.coco.CocoEvaluation;
import org.equirepro.evaluation.coco.CocoTruth;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.coco.IouType;
import org.equirepro.evaluation.finetune.TinyScenes;
import org.equirepro.models.detection.BoxSelection;
import org.equirepro.models.detection.DetectionLosses;
import org.equirepro.models.detection.MaskRcnn;
import org.equirepro.models.detection.ObjectTargets;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.data.Preparation;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.views.DetectionViews;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a mask head that answers its targets to the letter would score: the targets' way back into the picture, as runs, judged by
 * COCO's rules. Half a pixel anywhere on that way costs a third of the AP of objects of 20 pixels.
 */
final class MaskOracleTest {

    @TempDir
    Path folder;

    @Test
    void renderedObjectsHaveTheirMasksBack() {
        Path scenes = folder.resolve("scenes");
        Preparation.run(Settings.parseJson("scenes", "{\"dataset\": \"scenes\", \"kind\": \"render-scenes\", \"annotations\": \"instances\", "
                + "\"size\": 128, \"train_pictures\": 1, \"test_pictures\": 24, \"classes\": 1, \"objects\": [1, 1], \"persons\": [0, 1], "
                + "\"seed\": 1}"), null, scenes);
        Map<String, Double> fine = scores(scenes, 128, 28);
        assertEquals(1, fine.get("AP75"), 1e-9, fine.toString());
        assertTrue(fine.get("AP") > 0.995, fine.toString());
        Map<String, Double> coarse = scores(scenes, 128, 14);
        assertTrue(coarse.get("AP75") > 0.95, coarse.toString());
    }

    @Test
    void realPersonsHaveTheirMasksBack() {
        Optional<Path> pictures = TinyScenes.fixtures("coco-keypoints-real");
        if (pictures.isPresent()) {
            Map<String, Double> scores = scores(TinyCoco.prepared(pictures.get(), "test_coco.json", folder.resolve("real")), 512, 28);
            assertTrue(scores.get("AP75") > 0.95, scores.toString());
        }
    }

    private static Map<String, Double> scores(Path shards, int side, int maskSide) {
        DetectionViews views = new DetectionViews(new DetectionViews.Design(side, 1, 1, false));
        try (Torch torch = Torch.start(1); ShardSet data = ShardSet.open(shards)) {
            Split test = data.split("test");
            List<PictureObjects> pictures = IntStream.range(0, test.size())
                    .mapToObj(i -> PictureObjects.parse(test.key(i), test.member(i, "json").orElseThrow())).toList();
            List<Detection> answers = pictures.stream().flatMap(picture -> answers(torch, views, picture, maskSide).stream()).toList();
            List<Long> categories = answers.stream().map(Detection::category).distinct().toList();
            return new CocoEvaluation(IouType.SEGM, new CocoTruth(categories, pictures)).score(FoundObjects.only(answers, IouType.SEGM))
                    .stats();
        }
    }

    private static List<Detection> answers(Torch torch, DetectionViews views, PictureObjects picture, int maskSide) {
        DetectionViews.Parameters whole = views.whole(picture.width(), picture.height());
        List<Instance> objects = views.objects(picture, whole);
        ObjectTargets targets = DetectionSample.of(new byte[0], whole, objects, 0).objects();
        int n = objects.size();
        float[] cuts = new DetectionLosses(torch.ops(), DetectionLosses.BETA).maskTargets(targets.masks(), targets.boxes(),
                IntStream.range(0, n).toArray(), maskSide, true);
        float[] sure = new float[n];
        Arrays.fill(sure, 1);
        List<float[]> masks = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            masks.add(Arrays.copyOfRange(cuts, i * maskSide * maskSide, (i + 1) * maskSide * maskSide));
        }
        long[] categories = objects.stream().mapToLong(Instance::category).toArray();
        MaskRcnn.Found found = new MaskRcnn.Found(new BoxSelection.Objects(targets.boxes(), sure, IntStream.rangeClosed(1, n).toArray()),
                masks.toArray(new float[0][]), maskSide, new float[0][]);
        return FoundObjects.detections(found, whole, picture, categories);
    }
}
