package org.equirepro.vision.views;

import java.util.List;
import org.equirepro.vision.image.Box;

/**
 * What was drawn for one view; the operations were applied in the order of these fields.
 *
 * @param crop box of the source that was resized to the view
 * @param flip left became right
 * @param jitter in the order in which the colours were changed; empty if they were not
 * @param gray made grey
 * @param blur sigma in pixels; 0 if not blurred
 * @param solarise values from 128 on were inverted
 */
public record ViewParameters(Box crop, boolean flip, List<Jitter> jitter, boolean gray, double blur, boolean solarise) {

    /** Operations of the colour jitter. */
    public enum Colour { BRIGHTNESS, CONTRAST, SATURATION, HUE }

    /**
     * One step of the colour jitter.
     *
     * @param factor 1 changes nothing; for the hue the part of the circle, where 0 changes nothing
     */
    public record Jitter(Colour colour, double factor) {}
}
