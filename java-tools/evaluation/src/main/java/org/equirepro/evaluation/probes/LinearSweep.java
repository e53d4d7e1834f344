package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Draws;
import org.equirepro.evaluation.features.Features;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * Linear classifiers for several learning rates, trained side by side: one product gives the logits of all and one their
 * gradients. They start alike, see the same batches, and none influences another, so each ends as if it were alone. SGD with
 * momentum (the linear evaluation of Zhou et al., "iBOT", ICLR 2022).
 */
final class LinearSweep implements AutoCloseable {

    private static final double START_STD = 0.01;
    private static final int PREDICT_BATCH = 1024;

    private final Torch torch;
    private final NDManager memory;
    private final int heads;
    private final int in;
    private final int classes;
    private final boolean decays;
    /** [heads]. */
    private final NDArray rates;
    /** [heads * classes], each head's rate as often as it has classes. */
    private final NDArray rateOfRow;
    /** [heads * classes, in]. */
    private final NDArray weight;
    private final NDArray weightMomentum;
    /** [heads * classes]. */
    private final NDArray bias;
    private final NDArray biasMomentum;
    /** [heads], summed since they were last asked for. */
    private final NDArray losses;
    private final double momentum;
    private final double weightDecay;

    /**
     * New classifiers.
     *
     * @param rates the largest learning rate of each
     * @param momentum of SGD
     * @param weightDecay of weights and biases, as PyTorch's SGD has it
     */
    LinearSweep(Torch torch, long seed, int in, int classes, double[] rates, double momentum, double weightDecay) {
        this.torch = torch;
        this.memory = torch.scope();
        this.heads = rates.length;
        this.in = in;
        this.classes = classes;
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        this.decays = weightDecay > 0;
        float[] each = new float[heads];
        float[] rows = new float[heads * classes];
        for (int h = 0; h < heads; h++) {
            each[h] = (float) rates[h];
            Arrays.fill(rows, h * classes, (h + 1) * classes, each[h]);
        }
        this.rates = Torch.floats(memory, each, heads);
        this.rateOfRow = Torch.floats(memory, rows, rows.length);
        this.weight = starts(seed);
        this.weightMomentum = memory.zeros(weight.getShape());
        this.bias = Torch.floats(memory, new float[rows.length], rows.length);
        this.biasMomentum = Torch.floats(memory, new float[rows.length], rows.length);
        this.losses = Torch.floats(memory, new float[heads], heads);
    }

    /** The same start values for every head. */
    private NDArray starts(long seed) {
        Draws draws = Draws.at(seed, "linear.weight");
        float[] start = new float[Math.multiplyExact(classes, in)];
        for (int i = 0; i < start.length; i++) {
            start[i] = (float) (START_STD * draws.gaussian());
        }
        try (NDArray one = Torch.floats(memory, start, classes, in)) {
            return NDArrays.concat(new NDList(Collections.nCopies(heads, one)), 0);
        }
    }

    int heads() {
        return heads;
    }

    /**
     * One step of all heads.
     *
     * @param x [B, in]
     * @param members numbers of the samples among the labelling's
     * @param weights [heads, B] of the samples in each head's loss
     * @param share of the largest rates
     */
    void step(NDArray x, Labelling labels, int[] members, NDArray weights, double share) {
        var ops = torch.ops().classifiers();
        try (NDManager scope = torch.scope()) {
            NDArray logits = ops.logits(x, weight, bias);
            logits.attach(scope);
            NDArray apart = logits.reshape(heads, classes, members.length); // [H, C, B]
            NDArray errors = labels.errors(ops, apart, members, weights, rates, losses);
            // momentum sums what it is given, so errors times their own rate and one common share make each rate's step
            ops.addGradients(x, errors, weightMomentum, biasMomentum, momentum);
            if (decays) {
                ops.addRows(weightMomentum, weight, rateOfRow, weightDecay);
                try (NDArray column = bias.reshape(-1, 1); NDArray sums = biasMomentum.reshape(-1, 1)) {
                    ops.addRows(sums, column, rateOfRow, weightDecay);
                }
            }
            ops.add(weight, weightMomentum, -share);
            ops.add(bias, biasMomentum, -share);
        }
    }

    /** The losses of the steps since this was last called, summed, one a head. A rate that is too large ends in numbers that are not finite. */
    double[] takeLosses() {
        double[] sums = new double[heads];
        float[] values = losses.toFloatArray();
        Arrays.setAll(sums, h -> values[h]);
        try (NDArray zeros = losses.zerosLike()) {
            torch.ops().updates().copyInto(losses, zeros);
        }
        return sums;
    }

    /** Logits of one head, [rows, classes]. */
    float[] logits(Features x, int head) {
        float[] all = new float[Math.multiplyExact(x.rows(), classes)];
        for (int from = 0; from < x.rows(); from += PREDICT_BATCH) {
            int to = Math.min(x.rows(), from + PREDICT_BATCH);
            try (NDManager scope = torch.scope()) {
                NDArray rows = Torch.floats(scope, x.block(from, to).values(), to - from, in);
                NDArray w = weight.get(head * classes + ":" + (head + 1) * classes);
                NDArray b = bias.get(head * classes + ":" + (head + 1) * classes);
                w.attach(scope);
                b.attach(scope);
                float[] batch = torch.ops().linear(rows, w, b).toFloatArray();
                System.arraycopy(batch, 0, all, from * classes, batch.length);
            }
        }
        return all;
    }

    /** All that the next step depends on; {@code prefix} goes before each name. */
    SortedMap<String, SafeTensors.Tensor> tensors(String prefix) {
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        state().forEach((name, array) -> tensors.put(prefix + name, SafeTensors.Tensor.of(array)));
        return tensors;
    }

    /** Restores what {@link #tensors} gave. */
    void load(SafeTensors file, String prefix) {
        state().forEach((name, array) -> ParameterStore.overwrite(array, file, prefix + name));
    }

    private Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        state.put("weight", weight);
        state.put("bias", bias);
        state.put("weight.momentum", weightMomentum);
        state.put("bias.momentum", biasMomentum);
        state.put("losses", losses);
        return state;
    }

    @Override
    public void close() {
        memory.close();
    }
}
