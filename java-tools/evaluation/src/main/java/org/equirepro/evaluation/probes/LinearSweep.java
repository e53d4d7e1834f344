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
    /** [heads * classes, 1], each head's rate as often as it has classes. */
    private final NDArray rateOfRow;
    /** [heads * classes, in]. */
    private final NDArray weight;
    private final NDArray weightMomentum;
    /** [heads * classes, 1]. */
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
        float[] rows = new float[heads * classes];
        for (int h = 0; h < heads; h++) {
            Arrays.fill(rows, h * classes, (h + 1) * classes, (float) rates[h]);
        }
        this.rateOfRow = Torch.floats(memory, rows, rows.length, 1);
        this.weight = starts(seed);
        this.weightMomentum = memory.zeros(weight.getShape());
        this.bias = memory.zeros(rateOfRow.getShape());
        this.biasMomentum = memory.zeros(rateOfRow.getShape());
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

    /**
     * One step of all heads on the mean of the samples' losses.
     *
     * @param x [B, in]
     * @param members numbers of the samples among the labelling's
     * @param share of the largest rates
     */
    void step(NDArray x, Labelling labels, int[] members, double share) {
        var ops = torch.ops().classifiers();
        try (NDManager scope = torch.scope()) {
            NDArray logits = ops.logits(x, weight, bias);
            logits.attach(scope);
            NDArray errors = labels.errors(ops, logits.reshape(heads, classes, members.length), members, losses); // [H C, B]
            ops.addGradients(x, errors, weightMomentum, biasMomentum, momentum, 1.0 / members.length);
            if (weightDecay > 0) {
                ops.add(weightMomentum, weight, weightDecay);
                ops.add(biasMomentum, bias, weightDecay);
            }
            ops.addRows(weight, weightMomentum, rateOfRow, -share);
            ops.addRows(bias, biasMomentum, rateOfRow, -share);
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

    /** Logits of the heads {@code from} to {@code to} (exclusive), [heads][rows, classes]; the rows are read once. */
    float[][] logits(Features x, int from, int to) {
        int asked = to - from;
        float[][] all = new float[asked][Math.multiplyExact(x.rows(), classes)];
        try (NDManager whole = torch.scope()) {
            NDArray w = weight.get(from * classes + ":" + to * classes);
            NDArray b = bias.get(from * classes + ":" + to * classes);
            w.attach(whole);
            b.attach(whole);
            for (int first = 0; first < x.rows(); first += PREDICT_BATCH) {
                int rows = Math.min(x.rows() - first, PREDICT_BATCH);
                try (NDManager scope = torch.scope()) {
                    NDArray block = Torch.floats(scope, x.block(first, first + rows).values(), rows, in);
                    NDArray logits = torch.ops().classifiers().logits(block, w, b); // [H C, B]
                    float[] values = logits.reshape(asked, classes, rows).transpose(0, 2, 1).toFloatArray(); // [H, B, C]
                    for (int h = 0; h < asked; h++) {
                        System.arraycopy(values, h * rows * classes, all[h], first * classes, rows * classes);
                    }
                }
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
