package org.equirepro.vision.batch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;

/** Channel means and standard deviations of the input, each [1, 3, 1, 1]. */
public record Normalisation(NDArray mean, NDArray std) {

    /** From a section with lists {@code mean} and {@code std} of three values. */
    public static Normalisation of(NDManager manager, Settings section) {
        return new Normalisation(channel(manager, section, "mean"), channel(manager, section, "std"));
    }

    private static NDArray channel(NDManager manager, Settings section, String key) {
        double[] values = section.reals(key);
        if (values.length != 3) {
            throw UserError.usage(section.source() + ": normalise." + key + " must have three values");
        }
        return Torch.floats(manager, new float[] {(float) values[0], (float) values[1], (float) values[2]}, 1, 3, 1, 1);
    }

    /** Pictures in 0 .. 1 to network input. */
    public NDArray apply(Ops ops, NDArray pictures) {
        return ops.pictures().normalise(pictures, mean, std);
    }

    /** Network input back to 0 .. 1, clamped. */
    public NDArray invert(NDArray input) {
        return input.mul(std).add(mean).clip(0, 1);
    }
}
