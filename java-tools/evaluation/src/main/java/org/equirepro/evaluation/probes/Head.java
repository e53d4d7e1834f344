package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.equirepro.base.Draws;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.Features;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.tensor.optim.Schedules;

/** Linear layers with ReLU between them; without hidden ones a linear head. Start values and order come from seed and name. */
final class Head implements AutoCloseable {

    private static final int PREDICT_BATCH = 1024;

    /** Called after each epoch (from 1) and the steps so far, with the mean training loss. */
    @FunctionalInterface
    interface Progress {
        void epoch(int epoch, int step, double loss);
    }

    private final Torch torch;
    private final NDManager memory;
    private final long seed;
    private final String name;
    private final int outputs;
    private final ParameterStore store;
    private final List<Layers.Layer> layers = new ArrayList<>();

    /** What an epoch trains on: features and the targets of their rows. */
    record Examples(Features features, Targets targets) {}

    /** A new head from {@code in} features to {@code outputs} numbers. */
    Head(Torch torch, String name, long seed, int in, int[] hidden, int outputs) {
        this.torch = torch;
        this.memory = torch.scope();
        this.seed = seed;
        this.name = name;
        this.outputs = outputs;
        this.store = new ParameterStore(memory, seed);
        int width = in;
        for (int i = 0; i <= hidden.length; i++) {
            int out = i < hidden.length ? hidden[i] : outputs;
            layers.add(Layers.linear(store, torch.ops(), name + "." + i, width, out, true));
            width = out;
        }
    }

    /** Trains on the examples of each epoch, counted from 0. */
    void train(HeadRecipe recipe, IntFunction<Examples> examples, Progress progress) {
        Optimiser optimiser = new Optimiser(torch.ops(), memory, recipe.optimiser(),
                ParameterGroups.decayingWeights(store.parameters()));
        int step = 0;
        for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
            Examples now = examples.apply(epoch);
            Features x = now.features();
            int stepsPerEpoch = (x.rows() + recipe.batch() - 1) / recipe.batch();
            Schedules.Schedule rates = recipe.rates(stepsPerEpoch);
            int[] order = Draws.at(seed, epoch, 0, 0, name + ".order").permutation(x.rows());
            double sum = 0;
            for (int from = 0; from < x.rows(); from += recipe.batch()) {
                int[] rows = Arrays.copyOfRange(order, from, Math.min(x.rows(), from + recipe.batch()));
                sum += rows.length * step(optimiser, now, rows, rates.at(step++), recipe.weightDecay());
            }
            if (!Double.isFinite(sum)) {
                throw UserError.failure("the head " + name + " diverged in epoch " + (epoch + 1)
                        + ": lower recipe.optimiser.lr", null);
            }
            progress.epoch(epoch + 1, step, sum / x.rows());
        }
    }

    private double step(Optimiser optimiser, Examples examples, int[] rows, double lr, double weightDecay) {
        FeatureMatrix x = examples.features().pick(rows);
        try (NDManager scope = torch.scope()) {
            NDArray loss;
            try (GradMode on = GradMode.on()) {
                NDArray output = forward(Torch.floats(scope, x.values(), x.rows(), x.columns()));
                loss = examples.targets().loss(torch.ops(), output, rows);
                Torch.backward(loss);
            }
            Map<String, NDArray> gradients = optimiser.gradients(scope);
            optimiser.step(gradients, lr, weightDecay);
            Gradients.drop(store.parameters().values());
            return loss.getFloat();
        }
    }

    private NDArray forward(NDArray input) {
        NDArray x = input;
        for (int i = 0; i < layers.size(); i++) {
            x = layers.get(i).apply(i == 0 ? x : torch.ops().relu(x));
        }
        return x;
    }

    /** The head's answers, [rows, outputs]. */
    float[] predict(Features x) {
        float[] answers = new float[Math.multiplyExact(x.rows(), outputs)];
        try (GradMode off = GradMode.off()) {
            for (int from = 0; from < x.rows(); from += PREDICT_BATCH) {
                int to = Math.min(x.rows(), from + PREDICT_BATCH);
                float[] values = x.block(from, to).values();
                try (NDManager scope = torch.scope()) {
                    float[] batch = forward(Torch.floats(scope, values, to - from, x.columns())).toFloatArray();
                    System.arraycopy(batch, 0, answers, from * outputs, batch.length);
                }
            }
        }
        return answers;
    }

    @Override
    public void close() {
        memory.close();
    }
}
