package org.equirepro.parity.kinds;

import java.util.Arrays;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.boxes.Boxes;
import org.equirepro.tensor.boxes.Nms;
import org.equirepro.tensor.io.SafeTensors;

/** Suppression with and without classes, and the arithmetic of boxes. */
public final class NmsKind implements ParityKind {

    private static final String SMALL = "out.small_keep_min_size_";

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        float[] boxes = tensors.floats("in.boxes");
        float[] scores = tensors.floats("in.scores");
        double threshold = reference.params().real("iou_threshold");
        for (String name : tensors.names()) {
            if (name.startsWith("in.")) {
                continue;
            }
            if (name.startsWith(SMALL)) {
                check.that(name, Arrays.equals(wide(Boxes.atLeast(boxes, Double.parseDouble(name.substring(SMALL.length())))),
                        tensors.longs(name)));
                continue;
            }
            switch (name) {
                case "out.keep" -> check.that(name, sameByScore(Nms.keep(boxes, scores, threshold), tensors.longs(name), scores));
                case "out.batched_keep" -> {
                    int[] classes = Arrays.stream(tensors.longs("in.classes")).mapToInt(Math::toIntExact).toArray();
                    check.that(name, sameByScore(Nms.keepByClass(boxes, scores, classes, threshold), tensors.longs(name), scores));
                }
                case "out.iou" -> check.close(name, Boxes.iou(boxes, boxes), tensors.floats(name), 0, 0);
                case "out.clipped" -> {
                    float[] expected = tensors.floats(name);
                    // the case does not name the picture's size; it is where the farthest clipped coordinates are
                    check.close(name, Boxes.clip(boxes, largest(expected, 0), largest(expected, 1)), expected, 0, 0);
                }
                default -> throw new IllegalArgumentException("no check for the tensor " + name);
            }
        }
    }

    /** Equal, but for the order among equal scores. */
    private static boolean sameByScore(int[] kept, long[] expected, float[] scores) {
        boolean sameScores = kept.length == expected.length;
        for (int i = 0; i < kept.length && sameScores; i++) {
            sameScores = scores[kept[i]] == scores[(int) expected[i]];
        }
        return sameScores && Arrays.equals(Arrays.stream(kept).asLongStream().sorted().toArray(), Arrays.stream(expected).sorted().toArray());
    }

    private static long[] wide(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    private static float largest(float[] boxes, int axis) {
        float largest = 0;
        for (int i = axis; i < boxes.length; i += 2) {
            largest = Math.max(largest, boxes[i]);
        }
        return largest;
    }
}
