package org.equirepro.tensor.nn;

import ai.djl.ndarray.NDArray;
import org.equirepro.tensor.Ops;

/** Small layers made of named parameters; initial values are PyTorch's defaults unless said. */
public final class Layers {

    /** Share of a batch in batch norm's running statistics. */
    private static final double MOMENTUM = 0.1;

    private Layers() {}

    /** Tensors in, tensors out. */
    @FunctionalInterface
    public interface Layer {
        NDArray apply(NDArray x);
    }

    /** {@code name.weight} [out, in] and, if asked, {@code name.bias} [out], both uniform in 1 / sqrt(in). */
    public static Layer linear(ParameterStore store, Ops ops, String name, int in, int out, boolean bias) {
        double bound = 1 / Math.sqrt(in);
        NDArray w = store.uniform(name + ".weight", bound, out, in);
        NDArray b = bias ? store.uniform(name + ".bias", bound, out) : null;
        return x -> ops.linear(x, w, b);
    }

    /**
     * Batch normalisation over [B, C] or [B, C, H, W] with running statistics; {@code mode} is asked at each call. While several
     * ranks train, the statistics are those of all ranks' samples.
     */
    public static Layer batchNorm(ParameterStore store, Ops ops, String name, int channels, float weight, Mode mode) {
        NDArray w = store.constant(name + ".weight", weight, channels);
        NDArray b = store.constant(name + ".bias", 0, channels);
        NDArray mean = store.buffer(name + ".running_mean", 0, channels);
        NDArray var = store.buffer(name + ".running_var", 1, channels);
        return x -> {
            double momentum = mode.repeated() ? 0 : MOMENTUM;
            GraphCuts cuts = mode.cuts();
            if (!mode.training() || cuts.ranks() == 1) {
                return ops.batchNorm(x, w, b, mean, var, mode.training(), momentum);
            }
            NDArray part = cuts.cut(x);
            NDArray statistics = cuts.gather(ops.channelStatistics(part, w)); // [ranks, 2 C]
            return ops.batchNormShared(part, w, b, statistics, mean, var, cuts.ranks() * (x.size() / channels), momentum);
        };
    }

    /**
     * Convolution that keeps height and width, {@code name.conv} without bias, batch normalisation {@code name.bn} and ReLU; starts
     * from He's normal over fan out.
     */
    public static Layer convNormRelu(ParameterStore store, Ops ops, String name, int in, int out, int kernel, Mode mode) {
        NDArray w = store.normal(name + ".conv.weight", Math.sqrt(2.0 / ((double) out * kernel * kernel)), out, in, kernel, kernel);
        Layer norm = batchNorm(store, ops, name + ".bn", out, 1, mode);
        return x -> ops.relu(norm.apply(ops.conv2d(x, w, null, 1, kernel / 2)));
    }

    /**
     * A linear map without bias whose rows are {@code weight_v} [out, in] scaled to the lengths {@code weight_g} [out, 1], which
     * start from 1 (Salimans and Kingma 2016).
     *
     * @param fixedLength whether the lengths are saved but not trained
     */
    public static Layer weightNormed(ParameterStore store, Ops ops, String name, int in, int out, boolean fixedLength) {
        NDArray g = fixedLength ? store.buffer(name + ".weight_g", 1, out, 1) : store.constant(name + ".weight_g", 1, out, 1);
        NDArray v = store.uniform(name + ".weight_v", 1 / Math.sqrt(in), out, in);
        return x -> {
            try (NDArray w = ops.weightNorm(v, g)) {
                return ops.linear(x, w, null);
            }
        };
    }

    /** Whether a network is being trained, and with which other ranks. */
    public static final class Mode {
        private boolean training = true;
        private GraphCuts cuts = GraphCuts.NONE;
        private boolean repeated;

        public boolean training() {
            return training;
        }

        public void set(boolean on) {
            training = on;
        }

        /** Where the graph is cut while training. */
        public GraphCuts cuts() {
            return cuts;
        }

        public void set(GraphCuts step) {
            cuts = step;
        }

        /** Whether a forward pass is being computed a second time: running statistics have seen its batch already. */
        public boolean repeated() {
            return repeated;
        }

        /** Marks what is computed until closed as a repetition. */
        public Repetition repeat() {
            repeated = true;
            return () -> repeated = false;
        }

        /** Closing it ends the repetition. */
        @FunctionalInterface
        public interface Repetition extends AutoCloseable {
            @Override
            void close();
        }
    }
}
