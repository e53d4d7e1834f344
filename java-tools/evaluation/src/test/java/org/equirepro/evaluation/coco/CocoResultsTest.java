package org.equirepro.evaluation.coco;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.dense.Rle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CocoResultsTest {

    private static final CocoTruth TRUTH = new CocoTruth(List.of(1L), List.of(new PictureObjects(7, 4, 3, List.of())));

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadAgain() {
        Rle mask = Rle.ofRuns(3, 4, new int[] {2, 5, 5});
        List<Detection> detections = List.of(
                new Detection(7, 1, 0.25, Optional.of(new BoundingBox(0.1, 2, 3.75, 1e-3)), Optional.of(mask), new double[0]),
                Detection.ofKeypoints(7, 2, 1, 1.5, 2, 0.7, 0, 0, 0));
        Path file = folder.resolve("results.json");
        CocoResults.write(file, detections);
        List<Detection> again = CocoResults.read(file, TRUTH);
        assertEquals(2, again.size());
        assertEquals(detections.get(0).box(), again.get(0).box());
        assertEquals(Optional.of(mask), again.get(0).mask());
        assertEquals(0.25, again.get(0).score());
        assertEquals(2, again.get(1).category());
        assertArrayEquals(detections.get(1).keypoints(), again.get(1).keypoints());
    }

    @Test
    void damagedResultsAreRefusedByFileAndPlace() throws IOException {
        refused("{}", "no JSON list");
        refused("[{\"image_id\": 7, ", "damaged or truncated");
        refused("[{\"image_id\": 8, \"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"score\": 1}]", "detection 0 (from 0): its image 8");
        refused("[{\"image_id\": 7, \"category_id\": 1, \"bbox\": [1, 2, 3], \"score\": 1}]", "bbox has 3 numbers");
        refused("[{\"image_id\": 7, \"category_id\": 1, \"bbox\": [1, 2, 3, 4]}]", "score holds no number");
        refused("[{\"image_id\": 7, \"category_id\": 1, \"score\": 1}]", "neither bbox nor segmentation nor keypoints");
        refused("[{\"image_id\": 7, \"category_id\": 1, \"score\": 1, \"segmentation\": {\"size\": [4, 3], \"counts\": \"<\"}}]",
                "its mask is of [4,3]");
        refused("[{\"image_id\": 7, \"category_id\": 1, \"score\": 1, \"keypoints\": [1, 2]}]", "not three a point");
        UserError missing = assertThrows(UserError.class, () -> CocoResults.read(folder.resolve("none.json"), TRUTH));
        assertEquals(ExitCode.MISSING_INPUT, missing.exitCode());
    }

    private void refused(String text, String reason) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.json"), text);
        UserError error = assertThrows(UserError.class, () -> CocoResults.read(file, TRUTH));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().contains("bad.json") && error.getMessage().contains(reason), error.getMessage());
    }
}
