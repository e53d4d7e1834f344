package org.equirepro.vision.render;

/** Colours: hue to RGB, and linear light to the bytes of a picture (sRGB, IEC 61966-2-1). */
public final class Colours {

    private static final int STEPS = 8192;

    private Colours() {}

    /** Red, green and blue of a hue (a turn is 1; whole turns do not matter), saturation and value, all in [0, 1]. */
    public static double[] hsv(double hue, double saturation, double value) {
        double h = 6 * (hue - Math.floor(hue));
        int sector = (int) h % 6;
        double f = h - Math.floor(h);
        double p = value * (1 - saturation);
        double q = value * (1 - saturation * f);
        double t = value * (1 - saturation * (1 - f));
        return switch (sector) {
            case 0 -> new double[] {value, t, p};
            case 1 -> new double[] {q, value, p};
            case 2 -> new double[] {p, value, t};
            case 3 -> new double[] {p, q, value};
            case 4 -> new double[] {t, p, value};
            default -> new double[] {value, p, q};
        };
    }

    /** The byte of every step of linear light from 0 to 1, for {@link #index}. */
    static byte[] encoding() {
        byte[] table = new byte[STEPS + 1];
        for (int i = 0; i <= STEPS; i++) {
            double linear = (double) i / STEPS;
            double code = linear <= 0.0031308 ? 12.92 * linear : 1.055 * StrictMath.pow(linear, 1 / 2.4) - 0.055;
            table[i] = (byte) Math.round(255 * code);
        }
        return table;
    }

    /** The place in {@link #encoding()} of an amount of light; what is above 0.8 is compressed towards 1. */
    static int index(double light) {
        double shown = light <= 0.8 ? Math.max(0, light) : 1 - 0.04 / (light - 0.6);
        return (int) (shown * STEPS + 0.5);
    }
}
