package org.equirepro.evaluation.coco;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.dense.Polygons;
import org.equirepro.vision.dense.Rle;
import org.equirepro.vision.dense.Segmentation;
import org.junit.jupiter.api.Test;

final class CocoEvaluationTest {

    private static final int SIDE = 200;
    private static final long CAT = 3;
    private static final long DOG = 5;

    private final List<Instance> objects = new ArrayList<>();
    private final List<Detection> detections = new ArrayList<>();

    @Test
    void allFoundIsOneAndWhatHasNoObjectIsMinusOne() {
        add(1, square(10, 50), false);
        detect(0.9, square(10, 50));
        Map<String, Double> stats = score(IouType.BBOX).stats();
        assertEquals(List.of("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"),
                List.copyOf(stats.keySet()));
        assertEquals(1, stats.get("AP"), 1e-12);
        assertEquals(1, stats.get("APm"), 1e-12);
        assertEquals(1, stats.get("AR1"), 1e-12);
        assertEquals(-1, stats.get("APs"));
        assertEquals(-1, stats.get("ARl"));
        assertEquals(-1, score(IouType.BBOX).averagePrecision().get(DOG));
    }

    @Test
    void nothingFoundIsZeroAndNothingToFindMinusOne() {
        detect(0.9, square(10, 50));
        assertEquals(-1, stat("AP"));
        detections.clear();
        add(1, square(10, 50), false);
        assertEquals(0, stat("AP"));
        assertEquals(0, stat("AR100"));
    }

    @Test
    void precisionIsTheBestAtThatRecallOrALargerOne() {
        add(1, square(10, 50), false);
        add(2, square(100, 50), false);
        detect(0.9, square(10, 50));
        detect(0.8, new BoundingBox(10, 120, 50, 50));
        detect(0.7, square(100, 50));
        assertEquals((51 + 50 * 2 / 3.0) / 101, stat("AP50"), 1e-9); // 1 up to recall 0.5, then 2/3
        assertEquals(0.5, stat("AR1"), 1e-12);
    }

    @Test
    void theThresholdsAreFromAHalfTo95Hundredths() {
        add(1, new BoundingBox(0, 0, 100, 100), false);
        detect(0.9, new BoundingBox(0, 0, 100, 72)); // overlap 0.72: found at 0.5, 0.55, .. 0.7
        assertEquals(0.5, stat("AP"), 1e-12);
        assertEquals(1, stat("AP50"), 1e-12);
        assertEquals(0, stat("AP75"), 1e-12);
        assertEquals(0.5, stat("AR100"), 1e-12);
    }

    @Test
    void ofEqualScoresTheFirstGivenCountsFirst() {
        add(1, square(10, 50), false);
        detect(0.5, square(10, 50));
        detect(0.5, square(120, 50));
        assertEquals(1, stat("AP"), 1e-12);
        Collections.reverse(detections);
        assertEquals(0.5, stat("AP"), 1e-12);
    }

    @Test
    void whatLiesInACrowdIsNeitherRightNorWrong() {
        add(1, square(10, 50), false);
        add(2, new BoundingBox(100, 100, 90, 90), true);
        for (int i = 0; i < 5; i++) {
            detect(0.9, square(110 + 10 * i, 20)); // wholly in the crowd
        }
        detect(0.5, square(10, 50));
        assertEquals(1, stat("AP"), 1e-12);
        detect(0.95, new BoundingBox(100, 10, 20, 20));
        assertEquals(0.5, stat("AP"), 1e-12);
    }

    @Test
    void anObjectIsFoundOnceAndByTheDetectionOfTheHigherScore() {
        add(1, square(10, 50), false);
        detect(0.5, square(10, 50));
        detect(0.9, square(11, 50));
        assertEquals(1, stat("AP50"), 1e-12); // the second find comes too late to cost precision
        add(2, square(100, 50), false);
        detect(0.1, square(100, 50));
        assertEquals((51 + 50 * 2 / 3.0) / 101, stat("AP50"), 1e-9);
    }

    @Test
    void detectionsOfAnotherSizeAreNotHeldAgainstASize() {
        add(1, square(10, 50), false);
        detect(0.9, square(150, 10)); // small and wrong
        detect(0.8, square(10, 50));
        assertEquals(0.5, stat("AP"), 1e-12);
        assertEquals(1, stat("APm"), 1e-12);
        assertEquals(-1, stat("APs"), 1e-12);
    }

    @Test
    void theHundredAndFirstDetectionOfAPictureDoesNotCount() {
        add(1, square(10, 50), false);
        for (int i = 0; i < 100; i++) {
            detect(0.9, square(150, 10));
        }
        detect(0.8, square(10, 50));
        assertEquals(0, stat("AR100"), 1e-12);
    }

