package org.equirepro.evaluation.metrics;

import java.util.Arrays;

/**
 * Distances between predicted and true joints. Arrays are indexed {@code [person][joint]}, points {@code [person][joint][x, y]}.
 */
public final class KeypointMetrics {

    /** Keeps OKS defined for an object of no area, as the COCO code does. */
    private static final double SMALLEST_AREA = Math.ulp(1.0);

    private KeypointMetrics() {}

    /**
     * Percentage of correct keypoints of each joint, as a share: a joint is right if its distance, x and y divided by the
     * person's size first, is below the threshold. PCKh (Andriluka et al., CVPR 2014) with the head's size in both and .5.
     *
     * @param size what distances are measured in, {@code [person][x, y]}; a person with a size of 0 or less is left out
     * @return a share for each joint; -1 for one that is labelled nowhere
     */
    public static double[] correct(double[][][] predicted, double[][][] truth, boolean[][] labelled, double[][] size, double threshold) {
        requireSame(predicted.length, truth.length, labelled.length, size.length);
        int joints = truth.length == 0 ? 0 : truth[0].length;
        double[] share = new double[joints];
        for (int j = 0; j < joints; j++) {
            int hits = 0;
            int all = 0;
            for (int p = 0; p < truth.length; p++) {
                if (labelled[p][j] && size[p][0] > 0 && size[p][1] > 0) {
                    double dx = (predicted[p][j][0] - truth[p][j][0]) / size[p][0];
                    double dy = (predicted[p][j][1] - truth[p][j][1]) / size[p][1];
                    hits += Math.sqrt(dx * dx + dy * dy) < threshold ? 1 : 0;
                    all++;
                }
            }
            share[j] = all == 0 ? -1 : (double) hits / all;
        }
        return share;
    }

    /** Mean over the joints that are labelled somewhere; 0 if none is. */
    public static double meanCorrect(double[] shares) {
        return Arrays.stream(shares).filter(share -> share >= 0).average().orElse(0);
    }

    /**
     * Object keypoint similarity of one person (COCO's keypoint evaluation): the mean over the labelled joints of
     * exp(-d^2 / (2 area (2 sigma)^2)).
     *
     * @param predicted [joint][x, y]
     * @param area of the person's mask, in square pixels
     * @param sigmas COCO's constant of each joint
     * @return 0 for a person without labelled joints
     */
    public static double similarity(double[][] predicted, double[][] truth, boolean[] labelled, double area, double[] sigmas) {
        requireSame(predicted.length, truth.length, labelled.length, sigmas.length);
        double sum = 0;
        int all = 0;
        for (int j = 0; j < truth.length; j++) {
            if (labelled[j]) {
                double dx = predicted[j][0] - truth[j][0];
                double dy = predicted[j][1] - truth[j][1];
                double variance = 4 * sigmas[j] * sigmas[j];
                sum += Math.exp(-(dx * dx + dy * dy) / variance / (area + SMALLEST_AREA) / 2);
                all++;
            }
        }
        return all == 0 ? 0 : sum / all;
    }

    private static void requireSame(int... lengths) {
        if (Arrays.stream(lengths).distinct().count() > 1) {
            throw new IllegalArgumentException("arrays of " + Arrays.toString(lengths) + " elements must be of one length");
        }
    }
}
