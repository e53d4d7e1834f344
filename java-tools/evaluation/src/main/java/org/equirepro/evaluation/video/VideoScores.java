package org.equirepro.evaluation.video;

import org.equirepro.evaluation.metrics.MaskScores;
import org.equirepro.evaluation.metrics.SegmentationMetrics;
import org.equirepro.vision.image.LabelMap;

/** Scores of one video, frame after frame from the first. */
public interface VideoScores {

    /** Takes up the next frame. */
    void add(LabelMap found, LabelMap truth);

    /** What is known after the last frame. */
    double[] values();

    /**
     * J and F of each object, the means over all frames but the first and the last (DAVIS 2017, semi-supervised): {@link #values} are J of
     * object 1, its F, J of object 2, ...
     *
     * @param objects labels 1 up to this
     * @param frames at least 3
     */
    static VideoScores ofObjects(int objects, int frames) {
        return new VideoScores() {
            private final double[] sums = new double[2 * objects];
            private int frame;

            @Override
            public void add(LabelMap found, LabelMap truth) {
                if (frame > 0 && frame < frames - 1) {
                    for (int object = 1; object <= objects; object++) {
                        boolean[] ours = mask(found, object);
                        boolean[] theirs = mask(truth, object);
                        sums[2 * object - 2] += MaskScores.region(ours, theirs) / (frames - 2);
                        sums[2 * object - 1] += MaskScores.boundary(ours, theirs, truth.width(), truth.height()) / (frames - 2);
                    }
                }
                frame++;
            }

            @Override
            public double[] values() {
                return sums;
            }
        };
    }

    /** For each class, over all frames: pixels where both agree, found ones, true ones. */
    static VideoScores ofClasses(int classes) {
        SegmentationMetrics metrics = new SegmentationMetrics(classes, LabelMap.IGNORE);
        return new VideoScores() {
            @Override
            public void add(LabelMap found, LabelMap truth) {
                metrics.add(found.unsigned(), truth.unsigned());
            }

            @Override
            public double[] values() {
                double[] values = new double[3 * classes];
                for (int c = 0; c < classes; c++) {
                    values[3 * c] = metrics.intersection()[c];
                    values[3 * c + 1] = metrics.predicted()[c];
                    values[3 * c + 2] = metrics.labelled()[c];
                }
                return values;
            }
        };
    }

    private static boolean[] mask(LabelMap map, int label) {
        int[] labels = map.unsigned();
        boolean[] mask = new boolean[labels.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = labels[i] == label;
        }
        return mask;
    }
}
