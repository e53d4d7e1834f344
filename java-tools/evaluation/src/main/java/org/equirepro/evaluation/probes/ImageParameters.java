package org.equirepro.evaluation.probes;

import java.util.Arrays;
import org.equirepro.base.Draws;
import org.equirepro.vision.batch.Family;
import org.equirepro.vision.batch.Ranges;

/**
 * The parameters theta of one family for the chosen pictures, and what a probe is trained on: theta centred and scaled so that
 * each range is -1 .. 1.
 */
final class ImageParameters {

    private final Family family;
    private final Ranges ranges;
    private final double[][] theta;

    private ImageParameters(Family family, Ranges ranges, double[][] theta) {
        this.family = family;
        this.ranges = ranges;
        this.theta = theta;
    }

    /** Draws one theta a picture; it depends on seed, epoch, split and the picture's number in the split alone. */
    static ImageParameters draw(Family family, Ranges ranges, long seed, int epoch, String split, int[] pictures) {
        double[][] theta = new double[pictures.length][];
        for (int i = 0; i < theta.length; i++) {
            theta[i] = family.draw(Draws.at(seed, epoch, pictures[i], 0, "r2." + split + "." + family.word()), ranges);
        }
        return new ImageParameters(family, ranges, theta);
    }

    double[][] theta() {
        return theta;
    }

    /** [pictures, parameters] in -1 .. 1. */
    double[] scaled() {
        int columns = family.parameters().size();
        double[] all = new double[theta.length * columns];
        for (int i = 0; i < theta.length; i++) {
            System.arraycopy(family.scaled(theta[i], ranges), 0, all, i * columns, columns);
        }
        return all;
    }

    /** Scaled values [samples, parameters] back to degrees, deviations and pixels. */
    double[] natural(double[] scaled) {
        int columns = family.parameters().size();
        // theta = a + b * scaled, from the scaled values of 0 and 1
        double[] zeros = family.scaled(new double[columns], ranges);
        double[] ones = new double[columns];
        Arrays.fill(ones, 1);
        double[] atOne = family.scaled(ones, ranges);
        double[] natural = new double[scaled.length];
        for (int i = 0; i < natural.length; i++) {
            int c = i % columns;
            natural[i] = (scaled[i] - zeros[c]) / (atOne[c] - zeros[c]);
        }
        return natural;
    }

    /**
     * Natural values as a probe without centring would be trained on: angles and pixels as they are, and for colour the factors that
     * torchvision's jitter reports, 1 + deviation, but the hue as it is. Means and spreads of the columns differ, so one mean over all
     * gives a pooled R2 that for colour is far above 0 even for a constant predictor.
     */
    double[] published(double[] natural) {
        double[] raw = natural.clone();
        if (family == Family.COLOR) {
            int columns = family.parameters().size();
            int hue = family.parameters().indexOf("hue");
            for (int i = 0; i < raw.length; i++) {
                raw[i] += i % columns == hue ? 0 : 1;
            }
        }
        return raw;
    }
}
