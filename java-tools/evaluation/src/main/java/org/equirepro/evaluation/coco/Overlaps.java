package org.equirepro.evaluation.coco;

import java.util.ArrayList;
import java.util.List;
import org.equirepro.evaluation.metrics.KeypointMetrics;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.dense.Polygons;
import org.equirepro.vision.dense.Rle;

/** How well detections of one picture and category cover its objects: [detections][objects], from 0 to 1. */
final class Overlaps {

    private final IouType type;
    private final double[] sigmas;

    /** @param sigmas of the keypoints; not looked at for boxes and masks */
    Overlaps(IouType type, double[] sigmas) {
        this.type = type;
        this.sigmas = sigmas.clone();
    }

    double[][] of(List<Detection> detections, List<Instance> objects, PictureObjects picture) {
        return switch (type) {
            case BBOX -> boxes(detections, objects);
            case SEGM -> masks(detections, objects, picture);
            case KEYPOINTS -> keypoints(detections, objects);
        };
    }

    private static double[][] boxes(List<Detection> detections, List<Instance> objects) {
        double[][] overlaps = new double[detections.size()][objects.size()];
        for (int d = 0; d < overlaps.length; d++) {
            BoundingBox box = detections.get(d).bounds();
            for (int g = 0; g < overlaps[d].length; g++) {
                overlaps[d][g] = box.overlap(objects.get(g).box(), objects.get(g).crowd());
            }
        }
        return overlaps;
    }

    /** A mask with the box around it: masks whose boxes do not meet need not be compared. */
    private record Boxed(Rle mask, BoundingBox bounds) {
        Boxed(Rle mask) {
            this(mask, mask.bounds());
        }
    }

    private static double[][] masks(List<Detection> detections, List<Instance> objects, PictureObjects picture) {
        double[][] overlaps = new double[detections.size()][objects.size()];
        List<Boxed> truths = new ArrayList<>();
        if (overlaps.length > 0) {
            objects.forEach(object -> truths.add(new Boxed(mask(object, picture))));
        }
        for (int d = 0; d < overlaps.length && !truths.isEmpty(); d++) {
            Boxed found = new Boxed(mask(detections.get(d), picture));
            for (int g = 0; g < overlaps[d].length; g++) {
                boolean crowd = objects.get(g).crowd();
                if (found.bounds.overlap(truths.get(g).bounds, crowd) > 0) {
                    overlaps[d][g] = found.mask.overlap(truths.get(g).mask, crowd);
                }
            }
        }
        return overlaps;
    }

    /** An object without a mask, as one whose outline is degenerate, covers nothing. */
    private static Rle mask(Instance object, PictureObjects picture) {
        int height = picture.height();
        int width = picture.width();
        return object.mask().map(mask -> mask.toRle(height, width)).orElseGet(() -> Rle.ofRuns(height, width, new int[] {height * width}));
    }

    /** A detection without a mask counts as all pixels of its box. */
    private static Rle mask(Detection detection, PictureObjects picture) {
        return detection.mask().orElseGet(() -> outline(detection.bounds())).toRle(picture.height(), picture.width());
    }

    private static Polygons outline(BoundingBox box) {
        double right = box.x() + box.width();
        double bottom = box.y() + box.height();
        return new Polygons(List.of(new double[] {box.x(), box.y(), box.x(), bottom, right, bottom, right, box.y()}));
    }

    private double[][] keypoints(List<Detection> detections, List<Instance> objects) {
        double[][] overlaps = new double[detections.size()][objects.size()];
        for (int d = 0; d < overlaps.length; d++) {
            double[][] found = points(detections.get(d).keypoints());
            if (found.length != sigmas.length) {
                throw new IllegalArgumentException("a detection of image " + detections.get(d).image() + " has " + found.length
                        + " keypoints where there are constants for " + sigmas.length);
            }
            for (int g = 0; g < overlaps[d].length; g++) {
                overlaps[d][g] = similarity(found, objects.get(g));
            }
        }
        return overlaps;
    }

    /**
     * Where no point of the object is labelled, distances are those of the found points to the box grown by its own size on
     * every side: what is found in a region of people without keypoints is then not held against the detector.
     */
    private double similarity(double[][] found, Instance object) {
        double[][] truth = points(object.keypoints());
        boolean[] labelled = new boolean[found.length];
        for (int i = 0; i < truth.length; i++) {
            labelled[i] = object.keypoints()[3 * i + 2] > 0;
        }
        if (object.labelledKeypoints() == 0) {
            BoundingBox box = object.box();
            truth = new double[found.length][2];
            for (int i = 0; i < found.length; i++) {
                labelled[i] = true;
                truth[i][0] = Math.min(Math.max(found[i][0], box.x() - box.width()), box.x() + 2 * box.width());
                truth[i][1] = Math.min(Math.max(found[i][1], box.y() - box.height()), box.y() + 2 * box.height());
            }
        }
        return KeypointMetrics.similarity(found, truth, labelled, object.area(), sigmas);
    }

    private static double[][] points(double[] xyv) {
        double[][] points = new double[xyv.length / 3][];
        for (int i = 0; i < points.length; i++) {
            points[i] = new double[] {xyv[3 * i], xyv[3 * i + 1]};
        }
        return points;
    }
}
