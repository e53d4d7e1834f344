package org.equirepro.vision.batch;

import java.util.List;
import java.util.Locale;
import org.equirepro.base.Draws;
import org.equirepro.base.UserError;

/**
 * The families of transformations g of the AAAI-26 paper, Table 2. A transformation is a vector of parameters theta whose
 * identity element is 0: degrees counter-clockwise, deviations of the jitter factors from 1 (hue in turns), the standard
 * deviation of the blur in pixels, shifts to the right and down in pixels.
 */
public enum Family {
    ANGLE("angle"),
    COLOR("brightness", "contrast", "saturation", "hue"),
    BLUR("sigma"),
    TRANS("tx", "ty"),
    SE2("angle", "tx", "ty"),
    /** All of them one after the other: colour, blur, rotation, shift. */
    ALL("angle", "brightness", "contrast", "saturation", "hue", "sigma", "tx", "ty");

    private final List<String> parameters;

    Family(String... parameters) {
        this.parameters = List.of(parameters);
    }

    /** Names of the parameters in the order of theta. */
    public List<String> parameters() {
        return parameters;
    }

    /** Place of the angle in theta; -1 if the picture is not turned. */
    int angle() {
        return parameters.indexOf("angle");
    }

    /** Place of the first of the four colour deviations; -1 if colours stay. */
    int color() {
        return parameters.indexOf("brightness");
    }

    /** Place of the standard deviation of the blur; -1 without one. */
    int blur() {
        return parameters.indexOf("sigma");
    }

    /** Place of the shift to the right, before that down; -1 if the picture is not shifted. */
    int shift() {
        return parameters.indexOf("tx");
    }

    /** Whether pixels change their places, so that a border may come into sight. */
    public boolean moves() {
        return angle() >= 0 || shift() >= 0;
    }

    /** The word used in recipes and results. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** From a recipe's word; {@code where} names file and key in the error. */
    public static Family of(String where, String word) {
        for (Family family : values()) {
            if (family.word().equals(word)) {
                return family;
            }
        }
        throw UserError.usage(where + " must be angle, color, blur, trans, se2 or all, found " + word);
    }

    /** Draws theta uniformly from the ranges. */
    public double[] draw(Draws draws, Ranges ranges) {
        double[] theta = new double[parameters.size()];
        for (int i = 0; i < theta.length; i++) {
            theta[i] = draws.uniform(ranges.low(this, i), ranges.high(this, i));
        }
        return theta;
    }

    /** Theta with each range mapped onto -1 .. 1: what predictors are trained on. */
    public double[] scaled(double[] theta, Ranges ranges) {
        double[] scaled = new double[theta.length];
        for (int i = 0; i < theta.length; i++) {
            double low = ranges.low(this, i);
            double high = ranges.high(this, i);
            scaled[i] = (2 * theta[i] - low - high) / (high - low);
        }
        return scaled;
    }
}
