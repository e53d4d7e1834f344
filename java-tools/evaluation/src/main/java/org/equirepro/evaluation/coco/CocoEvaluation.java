package org.equirepro.evaluation.coco;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.CocoFile;

/**
 * COCO's scores (Lin et al. 2014), equal to those of its own program: average precision and recall at ten thresholds of overlap,
 * by size of the objects and by number of detections. Precision is read off at 101 values of recall.
 */
public final class CocoEvaluation {

    private static final int RECALLS = 101;
    private static final double TINY = Math.ulp(1.0);

    private final Measure measure;
    private final List<CocoFile.Category> categories;
    private final double[] thresholds = new double[10];
    private final double[][][][] precision; // [areas, numbers of detections, categories][thresholds * RECALLS]; null: no objects
    private final double[][][][] recall; // [areas, numbers of detections, categories][thresholds]

    private CocoEvaluation(Measure measure, List<CocoFile.Category> categories) {
        this.measure = measure;
        this.categories = categories;
        double step = (0.95 - 0.5) / 9;
        for (int t = 0; t < 10; t++) {
            thresholds[t] = t == 9 ? 0.95 : t * step + 0.5;
        }
        precision = new double[measure.areas.length][measure.most.length][categories.size()][];
        recall = new double[measure.areas.length][measure.most.length][categories.size()][];
    }

    /**
     * Scores detections.
     *
     * @param truth what is to be found; its pictures are those that are scored
     * @param detections in pictures of {@code truth}; detections of unknown classes do not count
     * @throws UserError (bad data) for a detection in a picture that is not listed, or without what the measure compares
     */
    public static CocoEvaluation of(Measure measure, CocoFile truth, List<Detection> detections) {
        CocoEvaluation evaluation = new CocoEvaluation(measure, truth.categories());
        List<Map<Long, Cell>> cells = evaluation.cells(truth, detections);
        try {
            for (int k = 0; k < cells.size(); k++) {
                cells.get(k).values().forEach(cell -> cell.match(measure, evaluation.thresholds));
                evaluation.accumulate(k, cells.get(k).values().toArray(Cell[]::new));
            }
        } catch (IllegalArgumentException e) {
            throw UserError.badData(truth.name(), "cannot be scored: " + e.getMessage(), e);
        }
        return evaluation;
    }

    /** By category, and by the picture's id in ascending order. */
    private List<Map<Long, Cell>> cells(CocoFile truth, List<Detection> detections) {
        List<Map<Long, Cell>> cells = categories.stream().<Map<Long, Cell>>map(c -> new TreeMap<>()).toList();
        truth.annotations((image, object) -> {
            CocoFile.Image picture = truth.images().get(image);
            Cell cell = cells.get(object.label()).computeIfAbsent(picture.id(), i -> new Cell());
            cell.truths.add(object);
            if (measure == Measure.SEGM) {
                cell.masks.add(object.mask().orElseThrow(() -> new IllegalArgumentException("it has no segmentation"))
                        .toRle(picture.height(), picture.width()));
            }
        });
        Map<Long, Integer> labels = new HashMap<>();
        for (int k = 0; k < categories.size(); k++) {
            labels.put(categories.get(k).id(), k);
        }
        Map<Long, CocoFile.Image> images = new HashMap<>();
        truth.images().forEach(image -> images.put(image.id(), image));
        for (Detection detection : detections) {
            if (!images.containsKey(detection.imageId())) {
                throw UserError.badData(truth.name(), "does not list picture " + detection.imageId() + " of a detection");
            }
            Integer label = labels.get(detection.category());
            if (label != null) {
                cells.get(label).computeIfAbsent(detection.imageId(), i -> new Cell()).detections.add(detection);
            }
        }
        return cells;
    }

    /** One detection of the whole set. */
    private record Ranked(double score, int found, int ignored) {}

    private void accumulate(int category, Cell[] cells) {
        for (int a = 0; a < measure.areas.length; a++) {
            int positives = 0;
            for (Cell cell : cells) {
                positives += cell.positives[a];
            }
            for (int m = 0; m < measure.most.length && positives > 0; m++) {
                int most = measure.most[m];
                int count = 0;
                for (Cell cell : cells) {
                    count += Math.min(most, cell.detections.size());
                }
                Ranked[] ranked = new Ranked[count];
                int n = 0;
                for (Cell cell : cells) {
                    for (int d = 0; d < Math.min(most, cell.detections.size()); d++) {
                        ranked[n++] = new Ranked(cell.detections.get(d).score(), cell.found[a][d], cell.ignored[a][d]);
                    }
                }
                Arrays.sort(ranked, Comparator.comparingDouble(r -> -r.score)); // stable
                precision[a][m][category] = new double[thresholds.length * RECALLS];
                recall[a][m][category] = new double[thresholds.length];
                for (int t = 0; t < thresholds.length; t++) {
                    curve(ranked, 1 << t, positives, precision[a][m][category], t * RECALLS);
                    recall[a][m][category][t] = lastRecall(ranked, 1 << t, positives);
                }
            }
        }
    }

