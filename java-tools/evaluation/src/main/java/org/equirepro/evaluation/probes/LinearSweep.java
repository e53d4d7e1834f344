package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureMatrix;
import org.equirepro.evaluation.features.Features;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.tensor.optim.Schedules;

/**
 * Linear classifiers for several learning rates, trained side by side: one product gives the logits of all. They start alike,
 * see the same batches, and none influences another, so each ends as if it were alone. SGD with momentum, the rate falling
 * from epoch to epoch by half a cosine to 0 (the linear evaluation of Zhou et al., "iBOT", ICLR 2022).
 */
final class LinearSweep implements AutoCloseable {

    private static final String WEIGHT = "weight";
    private static final String BIAS = "bias";
    private static final double START_STD = 0.01;
    private static final int PREDICT_BATCH = 1024;

    /**
     * How a sweep is trained.
     *
     * @param momentum of SGD
     * @param weightDecay of weights and biases, as PyTorch's SGD has it
     */
    record Training(int epochs, int batch, double momentum, double weightDecay) {

        /** From a recipe's keys {@code epochs}, {@code batch}, {@code momentum} (.9) and {@code weight_decay} (0). */
        static Training of(Settings recipe) {
            Training training = new Training(recipe.integer("epochs"), recipe.integer("batch"), recipe.real("momentum", 0.9),
                    recipe.real("weight_decay", 0));
            if (training.epochs < 1 || training.batch < 1) {
                throw UserError.usage(recipe.source() + ": recipe.epochs and recipe.batch must be positive");
            }
            return training;
        }
    }

    /** Called after each epoch (from 1) and the steps so far, with the mean training loss of each rate. */
    @FunctionalInterface
    interface Progress {
        void epoch(int epoch, int step, double[] losses);
    }

    private final Torch torch;
    private final NDManager memory;
    private final int classes;
    private final int in;
    private final double[] rates;
    private final long seed;
    /** weight [rates * classes, in] and bias [rates * classes]. */
    private final Map<String, NDArray> parameters = new LinkedHashMap<>();
    private final NDArray rateOfRow;

    /** New classifiers; {@code rates} are the largest learning rates. */
    LinearSweep(Torch torch, long seed, int in, int classes, double[] rates) {
        this.torch = torch;
        this.memory = torch.scope();
        this.classes = classes;
        this.in = in;
        this.rates = rates.clone();
        this.seed = seed;
        Draws draws = Draws.at(seed, "linear.weight");
        float[] start = new float[classes * in];
        for (int i = 0; i < start.length; i++) {
            start[i] = (float) (START_STD * draws.gaussian());
        }
        float[] weights = new float[Math.multiplyExact(rates.length, start.length)];
        float[] rows = new float[rates.length * classes];
        for (int r = 0; r < rates.length; r++) {
            System.arraycopy(start, 0, weights, r * start.length, start.length);
            Arrays.fill(rows, r * classes, (r + 1) * classes, (float) rates[r]);
        }
        rateOfRow = Torch.floats(memory, rows, rows.length);
        parameters.put(WEIGHT, Torch.floats(memory, weights, rows.length, in));
        parameters.put(BIAS, Torch.floats(memory, new float[rows.length], rows.length));
        parameters.values().forEach(p -> p.setRequiresGradient(true));
    }

    /** Trains on all rows of {@code x}. A rate that is too large may end in numbers that are not finite. */
    void train(Training training, Features x, int[] labels, Progress progress) {
        Optimiser optimiser = new Optimiser(torch.ops(), memory, Optimiser.Options.sgd(training.momentum, false),
                ParameterGroups.alike(parameters));
        Schedules.Schedule share = Schedules.cosine(1, 0, training.epochs, 0, 0);
        int step = 0;
        for (int epoch = 0; epoch < training.epochs; epoch++) {
            int[] order = Draws.at(seed, epoch, 0, 0, "linear.order").permutation(x.rows());
            double[] losses = new double[rates.length];
            for (int from = 0; from < x.rows(); from += training.batch) {
                int[] rows = Arrays.copyOfRange(order, from, Math.min(x.rows(), from + training.batch));
                int[] wanted = Arrays.stream(rows).map(i -> labels[i]).toArray();
                step(optimiser, x.pick(rows), wanted, share.at(epoch), training.weightDecay, losses);
                step++;
            }
            for (int r = 0; r < losses.length; r++) {
                losses[r] /= x.rows();
            }
            progress.epoch(epoch + 1, step, losses);
        }
    }

    private void step(Optimiser optimiser, FeatureMatrix x, int[] labels, double share, double weightDecay, double[] losses) {
        try (NDManager scope = torch.scope()) {
            try (GradMode on = GradMode.on()) {
                NDArray logits = torch.ops().linear(Torch.floats(scope, x.values(), x.rows(), in), parameters.get(WEIGHT),
                        parameters.get(BIAS)).reshape(x.rows(), rates.length, classes);
                NDArray wanted = scope.create(Arrays.stream(labels).asLongStream().toArray());
                NDArray sum = null;
                for (int r = 0; r < rates.length; r++) {
                    NDArray loss = torch.ops().losses().crossEntropy(logits.get(":, " + r), wanted, 0);
                    losses[r] += loss.getFloat() * x.rows();
                    sum = sum == null ? loss : sum.add(loss);
                }
                Torch.backward(sum);
            }
            Map<String, NDArray> gradients = optimiser.gradients(scope);
            Map<String, NDArray> scaled = new LinkedHashMap<>();
            // momentum sums what it is given, so gradients times their own rate and one common share make each rate's step
            gradients.forEach((name, gradient) -> {
                NDArray rate = name.equals(WEIGHT) ? rateOfRow.reshape(-1, 1) : rateOfRow.reshape(-1);
                NDArray decay = parameters.get(name).mul(weightDecay);
                rate.attach(scope);
                decay.attach(scope);
                scaled.put(name, gradient.add(decay).mul(rate));
            });
            optimiser.step(scaled, share, 0);
            Gradients.drop(parameters.values());
        }
    }

    /** Logits of one rate's classifier, [rows, classes]. */
    float[] logits(Features x, int rate) {
        float[] all = new float[Math.multiplyExact(x.rows(), classes)];
        try (GradMode off = GradMode.off()) {
            for (int from = 0; from < x.rows(); from += PREDICT_BATCH) {
                int to = Math.min(x.rows(), from + PREDICT_BATCH);
                try (NDManager scope = torch.scope()) {
                    NDArray rows = Torch.floats(scope, x.block(from, to).values(), to - from, in);
                    NDArray w = parameters.get(WEIGHT).get(rate * classes + ":" + (rate + 1) * classes);
                    NDArray b = parameters.get(BIAS).get(rate * classes + ":" + (rate + 1) * classes);
                    w.attach(scope);
                    b.attach(scope);
                    float[] batch = torch.ops().linear(rows, w, b).toFloatArray();
                    System.arraycopy(batch, 0, all, from * classes, batch.length);
                }
            }
        }
        return all;
    }

    @Override
    public void close() {
        memory.close();
    }
}
