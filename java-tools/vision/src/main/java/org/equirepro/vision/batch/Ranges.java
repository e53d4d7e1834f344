package org.equirepro.vision.batch;

import java.util.Arrays;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Ranges of the parameters (AAAI-26 paper, Table 2: 45 degrees; .4, .4, .4, .1; .1 to 2; 10 pixels of 224).
 *
 * @param angle largest angle in degrees, to both sides
 * @param color largest deviations of brightness, contrast, saturation and hue
 * @param blur smallest and largest standard deviation in pixels
 * @param trans largest shift in pixels, to both sides
 */
public record Ranges(double angle, double[] color, double[] blur, double trans) {

    /** From a recipe's section {@code ranges}; families that the recipe does not use need no range. */
    public static Ranges of(Settings section) {
        return new Ranges(section.real("angle", Double.NaN), reals(section, "color", 4), reals(section, "blur", 2),
                section.real("trans", Double.NaN));
    }

    private static double[] reals(Settings section, String key, int count) {
        double[] values = new double[count];
        Arrays.fill(values, Double.NaN);
        if (section.has(key)) {
            values = section.reals(key);
            if (values.length != count) {
                throw UserError.usage(section.source() + ": ranges." + key + " must have " + count + " values, found " + values.length);
            }
        }
        return values;
    }

    /**
     * These ranges, if they cover the family.
     *
     * @throws UserError naming the missing key, or a range whose ends are not in order
     */
    public Ranges covering(Family family, String source) {
        for (int i = 0; i < family.parameters().size(); i++) {
            if (!(low(family, i) < high(family, i))) {
                throw UserError.usage(source + ": ranges must give the range of " + family.word() + " (" + family.parameters().get(i)
                        + "), the smaller value first");
            }
        }
        return this;
    }

    double low(Family family, int i) {
        return i == family.blur() ? blur[0] : -high(family, i);
    }

    double high(Family family, int i) {
        return switch (family.parameters().get(i)) {
            case "angle" -> angle;
            case "sigma" -> blur[1];
            case "tx", "ty" -> trans;
            default -> color[i - family.color()];
        };
    }
}
