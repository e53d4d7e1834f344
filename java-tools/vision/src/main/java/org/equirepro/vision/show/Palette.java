package org.equirepro.vision.show;

import java.awt.Color;

/** Colours that neighbours in a list do not share. */
final class Palette {

    /** Turns of the hue between neighbours: the golden section, which never comes back near. */
    private static final double STEP = 0.618033988749895;

    private Palette() {}

    /** A bright colour for number {@code i}. */
    static Color of(int i) {
        double hue = 0.02 + i * STEP;
        float brightness = i / 5 % 2 == 0 ? 1f : 0.82f;
        return Color.getHSBColor((float) (hue - Math.floor(hue)), i % 3 == 2 ? 0.6f : 0.85f, brightness);
    }

    /** Black or white, whichever is read better on a colour. */
    static Color ink(Color ground) {
        double light = 0.299 * ground.getRed() + 0.587 * ground.getGreen() + 0.114 * ground.getBlue();
        return light > 140 ? Color.BLACK : Color.WHITE;
    }
}
