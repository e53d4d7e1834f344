package org.equirepro.evaluation.coco;

import org.equirepro.evaluation.metrics.KeypointMetrics;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.Rle;

/** What is compared: how alike a detection and an object are, from 0 to 1. */
public enum Measure {
    /** Intersection over union of the boxes. */
    BBOX(new int[] {1, 10, 100}, new double[][] {{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}}),
    /** Intersection over union of the masks. */
    SEGM(BBOX.most, BBOX.areas),
    /** Object keypoint similarity: how near the points are for the object's size, each by how well people agree on it. */
    KEYPOINTS(new int[] {20}, new double[][] {{0, 1e10}, {32 * 32, 96 * 96}, {96 * 96, 1e10}});

    /** Spread of people's answers for the 17 points of a person, relative to the object's size. */
    private static final double[] SIGMAS = {.026, .025, .025, .035, .035, .079, .079, .072, .072, .062, .062, .107, .107, .087, .087,
        .089, .089};

    final int[] most;
    final double[][] areas;

    /** {@code most}: numbers of detections a picture and class that count; {@code areas}: all first, then by size. */
    Measure(int[] most, double[][] areas) {
        this.most = most;
        this.areas = areas;
    }

    /** [detections, objects] of one picture and class. */
    double[][] overlaps(Cell cell) {
        double[][] values = new double[cell.detections.size()][cell.truths.size()];
        for (int d = 0; d < values.length; d++) {
            Detection detection = cell.detections.get(d);
            for (int g = 0; g < values[d].length; g++) {
                Instance truth = cell.truths.get(g);
                values[d][g] = switch (this) {
                    case BBOX -> detection.box().overlap(truth.box(), truth.crowd());
                    case SEGM -> mask(detection).overlap(cell.masks.get(g), truth.crowd());
                    case KEYPOINTS -> similarity(detection.keypoints(), truth);
                };
            }
        }
        return values;
    }

    private static Rle mask(Detection detection) {
        return detection.mask().orElseThrow(() -> new IllegalArgumentException("a detection in picture " + detection.imageId()
                + " has no mask"));
    }

    /**
     * Where no point of the object is given, points are right within its box, made three times as large, and wrong beyond it by the
     * distance.
     */
    private static double similarity(double[] points, Instance truth) {
        if (points.length != 3 * SIGMAS.length || truth.keypoints().length != points.length) {
            throw new IllegalArgumentException("keypoints of " + points.length / 3 + " and " + truth.keypoints().length / 3
                    + " points; the similarity is defined for the " + SIGMAS.length + " of a person");
        }
        boolean any = truth.labelledKeypoints() > 0;
        BoundingBox box = truth.box();
        double[][] predicted = new double[SIGMAS.length][];
        double[][] wanted = new double[SIGMAS.length][];
        boolean[] labelled = new boolean[SIGMAS.length];
        for (int i = 0; i < SIGMAS.length; i++) {
            double x = points[3 * i];
            double y = points[3 * i + 1];
            predicted[i] = new double[] {x, y};
            wanted[i] = any ? new double[] {truth.keypoints()[3 * i], truth.keypoints()[3 * i + 1]}
                    : new double[] {within(x, box.x(), box.width()), within(y, box.y(), box.height())};
            labelled[i] = !any || truth.keypoints()[3 * i + 2] > 0;
        }
        return KeypointMetrics.similarity(predicted, wanted, labelled, truth.area(), SIGMAS);
    }

    /** The nearest place within a stretch that is made as much longer on both sides as it is long. */
    private static double within(double x, double start, double length) {
        return Math.min(Math.max(x, start - length), start + 2 * length);
    }

    /** Whether an object is left out of the score. */
    boolean ignored(Instance truth) {
        return truth.crowd() || this == KEYPOINTS && truth.labelledKeypoints() == 0;
    }
}
