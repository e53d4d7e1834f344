package org.equirepro.vision.render;

/** What is seen where no object is. */
public sealed interface Backdrop {

    /** A level floor that is lit and shaded like the object. */
    record Floor(double z, double[] albedo, double[] horizon) implements Backdrop {}

    /** A picture behind everything: linear light as a function of the place, [0, 1] in both directions from the top left. */
    non-sealed interface Painted extends Backdrop {
        void light(double across, double down, double[] out);
    }
}
