package org.equirepro.vision.views;

import org.equirepro.base.Draws;
import org.equirepro.vision.image.Augment;

/**
 * Colours changed as in training for segmentation and detection (Liu et al., "SSD", ECCV 2016; mmsegmentation's values): brightness,
 * then contrast, saturation and hue, each with probability one half; contrast comes before or after the other two.
 *
 * @param brightness added to every value, -32 .. 32; 0 changes nothing
 * @param contrast every value times this, .5 .. 1.5; 1 changes nothing
 * @param contrastFirst whether contrast comes before saturation and hue
 * @param saturation distance from grey times this, .5 .. 1.5; 1 changes nothing
 * @param hue turned by this part of the circle, -.1 .. .1; 0 changes nothing
 */
public record PhotometricDistortion(double brightness, double contrast, boolean contrastFirst, double saturation, double hue) {

    private static final double BRIGHTNESS = 32;
    private static final double FACTOR = 0.5;
    private static final double HUE = 0.1; // 18 of OpenCV's 180

    /** Nothing is changed. */
    public static final PhotometricDistortion NONE = new PhotometricDistortion(0, 1, false, 1, 0);

    /** Draws the parameters. */
    public static PhotometricDistortion draw(Draws draws) {
        double brightness = draws.chance(0.5) ? draws.uniform(-BRIGHTNESS, BRIGHTNESS) : 0;
        boolean contrastFirst = draws.chance(0.5);
        double contrast = factor(draws);
        double saturation = factor(draws);
        double hue = draws.chance(0.5) ? draws.uniform(-HUE, HUE) : 0;
        return new PhotometricDistortion(brightness, contrast, contrastFirst, saturation, hue);
    }

    private static double factor(Draws draws) {
        return draws.chance(0.5) ? draws.uniform(1 - FACTOR, 1 + FACTOR) : 1;
    }

    /** Changes the pixels in place; values are cut to 0 .. 255 after each step. */
    public void apply(byte[] rgb) {
        linear(rgb, 1, brightness);
        if (contrastFirst) {
            linear(rgb, contrast, 0);
        }
        if (saturation != 1) {
            Augment.saturation(rgb, saturation);
        }
        if (hue != 0) {
            Augment.hue(rgb, hue);
        }
        if (!contrastFirst) {
            linear(rgb, contrast, 0);
        }
    }

    private static void linear(byte[] rgb, double factor, double shift) {
        if (factor == 1 && shift == 0) {
            return;
        }
        byte[] table = new byte[256];
        for (int v = 0; v < table.length; v++) {
            table[v] = (byte) Math.max(0, Math.min(255, factor * v + shift)); // cut, not rounded, as the original does
        }
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = table[rgb[i] & 0xFF];
        }
    }
}
