package org.equirepro.evaluation.keypoints;

/**
 * Target maps of joints, a Gaussian with its peak of 1 at the joint (Xiao et al., ECCV 2018; as mmpose encodes them).
 *
 * @param maps [joint][y * width + x]
 * @param weights of each joint in the loss: 1, or 0 for one that is not visible or whose Gaussian is off the map
 */
public record Heatmaps(float[][] maps, float[] weights) {

    /** Where the Gaussian stands. */
    public enum Rule {
        /** At the pixel nearest to the joint, cut at three sigma. */
        NEAREST,
        /** At the joint itself, over the whole map (DARK: Zhang et al., CVPR 2020). */
        UNBIASED,
        /** At the joint itself, cut at three sigma around the nearest pixel (UDP: Huang et al., CVPR 2020). */
        UDP
    }

    /**
     * @param joints [joint][x, y] in pixels of the map
     * @param visible a joint below .5 gets an empty map
     */
    public static Heatmaps encode(Rule rule, double[][] joints, float[] visible, int width, int height, double sigma) {
        float[][] maps = new float[joints.length][width * height];
        float[] weights = new float[joints.length];
        double reach = 3 * sigma;
        for (int j = 0; j < joints.length; j++) {
            weights[j] = visible[j];
            if (visible[j] < 0.5) {
                continue;
            }
            Span x = Span.of(rule, joints[j][0], reach, width);
            Span y = Span.of(rule, joints[j][1], reach, height);
            if (x.outside || y.outside) {
                weights[j] = 0;
                continue;
            }
            for (int row = y.from; row < y.to; row++) {
                for (int column = x.from; column < x.to; column++) {
                    double dx = column - x.centre;
                    double dy = row - y.centre;
                    maps[j][row * width + column] = (float) Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
                }
            }
        }
        return new Heatmaps(maps, weights);
    }

    /** Pixels {@code from} to before {@code to} of one axis, and the Gaussian's centre on it. */
    private record Span(int from, int to, double centre, boolean outside) {

        static Span of(Rule rule, double joint, double reach, int size) {
            if (rule == Rule.UNBIASED) {
                return new Span(0, size, joint, joint - reach >= size || joint + reach + 1 < 0);
            }
            long nearest = (long) (joint + 0.5);
            long from = (long) (nearest - reach);
            long to = (long) (nearest + reach + 1);
            double middle = Math.floor((2 * reach + 1) / 2); // of the patch that is cut out
            double centre = from + middle + (rule == Rule.UDP ? joint - nearest : 0);
            return new Span((int) Math.max(0, from), (int) Math.min(size, to), centre, from >= size || to < 0);
        }
    }
}
