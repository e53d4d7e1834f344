package org.equirepro.vision.batch;

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

    /** From a recipe's section {@code ranges}. */
    public static Ranges of(Settings section) {
        Ranges ranges = new Ranges(section.real("angle"), section.reals("color"), section.reals("blur"), section.real("trans"));
        if (ranges.color.length != 4 || ranges.blur.length != 2 || ranges.blur[0] >= ranges.blur[1]) {
            throw UserError.usage(section.source() + ": ranges.color must have four values and ranges.blur two, the smaller first");
        }
        return ranges;
    }

    double low(Family family, int i) {
        return family == Family.BLUR ? blur[0] : -high(family, i);
    }

    double high(Family family, int i) {
        return switch (family) {
            case ANGLE -> angle;
            case COLOR -> color[i];
            case BLUR -> blur[1];
            case TRANS -> trans;
            case SE2 -> i == 0 ? angle : trans;
        };
    }
}