    @Test
    void aMaskOrKeypointsAloneHaveTheBoxAroundThem() {
        add(1, square(10, 50), false);
        add(2, square(100, 50), false);
        detections.add(Detection.ofMask(1, CAT, 0.9, outline(10, 10, 60, 60).toRle(SIDE, SIDE)));
        detections.add(Detection.ofKeypoints(1, CAT, 0.8, 100, 150, 0, 150, 100, 0));
        assertEquals(1, stat("AP"), 1e-12);
    }

    @Test
    void masksAreComparedPixelByPixelAndMissingOnesCoverNothing() {
        objects.add(object(1, square(0, 100), false, Optional.of(outline(0, 0, 100, 100)), new double[0]));
        objects.add(object(2, square(120, 50), false, Optional.empty(), new double[0]));
        detections.add(Detection.ofMask(1, CAT, 0.9, outline(0, 0, 100, 60)));
        detections.add(Detection.ofBox(1, CAT, 0.8, square(120, 50))); // compared as the box's pixels
        assertEquals(0.5, score(IouType.SEGM).stats().get("AR100") * 10 / 3, 1e-12); // one of two, at 0.5, 0.55 and 0.6
        detections.add(Detection.ofMask(1, CAT, 0.7, Rle.ofRuns(3, 3, new int[] {9})));
        assertThrows(IllegalArgumentException.class, () -> score(IouType.SEGM));
    }

    @Test
    void keypointsAreComparedByDistanceAndPersonsWithoutAnyAreLeftOut() {
        double[] points = new double[51];
        for (int i = 0; i < 17; i++) {
            points[3 * i] = 20 + 5 * i;
            points[3 * i + 1] = 30 + 3 * i;
            points[3 * i + 2] = i == 4 ? 0 : 2;
        }
        objects.add(object(1, square(10, 100), false, Optional.empty(), points));
        objects.add(object(2, square(120, 60), false, Optional.empty(), new double[51]));
        double[] found = points.clone();
        found[12] = 199; // the point that is not labelled
        detections.add(Detection.ofKeypoints(1, CAT, 0.8, found));
        double[] inTheOther = new double[51];
        for (int i = 0; i < 17; i++) {
            inTheOther[3 * i] = 130;
            inTheOther[3 * i + 1] = 140;
        }
        detections.add(Detection.ofKeypoints(1, CAT, 0.9, inTheOther));
        Map<String, Double> stats = score(IouType.KEYPOINTS).stats();
        assertEquals(List.of("AP", "AP50", "AP75", "APm", "APl", "AR", "AR50", "AR75", "ARm", "ARl"), List.copyOf(stats.keySet()));
        assertEquals(1, stats.get("AP"), 1e-12);
        assertEquals(1, stats.get("APl"), 1e-12);
        assertEquals(-1, stats.get("ARm"), 1e-12);
        detections.add(Detection.ofKeypoints(1, CAT, 0.9, new double[6]));
        assertThrows(IllegalArgumentException.class, () -> score(IouType.KEYPOINTS));
    }

    @Test
    void anObjectOfIdZeroIsNeverFoundAsInPycocotools() {
        add(0, square(10, 50), false);
        detect(0.9, square(10, 50));
        assertEquals(0, stat("AP"), 1e-12);
    }

    @Test
    void otherPicturesAndCategoriesDoNotCount() {
        add(1, square(10, 50), false);
        detect(0.5, square(10, 50));
        detections.add(Detection.ofBox(1, 99, 0.9, square(100, 50)));
        detections.add(Detection.ofBox(77, CAT, 0.9, square(100, 50)));
        detections.add(Detection.ofBox(1, DOG, 0.9, square(100, 50)));
        assertEquals(1, stat("AP"), 1e-12);
    }

    private void add(long id, BoundingBox box, boolean crowd) {
        objects.add(object(id, box, crowd, Optional.empty(), new double[0]));
    }

    private void detect(double score, BoundingBox box) {
        detections.add(Detection.ofBox(1, CAT, score, box));
    }

    private double stat(String name) {
        return score(IouType.BBOX).stats().get(name);
    }

    private CocoScores score(IouType type) {
        CocoTruth truth = new CocoTruth(List.of(DOG, CAT), List.of(new PictureObjects(2, SIDE, SIDE, List.of()),
                new PictureObjects(1, SIDE, SIDE, objects)));
        return new CocoEvaluation(type, truth).score(detections);
    }

    private static Instance object(long id, BoundingBox box, boolean crowd, Optional<Segmentation> mask, double[] keypoints) {
        return new Instance(id, 0, CAT, box, box.area(), crowd, false, mask, keypoints, Optional.empty());
    }

    private static BoundingBox square(double at, double side) {
        return new BoundingBox(at, at, side, side);
    }

    private static Polygons outline(double x0, double y0, double x1, double y1) {
        return new Polygons(List.of(new double[] {x0, y0, x1, y0, x1, y1, x0, y1}));
    }
}
