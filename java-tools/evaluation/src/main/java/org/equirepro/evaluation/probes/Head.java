package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Draws;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.Features;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.tensor.optim.Schedules;

/**
 * Linear layers with ReLU between them; without hidden ones a linear head. Several copies are trained side by side on the same
 * features: each has start values and an order of samples of its own, drawn from seed, name and number, and none influences another,
 * so each ends with the bits that it would have alone. They share batches, backward pass and optimiser's step, but not their
 * products: libtorch's batched product rounds differently from the single one.
 */
final class Head implements AutoCloseable {

    private static final int PREDICT_BATCH = 1024;
    private static final String OPTIMISER = "optimiser.";

    private final Torch torch;
    private final Ops ops;
    private final NDManager memory;
    private final HeadRecipe recipe;
    private final long seed;
    private final String name;
    private final int[] copies;
    private final int[] widths;
    /** {@code COPY.LAYER.weight} [out, in] and {@code COPY.LAYER.bias} [out]. */
    private final Map<String, NDArray> parameters = new LinkedHashMap<>();
    private final Optimiser optimiser;
    private int step;

    /** What an epoch trains on: features and the targets of their rows. */
    record Examples(Features features, Targets targets) {}

    /** New heads from {@code in} features to {@code outputs} numbers; as many as the recipe says. */
    Head(Torch torch, HeadRecipe recipe, String name, long seed, int in, int[] hidden, int outputs) {
        this(torch, recipe, name, seed, in, hidden, outputs, recipe.copies());
    }

    /** As the shorter form, for the copies of these numbers. */
    Head(Torch torch, HeadRecipe recipe, String name, long seed, int in, int[] hidden, int outputs, int... copies) {
        this.torch = torch;
        this.ops = torch.ops();
        this.memory = torch.scope();
        this.recipe = recipe;
        this.seed = seed;
        this.name = name;
        this.copies = copies.clone();
        this.widths = new int[hidden.length + 2];
        widths[0] = in;
        System.arraycopy(hidden, 0, widths, 1, hidden.length);
        widths[hidden.length + 1] = outputs;
        for (int i = 0; i + 1 < widths.length; i++) {
            for (int c = 0; c < copies.length; c++) {
                double bound = 1 / Math.sqrt(widths[i]); // PyTorch's default for linear layers
                parameter(c, i + ".weight", bound, widths[i + 1], widths[i]);
                parameter(c, i + ".bias", bound, widths[i + 1]);
            }
        }
        this.optimiser = new Optimiser(ops, memory, recipe.optimiser(), ParameterGroups.decayingWeights(parameters));
    }

    private void parameter(int c, String key, double bound, long... shape) {
        Draws draws = Draws.at(seed, name(c) + "." + key);
        float[] values = new float[(int) new Shape(shape).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.uniform(-bound, bound);
        }
        NDArray array = Torch.floats(memory, values, shape);
        array.setRequiresGradient(true);
        parameters.put(c + "." + key, array);
    }

    private String name(int c) {
        return copies[c] == 0 ? name : name + "/copy" + copies[c];
    }

    /** A copy's name among curves: that of the heads, with the copy's number where that is not 0. */
    String series(int copy) {
        return name(copy);
    }

    int copies() {
        return copies.length;
    }

    /** Steps done. */
    int step() {
        return step;
    }

    /** Trains for one epoch, counted from 0; gives the mean training loss of each copy. */
    double[] train(int epoch, Examples examples) {
        int rows = examples.features().rows();
        Schedules.Schedule rates = recipe.rates((rows + recipe.batch() - 1) / recipe.batch());
        int[][] orders = new int[copies.length][];
        for (int c = 0; c < copies.length; c++) {
            orders[c] = Draws.at(seed, epoch, 0, 0, name(c) + ".order").permutation(rows);
        }
        double[] losses = new double[copies.length];
        for (int from = 0; from < rows; from += recipe.batch()) {
            int to = Math.min(rows, from + recipe.batch());
            int[][] batch = new int[copies.length][];
            for (int c = 0; c < copies.length; c++) {
                batch[c] = Arrays.copyOfRange(orders[c], from, to);
            }
            step(examples, batch, rates.at(step++), losses);
        }
        for (int c = 0; c < copies.length; c++) {
            losses[c] /= rows;
            if (!Double.isFinite(losses[c])) {
                throw UserError.failure("the head " + name(c) + " diverged in epoch " + (epoch + 1)
                        + ": lower recipe.optimiser.lr", null);
            }
        }
        return losses;
    }

    private void step(Examples examples, int[][] batch, double lr, double[] losses) {
        try (NDManager scope = torch.scope()) {
            NDArray[] each = new NDArray[copies.length];
            try (GradMode on = GradMode.on()) {
                NDArray sum = null;
                for (int c = 0; c < copies.length; c++) {
                    NDArray x = Torch.floats(scope, examples.features().pick(batch[c]).values(), batch[c].length, widths[0]);
                    each[c] = examples.targets().loss(ops, forward(c, x), batch[c]);
                    sum = sum == null ? each[c] : sum.add(each[c]);
                }
                Torch.backward(sum);
            }
            optimiser.step(optimiser.gradients(scope), lr, recipe.weightDecay());
            Gradients.drop(parameters.values());
            for (int c = 0; c < copies.length; c++) {
                losses[c] += batch[c].length * (double) each[c].getFloat();
            }
        }
    }

    /** [B, in] to [B, outputs]. */
    private NDArray forward(int c, NDArray input) {
        NDArray x = input;
        for (int i = 0; i + 1 < widths.length; i++) {
            x = ops.linear(i == 0 ? x : ops.relu(x), parameters.get(c + "." + i + ".weight"), parameters.get(c + "." + i + ".bias"));
        }
        return x;
    }

    /** The answers of each copy, [rows, outputs]. */
    float[][] predict(Features x) {
        int outputs = widths[widths.length - 1];
        float[][] answers = new float[copies.length][Math.multiplyExact(x.rows(), outputs)];
        try (GradMode off = GradMode.off()) {
            for (int from = 0; from < x.rows(); from += PREDICT_BATCH) {
                int to = Math.min(x.rows(), from + PREDICT_BATCH);
                try (NDManager scope = torch.scope()) {
                    NDArray rows = Torch.floats(scope, x.block(from, to).values(), to - from, widths[0]);
                    for (int c = 0; c < copies.length; c++) {
                        float[] batch = forward(c, rows).toFloatArray();
                        System.arraycopy(batch, 0, answers[c], from * outputs, batch.length);
                    }
                }
            }
        }
        return answers;
    }

    /** All that training goes on from, by names that begin with {@code prefix}. */
    SortedMap<String, SafeTensors.Tensor> tensors(String prefix) {
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        parameters.forEach((key, array) -> tensors.put(prefix + key, SafeTensors.Tensor.of(array)));
        tensors.putAll(optimiser.tensors(prefix + OPTIMISER));
        return tensors;
    }

    /** Restores what {@link #tensors} gave after so many epochs of so many samples. */
    void load(SafeTensors file, String prefix, int epochs, int rows) {
        parameters.forEach((key, array) -> ParameterStore.overwrite(array, file, prefix + key));
        optimiser.load(file, prefix + OPTIMISER);
        step = epochs * ((rows + recipe.batch() - 1) / recipe.batch());
    }

    @Override
    public void close() {
        memory.close();
    }
}