    private static double lastRecall(Ranked[] ranked, int bit, int positives) {
        int right = 0;
        for (Ranked r : ranked) {
            right += (r.found & bit) != 0 && (r.ignored & bit) == 0 ? 1 : 0;
        }
        return ranked.length == 0 ? 0 : (double) right / positives;
    }

    /** Precision at every recall: the best that is reached at that recall or a higher one, 0 beyond the last. */
    private static void curve(Ranked[] ranked, int bit, int positives, double[] out, int at) {
        double[] recalls = new double[ranked.length];
        double[] precisions = new double[ranked.length];
        double right = 0;
        double wrong = 0;
        for (int i = 0; i < ranked.length; i++) {
            if ((ranked[i].ignored & bit) == 0) {
                right += (ranked[i].found & bit) != 0 ? 1 : 0;
                wrong += (ranked[i].found & bit) != 0 ? 0 : 1;
            }
            recalls[i] = right / positives;
            precisions[i] = right / (wrong + right + TINY);
        }
        for (int i = ranked.length - 1; i > 0; i--) {
            precisions[i - 1] = Math.max(precisions[i - 1], precisions[i]);
        }
        for (int r = 0, i = 0; r < RECALLS; r++) {
            double wanted = r == RECALLS - 1 ? 1 : r * 0.01;
            while (i < recalls.length && recalls[i] < wanted) {
                i++;
            }
            out[at + r] = i < recalls.length ? precisions[i] : 0;
        }
    }

    /** The official numbers by their names, 12 for boxes and masks, 10 for keypoints; -1 where there is nothing to score. */
    public Map<String, Double> summary() {
        Map<String, Double> s = new LinkedHashMap<>();
        int last = measure.most.length - 1;
        s.put("AP", precision(-1, 0));
        s.put("AP50", precision(0, 0));
        s.put("AP75", precision(5, 0));
        if (measure == Measure.KEYPOINTS) {
            s.put("APm", precision(-1, 1));
            s.put("APl", precision(-1, 2));
            s.put("AR", recall(-1, 0, 0));
            s.put("AR50", recall(0, 0, 0));
            s.put("AR75", recall(5, 0, 0));
            s.put("ARm", recall(-1, 1, 0));
            s.put("ARl", recall(-1, 2, 0));
            return s;
        }
        s.put("APs", precision(-1, 1));
        s.put("APm", precision(-1, 2));
        s.put("APl", precision(-1, 3));
        for (int m = 0; m <= last; m++) {
            s.put("AR" + measure.most[m], recall(-1, 0, m));
        }
        s.put("ARs", recall(-1, 1, last));
        s.put("ARm", recall(-1, 2, last));
        s.put("ARl", recall(-1, 3, last));
        return s;
    }

    /** Average precision of one class over all thresholds and sizes; -1 if no object of it counts. */
    public double averagePrecision(int label) {
        double[] values = precision[0][measure.most.length - 1][label];
        return values == null ? -1 : Arrays.stream(values).average().orElseThrow();
    }

    /** Precision [threshold, recall, category] over all sizes and the most detections; -1 where nothing counts. */
    public double[] precisions() {
        double[] all = new double[thresholds.length * RECALLS * categories.size()];
        for (int i = 0; i < all.length; i++) {
            double[] values = precision[0][measure.most.length - 1][i % categories.size()];
            all[i] = values == null ? -1 : values[i / categories.size()];
        }
        return all;
    }

    /** Recall [threshold, category], likewise. */
    public double[] recalls() {
        double[] all = new double[thresholds.length * categories.size()];
        for (int i = 0; i < all.length; i++) {
            double[] values = recall[0][measure.most.length - 1][i % categories.size()];
            all[i] = values == null ? -1 : values[i / categories.size()];
        }
        return all;
    }

    /** Mean over the classes that have objects; {@code threshold} -1 for all. */
    private double precision(int threshold, int area) {
        double[][] classes = precision[area][measure.most.length - 1];
        return mean(classes, threshold < 0 ? 0 : threshold * RECALLS, threshold < 0 ? thresholds.length * RECALLS : RECALLS);
    }

    private double recall(int threshold, int area, int most) {
        return mean(recall[area][most], Math.max(threshold, 0), threshold < 0 ? thresholds.length : 1);
    }

    private static double mean(double[][] classes, int from, int count) {
        double sum = 0;
        long n = 0;
        for (double[] values : classes) {
            for (int i = from; values != null && i < from + count; i++) {
                sum += values[i];
                n++;
            }
        }
        return n == 0 ? -1 : sum / n;
    }
}
