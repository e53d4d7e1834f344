package org.equirepro.evaluation.keypoints;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.metrics.KeypointMetrics;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.KeypointLayout;

/**
 * PCKh at .5 (Andriluka et al. 2014) as MPII's evaluation has it: a joint is right within half of the head's size, .6 of its box's
 * diagonal; pelvis and thorax, which follow from others, do not count.
 */
final class HeadSizes {

    private static final double OF_DIAGONAL = 0.6;
    private static final double THRESHOLD = 0.5;
    private static final Set<String> NOT_COUNTED = Set.of("pelvis", "thorax");

    private HeadSizes() {}

    /**
     * Share of right joints among all that are labelled.
     *
     * @param found one for each of {@code persons}
     * @return none if no person has a head's box
     */
    static OptionalDouble pckh(List<Detection> found, List<Instance> persons) {
        int[] rows = java.util.stream.IntStream.range(0, persons.size()).filter(i -> persons.get(i).head().isPresent()).toArray();
        if (rows.length == 0) {
            return OptionalDouble.empty();
        }
        int joints = persons.get(0).keypoints().length / 3;
        List<String> names = KeypointLayout.of(joints).map(KeypointLayout::names).orElse(List.of());
        double[][][] predicted = new double[rows.length][joints][2];
        double[][][] truth = new double[rows.length][joints][2];
        boolean[][] labelled = new boolean[rows.length][joints];
        double[][] size = new double[rows.length][];
        int[] counts = new int[joints];
        for (int r = 0; r < rows.length; r++) {
            Instance person = persons.get(rows[r]);
            BoundingBox head = person.head().orElseThrow();
            double heads = OF_DIAGONAL * Math.hypot(head.width(), head.height());
            size[r] = new double[] {heads, heads};
            for (int j = 0; j < joints; j++) {
                System.arraycopy(found.get(rows[r]).keypoints(), 3 * j, predicted[r][j], 0, 2);
                System.arraycopy(person.keypoints(), 3 * j, truth[r][j], 0, 2);
                labelled[r][j] = person.keypoints()[3 * j + 2] > 0 && !(j < names.size() && NOT_COUNTED.contains(names.get(j)));
                counts[j] += labelled[r][j] && heads > 0 ? 1 : 0;
            }
        }
        double[] shares = KeypointMetrics.correct(predicted, truth, labelled, size, THRESHOLD);
        double right = 0;
        for (int j = 0; j < joints; j++) {
            right += counts[j] * Math.max(shares[j], 0);
        }
        int all = Arrays.stream(counts).sum();
        return all == 0 ? OptionalDouble.empty() : OptionalDouble.of(right / all);
    }
}
