package org.equirepro.evaluation.coco;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.CocoFile;
import org.equirepro.vision.dense.BoundingBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CocoEvaluationTest {

    @TempDir
    private Path folder;

    /** Pictures 1 .. n of 200 x 200; a row is image, category, x, y, side, crowd: a square with its outline. */
    private static CocoFile truth(int pictures, int[]... rows) {
        List<String> images = new ArrayList<>();
        for (int i = 1; i <= pictures; i++) {
            images.add("{\"id\":" + i + ",\"file_name\":\"" + i + ".jpg\",\"width\":200,\"height\":200}");
        }
        List<String> objects = new ArrayList<>();
        for (int[] r : rows) {
            int right = r[2] + r[4];
            int bottom = r[3] + r[4];
            String keypoints = "0,0,0,".repeat(15) + r[2] + "," + r[3] + ",2," + right + "," + bottom + ",1";
            objects.add("{\"id\":" + (objects.size() + 1) + ",\"image_id\":" + r[0] + ",\"category_id\":" + r[1] + ",\"bbox\":[" + r[2] + ","
                    + r[3] + "," + r[4] + "," + r[4] + "],\"area\":" + r[4] * r[4] + ",\"iscrowd\":" + r[5] + ",\"segmentation\":[[" + r[2]
                    + "," + r[3] + "," + right + "," + r[3] + "," + right + "," + bottom + "," + r[2] + "," + bottom
                    + "]],\"keypoints\":[" + keypoints + "]}");
        }
        String json = "{\"images\":[" + String.join(",", images) + "],\"annotations\":[" + String.join(",", objects)
                + "],\"categories\":[{\"id\":1,\"name\":\"a\"},{\"id\":5,\"name\":\"b\"}]}";
        return CocoFile.open(Path.of("truth.json"), () -> new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Detection> perfect(CocoFile truth) {
        List<Detection> detections = new ArrayList<>();
        truth.annotations((image, o) -> detections.add(new Detection(truth.images().get(image).id(), o.category(), 0.5, o.box(),
                o.box().area(), o.mask().map(m -> m.toRle(200, 200)), o.keypoints())));
        return detections;
    }

    private static Detection box(int image, int category, double score, double x, double side) {
        return Detection.of(image, category, score, new BoundingBox(x, 0, side, side));
    }

    private static Map<String, Double> boxes(CocoFile truth, Detection... detections) {
        return CocoEvaluation.of(Measure.BBOX, truth, List.of(detections)).summary();
    }

    @Test
    void detectionsThatAreTheObjectsScoreOne() {
        CocoFile truth = truth(3, new int[] {1, 1, 10, 10, 20, 0}, new int[] {1, 1, 60, 60, 50, 0}, new int[] {3, 5, 0, 0, 120, 0});
        for (Measure measure : Measure.values()) {
            Map<String, Double> s = CocoEvaluation.of(measure, truth, perfect(truth)).summary();
            assertEquals(1, s.get("AP"), 1e-9, measure.name());
            assertEquals(1, s.get(measure == Measure.KEYPOINTS ? "AR" : "AR100"), 1e-9, measure.name());
            assertEquals(measure == Measure.KEYPOINTS ? 10 : 12, s.size());
        }
    }

    @Test
    void sizesCountApart() {
        CocoFile truth = truth(1, new int[] {1, 1, 0, 0, 20, 0}, new int[] {1, 1, 0, 0, 100, 0});
        Map<String, Double> s = boxes(truth, box(1, 1, 0.9, 0, 20));
        assertEquals(1, s.get("APs"), 1e-9);
        assertEquals(-1, s.get("APm"), "there is none");
        assertEquals(0, s.get("APl"));
        assertEquals(0.5, s.get("AR100"));
        assertEquals(51.0 / 101, s.get("AP"), 1e-9, "recall 0 to 0.5 is reached with full precision");
    }

    @Test
    void everyDetectionFindsOneObjectAndOverlapDecidesHowOften() {
        CocoFile truth = truth(1, new int[] {1, 1, 0, 0, 100, 0});
        assertEquals(0.3, boxes(truth, Detection.of(1, 1, 0.9, new BoundingBox(0, 0, 100, 62))).get("AP"), 1e-9,
                "right at 0.50, 0.55 and 0.60");
        Map<String, Double> twice = boxes(truth, box(1, 1, 0.9, 0, 100), box(1, 1, 0.8, 0, 100));
        assertEquals(1, twice.get("AP"), 1e-9, "a second find behind the first costs nothing");
        assertEquals(0.5, boxes(truth, box(1, 1, 0.9, 150, 20), box(1, 1, 0.8, 0, 100)).get("AP"), 1e-9, "a false one before it does");
    }

    @Test
    void crowdsTakeAnyNumberOfDetectionsAndCountForNothing() {
        CocoFile truth = truth(2, new int[] {1, 1, 0, 0, 100, 1}, new int[] {2, 1, 0, 0, 50, 0});
        Map<String, Double> s = boxes(truth, box(1, 1, 0.9, 0, 20), box(1, 1, 0.8, 40, 20), box(2, 1, 0.7, 0, 50));
        assertEquals(1, s.get("AP"), 1e-9);
        assertEquals(1, s.get("AR1"));
    }

    @Test
    void onlyTheSurestOfAPictureCount() {
        List<int[]> rows = new ArrayList<>();
        List<Detection> detections = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rows.add(new int[] {1, 1, 10 * i, 0, 9, 0});
            detections.add(Detection.of(1, 1, 1 - i / 100.0, new BoundingBox(10 * i, 0, 9, 9)));
        }
        Map<String, Double> s = boxes(truth(1, rows.toArray(int[][]::new)), detections.toArray(Detection[]::new));
        assertEquals(1 / 20.0, s.get("AR1"), 1e-9);
        assertEquals(0.5, s.get("AR10"), 1e-9);
        assertEquals(1, s.get("AR100"), 1e-9);
    }

    @Test
    void nothingToFindAndNothingFoundAreNotTheSame() {
        assertEquals(-1, boxes(truth(1), box(1, 1, 0.9, 0, 20)).get("AP"));
        assertEquals(0, boxes(truth(1, new int[] {1, 1, 0, 0, 30, 0})).get("AP"));
    }

    @Test
    void resultFilesComeBackAsTheyWereWritten() {
        CocoFile truth = truth(2, new int[] {1, 1, 10, 10, 20, 0}, new int[] {2, 5, 60, 60, 50, 0});
        Path file = folder.resolve("results.json");
        CocoResults.write(file, perfect(truth));
        List<Detection> read = CocoResults.read(file);
        assertEquals(2, read.size());
        assertEquals(perfect(truth).get(1).mask(), read.get(1).mask());
        assertEquals(1, CocoEvaluation.of(Measure.KEYPOINTS, truth, read).summary().get("AP"), 1e-9);
    }

    @Test
    void whatCannotBeScoredIsNamed() {
        CocoFile truth = truth(1, new int[] {1, 1, 0, 0, 30, 0});
        assertTrue(assertThrows(UserError.class, () -> boxes(truth, box(9, 1, 0.9, 0, 20))).getMessage().contains("picture 9"));
        assertThrows(UserError.class, () -> CocoEvaluation.of(Measure.SEGM, truth, List.of(box(1, 1, 0.9, 0, 20))));
    }
}
