package org.equirepro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import org.equirepro.base.Draws;
import org.equirepro.tensor.Torch;

/**
 * Stochastic depth a sample (Huang et al. 2016) as iBOT and timm have it: a residual branch of block i counts for a sample with
 * probability 1 - rate(i), and then 1 / (1 - rate(i)) times; each of a block's two branches draws for itself. Draws come
 * from (seed, epoch, sample, view, branch): they depend neither on the batch around a sample nor on where a run was resumed.
 *
 * <p>DINOv2 leaves out the dropped samples instead of scaling by 0 and keeps a fixed share of every batch; that is faster, but
 * ties a sample to its batch.
 */
public final class DropPath {

    /** Residual branches of a transformer block, in their order. */
    public enum Branch { ATTENTION, MLP }

    private final long seed;
    private final double[] rates;

    private DropPath(long seed, double[] rates) {
        this.seed = seed;
        this.rates = rates;
        for (double rate : rates) {
            if (!(rate >= 0 && rate < 1)) {
                throw new IllegalArgumentException("drop path rate " + rate + " is not in 0 .. 1, 1 excluded");
            }
        }
    }

    /** From 0 in the first block linearly to {@code rate} in the last (iBOT, timm). */
    public static DropPath linear(long seed, double rate, int depth) {
        double[] rates = new double[depth];
        for (int i = 1; i < depth; i++) {
            rates[i] = rate * i / (depth - 1);
        }
        return new DropPath(seed, rates);
    }

    /** The same rate in every block (DINOv2's {@code drop_path_uniform}). */
    public static DropPath uniform(long seed, double rate, int depth) {
        double[] rates = new double[depth];
        Arrays.fill(rates, rate);
        return new DropPath(seed, rates);
    }

    /** For a batch in which row i is view {@code views[i]} of sample {@code samples[i]}. */
    public Batch at(int epoch, int[] samples, int[] views) {
        if (samples.length != views.length) {
            throw new IllegalArgumentException(samples.length + " samples and " + views.length + " views");
        }
        return new Batch(this, epoch, samples.clone(), views.clone());
    }

    /** The draws of one batch. */
    public static final class Batch {

        private final DropPath path;
        private final int epoch;
        private final int[] samples;
        private final int[] views;

        private Batch(DropPath path, int epoch, int[] samples, int[] views) {
            this.path = path;
            this.epoch = epoch;
            this.samples = samples;
            this.views = views;
        }

        /** Whether a block drops anything at all. */
        public boolean drops(int block) {
            return path.rates[block] > 0;
        }

        /** What a branch is multiplied by, [B, 1, 1]: 0 or 1 / (1 - rate). */
        public NDArray factors(NDManager manager, int block, Branch branch) {
            double keep = 1 - path.rates[block];
            String operation = "drop_path." + block + "." + branch;
            float[] factors = new float[samples.length];
            for (int i = 0; i < factors.length; i++) {
                boolean kept = Draws.at(path.seed, epoch, samples[i], views[i], operation).chance(keep);
                factors[i] = kept ? (float) (1 / keep) : 0;
            }
            return Torch.floats(manager, factors, factors.length, 1, 1);
        }
    }
}
