package org.equirepro.tensor.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;

/**
 * Keeps float16 gradients from vanishing (Micikevicius et al., "Mixed precision training", ICLR 2018), by the rules of PyTorch's
 * {@code GradScaler}: the loss is multiplied by a scale and the gradients are divided by it; where one is infinite or not a
 * number, the step is skipped and the scale backs off; after so many good steps in a row it grows.
 *
 * <p>A step: {@link #scale} the loss, backward, {@link #unscale} the gradients, clip, step if they were finite, {@link #update}.
 * With several ranks, reduce the gradients before {@link #unscale}: then all ranks see the same infinities.
 */
public final class LossScaler {

    /** PyTorch's defaults are 65536, 2, .5 and 2000. */
    public record Options(double start, double growth, double backoff, int interval) {
        public static final Options DEFAULT = new Options(65536, 2, 0.5, 2000);
    }

    private final Ops ops;
    private final Options options;
    private float scale;
    private int good;
    private boolean finite = true;

    public LossScaler(Ops ops, Options options) {
        this.ops = ops;
        this.options = options;
        this.scale = (float) options.start;
    }

    /** The loss times the scale, with gradient. */
    public NDArray scale(NDArray loss) {
        return ops.scale(loss, scale);
    }

    /**
     * Divides gradients by the scale, in place. May be called for several lists in a step.
     *
     * @return whether all gradients of this step are finite so far; if not, do not step
     */
    public boolean unscale(List<NDArray> gradients) {
        if (!gradients.isEmpty()) {
            try (NDManager scope = gradients.get(0).getManager().newSubManager()) {
                NDArray found = Torch.floats(scope, new float[] {0}, 1);
                ops.updates().unscale(gradients, found, Torch.floats(scope, new float[] {(float) (1.0 / scale)}, 1));
                finite &= found.getFloat(0) == 0;
            }
        }
        return finite;
    }

    /** Ends the step: sets the scale of the next one. */
    public void update() {
        if (!finite) {
            scale = (float) (scale * options.backoff);
            good = 0;
        } else if (++good == options.interval) {
            float grown = (float) (scale * options.growth);
            scale = Float.isInfinite(grown) ? scale : grown;
            good = 0;
        }
        finite = true;
    }

    /** The scale of the coming step. */
    public double scale() {
        return scale;
    }

    /** The state, ready to be written; {@code prefix} goes before each name. */
    public SortedMap<String, SafeTensors.Tensor> tensors(String prefix) {
        return new TreeMap<>(java.util.Map.of(
                prefix + "scale", SafeTensors.Tensor.of(new float[] {scale}, 1),
                prefix + "good", SafeTensors.Tensor.of(new float[] {good}, 1)));
    }

    /** Restores what {@link #tensors} gave. */
    public void load(SafeTensors file, String prefix) {
        scale = file.floats(prefix + "scale")[0];
        good = (int) file.floats(prefix + "good")[0];
    }
}
