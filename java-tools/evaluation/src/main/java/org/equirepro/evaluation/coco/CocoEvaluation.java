package org.equirepro.evaluation.coco;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;

/**
 * COCO's evaluation (cocodataset.org, "Detection evaluation" and "Keypoint evaluation"), number for number as pycocotools: ten
 * thresholds from 0.5 to 0.95, equal scores in the order in which they were given, crowd regions neither found nor missed, an
 * object's key {@code ignore} not looked at. Categories are scored side by side on the common pool's threads; the result does not
 * depend on their number.
 */
public final class CocoEvaluation {

    /** COCO's constants of the 17 points of a person (each point's spread among annotators, in shares of the person's size). */
    private static final double[] PERSON_SIGMAS = {.026, .025, .025, .035, .035, .079, .079, .072, .072, .062, .062, .107, .107, .087,
        .087, .089, .089};

    private final IouType type;
    private final CocoTruth truth;
    private final Overlaps overlaps;

    /** Keypoints are those of a person in COCO. */
    public CocoEvaluation(IouType type, CocoTruth truth) {
        this(type, truth, PERSON_SIGMAS);
    }

    /** @param sigmas constants of the keypoints, one a point; not looked at for boxes and masks */
    public CocoEvaluation(IouType type, CocoTruth truth, double[] sigmas) {
        this.type = type;
        this.truth = truth;
        overlaps = new Overlaps(type, sigmas);
    }

    /** COCO's constants of the 17 points of a person. */
    public static double[] personSigmas() {
        return PERSON_SIGMAS.clone();
    }

    /** The thresholds of overlap: 0.5, 0.55, .. 0.95. */
    static double[] thresholds() {
        double[] thresholds = new double[10];
        double step = (0.95 - 0.5) / 9; // as numpy's linspace rounds them
        for (int t = 0; t < 9; t++) {
            thresholds[t] = t * step + 0.5;
        }
        thresholds[9] = 0.95;
        return thresholds;
    }

    /** What one picture has of one category. */
    private record Cell(PictureObjects picture, List<Instance> objects, List<Detection> detections) {}

    /**
     * Scores detections; those of other pictures or categories than the truth's do not count.
     *
     * @throws IllegalArgumentException for a detection without what is compared, or whose mask does not have its picture's size
     */
    public CocoScores score(List<Detection> detections) {
        List<SortedMap<Integer, Cell>> cells = cells(detections);
        CocoScores scores = new CocoScores(type, truth.categories());
        IntStream.range(0, cells.size()).parallel().forEach(category -> {
            List<Cell> ofCategory = List.copyOf(cells.get(category).values());
            CategoryScore score = new CategoryScore(type, overlaps);
            ofCategory.forEach(cell -> score.add(cell.picture, cell.objects, cell.detections));
            scores.set(category, score.curves());
        });
        return scores;
    }

    /** By category and then by picture, where there is anything. */
    private List<SortedMap<Integer, Cell>> cells(List<Detection> detections) {
        List<SortedMap<Integer, Cell>> cells = new ArrayList<>();
        Map<Long, Integer> categoryIndex = new HashMap<>();
        Map<Long, Integer> pictureIndex = new HashMap<>();
        truth.categories().forEach(id -> {
            categoryIndex.put(id, cells.size());
            cells.add(new TreeMap<>());
        });
        for (PictureObjects picture : truth.pictures()) {
            int index = pictureIndex.size();
            pictureIndex.put(picture.imageId(), index);
            for (Instance object : picture.objects()) {
                Integer category = categoryIndex.get(object.category());
                if (category != null) {
                    cell(cells.get(category), index).objects.add(object);
                }
            }
        }
        for (Detection detection : detections) {
            Integer category = categoryIndex.get(detection.category());
            Integer picture = pictureIndex.get(detection.image());
            if (category != null && picture != null) {
                cell(cells.get(category), picture).detections.add(detection);
            }
        }
        return cells;
    }

    private Cell cell(SortedMap<Integer, Cell> cells, int picture) {
        return cells.computeIfAbsent(picture, i -> new Cell(truth.pictures().get(i), new ArrayList<>(), new ArrayList<>()));
    }

    /** Falling scores; a stable sort keeps the order of equal ones. */
    static Comparator<Detection> byScore() {
        return Comparator.comparingDouble(Detection::score).reversed();
    }
}
