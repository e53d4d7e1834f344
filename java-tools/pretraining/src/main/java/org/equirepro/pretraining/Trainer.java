package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.equirepro.base.Curves;
import org.equirepro.base.EventFile;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.dist.BucketReducer;
import org.equirepro.tensor.dist.Consensus;
import org.equirepro.tensor.dist.ProcessGroup;
import org.equirepro.tensor.dist.StagedBackward;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.optim.Clip;
import org.equirepro.tensor.optim.LossScaler;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;
import org.equirepro.tensor.optim.Schedules;
import org.equirepro.vision.load.Loader;

/** The training loop: batch, views, loss, backward, update, curves, saved states. One loop for every objective. */
final class Trainer {

    private static final double LINE_SECONDS = 30;

    private final Torch torch;
    private final PretrainingModel model;
    private final Optimiser optimiser;
    private final Schedules.Schedule rate;
    private final double weightDecay;
    private final Clip clip;
    private final LossScaler scaler;
    private final long steps;
    private final int perEpoch;
    private final int checkpointSteps;
    private final int logSteps;
    private final CheckpointStore store;
    private final ProcessGroup group;
    private final Consensus consensus;
    private final StagedBackward cuts;
    private final BucketReducer reducer;
    private Curves curves = new Curves();
    private long step;

    /** {@code perEpoch}: steps of an epoch. */
    Trainer(Torch torch, PretrainingModel model, Settings recipe, long steps, int perEpoch, CheckpointStore store, ProcessGroup group,
            long bucketBytes) {
        this.group = group;
        this.consensus = new Consensus(torch, group);
        this.cuts = new StagedBackward(torch.ops(), torch.root(), group);
        this.reducer = new BucketReducer(torch.ops(), group, model.parameters().values(), bucketBytes);
        if (group.size() > 1) {
            model.span(cuts);
        }
        this.torch = torch;
        this.model = model;
        this.steps = steps;
        this.perEpoch = perEpoch;
        this.store = store;
        Settings section = recipe.at("optimiser");
        this.optimiser = new Optimiser(torch.ops(), torch.root(), Optimiser.Options.of(section),
                ParameterGroups.decayingWeights(model.parameters()));
        double lr = section.real("lr");
        this.rate = switch (section.text("schedule", "cosine")) {
            case "cosine" -> Schedules.cosine(lr, section.real("min_lr", 0), steps, warmup(section), 0);
            case "constant" -> Schedules.constant(lr);
            default -> throw UserError.usage(recipe.source() + ": optimiser.schedule must be cosine or constant, found "
                    + section.text("schedule"));
        };
        this.weightDecay = section.real("weight_decay", 0);
        this.clip = new Clip(Clip.Scope.ALL, section.real("clip", Double.POSITIVE_INFINITY));
        this.scaler = model.precision() == Precision.FLOAT16 ? new LossScaler(torch.ops(), LossScaler.Options.DEFAULT) : null;
        this.checkpointSteps = recipe.integer("checkpoint_steps");
        this.logSteps = recipe.integer("log_steps", 20);
    }

    private long warmup(Settings section) {
        return section.has("warmup_epochs") ? (long) section.integer("warmup_epochs") * perEpoch : section.integer("warmup_steps", 0);
    }

    /** Goes on from the newest saved state, if there is one; which, rank 0 decides. */
    void restore() {
        Optional<CheckpointStore.Saved> saved = group.rank() == 0 ? store.newest() : Optional.empty();
        long from = (long) consensus.ofRankZero(saved.map(CheckpointStore.Saved::step).orElse(0L));
        if (from > 0) {
            SafeTensors tensors = saved.orElseGet(() -> store.at(from)).tensors();
            model.load(tensors);
            optimiser.load(tensors, "optimiser.");
            if (scaler != null) {
                scaler.load(tensors, "scaler.");
            }
            step = from;
            curves = Curves.read(store.curves(), step);
            say("goes on after step " + step + " of " + steps);
        }
        group.barrier(); // before rank 0 writes the next state where others may still read
        requireSame();
    }

    /** On one rank's stderr. */
    private void say(String line) {
        if (group.rank() == 0) {
            System.err.println(line);
        }
    }

    private void requireSame() {
        consensus.requireSame(model.parameters().values(), "step " + step);
    }

    /** Steps done. */
    long step() {
        return step;
    }

    Curves curves() {
        return curves;
    }

    /**
     * Trains to the end. Every rank runs this loop; they stop after the same step.
     *
     * @param batch members of the global batch
     * @throws UserError with exit code 75 if asked to stop, after saving; with 1 if the loss is not finite any more
     */
    void run(Loader loader, int batch, long seed, int[] sides, StopSignal stop) {
        model.train(true);
        long lastLine = System.nanoTime();
        long started = step;
        long startTime = lastLine;
        while (step < steps) {
            Map<String, Double> values = train(loader.next(), seed, sides);
            step++;
            boolean last = step == steps;
            if (step % logSteps == 0 || last || step == 1) {
                values.forEach((metric, value) -> curves.add("train", step, (double) step / perEpoch, metric, value));
            }
            String reason = last ? null : agreed(stop.reason());
            if (step % checkpointSteps == 0 || last || reason != null) {
                requireSame();
                group.onRankZero(this::save);
            }
            if (reason != null) {
                group.close(); // all ranks end here, in good order
                throw UserError.savedRunAgain("stopped (" + reason + ") and saved after step " + step + " of " + steps
                        + "; the same command goes on from there");
            }
            if (System.nanoTime() - lastLine > LINE_SECONDS * 1e9 || last) {
                lastLine = System.nanoTime();
                double rateNow = (step - started) / ((lastLine - startTime) / 1e9);
                say(String.format("step %d of %d, loss %.4f, %.1f samples/s, %.0f s left", step, steps, values.get("loss"),
                        rateNow * batch, (steps - step) / rateNow));
            }
        }
    }

    /** Why to stop: one rank's reason is everyone's. */
    private String agreed(String reason) {
        return !consensus.any(reason != null) ? null : reason != null ? reason : "another rank was asked to";
    }

    /** One step; the losses of the global batch. */
    private Map<String, Double> train(Loader.Batch batch, long seed, int[] sides) {
        double lr = rate.at(batch.step());
        try (NDManager scope = torch.scope()) {
            Map<String, Double> values = new LinkedHashMap<>();
            NDArray loss = forward(batch, seed, sides, scope, values);
            try (GradMode on = GradMode.on()) {
                NDArray scaled = scaler == null ? loss : scaler.scale(loss);
                model.backward(() -> cuts.backward(scaled), reducer);
            }
            reducer.finish();
            Map<String, NDArray> gradients = optimiser.gradients(scope);
            boolean finite = scaler == null || scaler.unscale(List.copyOf(gradients.values()));
            values.put("gradient_norm", (double) clip.apply(torch.ops(), gradients));
            values.put("lr", lr);
            if (finite) {
                optimiser.step(gradients, batch.step(), lr, weightDecay);
            }
            if (scaler != null) {
                scaler.update();
                values.put("loss_scale", scaler.scale());
            }
            Gradients.drop(model.parameters().values());
            return values;
        }
    }

    /** The loss of this rank, on {@code scope}, and the global values; the graph holds what backward needs, all else is let go. */
    private NDArray forward(Loader.Batch batch, long seed, int[] sides, NDManager scope, Map<String, Double> values) {
        try (NDManager passing = scope.newSubManager()) {
            PretrainingModel.Views views = model.views(pictures(passing, batch, 0, sides),
                    pictures(passing, batch, 1, sides), theta(batch, seed));
            Loss loss;
            try (GradMode on = GradMode.on(); Autocast cast = Autocast.to(torch.device(), model.precision())) {
                loss = model.loss(views);
            }
            putGlobal(loss, values);
            requireFinite(values);
            loss.value().attach(scope);
            return loss.value();
        }
    }

    /** Mean over ranks of the loss and its parts. */
    private void putGlobal(Loss loss, Map<String, Double> values) {
        values.put("loss", (double) loss.value().getFloat());
        loss.parts().forEach((name, part) -> values.put(name, (double) part.getFloat()));
        double[] means = consensus.mean(values.values().stream().mapToDouble(Double::doubleValue).toArray());
        int i = 0;
        for (Map.Entry<String, Double> value : values.entrySet()) {
            value.setValue(means[i++]);
        }
    }

    /** View {@code view} in 0 .. 1, [B, 3, side, side]; it goes to the device as bytes. */
    private NDArray pictures(NDManager scope, Loader.Batch batch, int view, int[] sides) {
        return torch.ops().pictures().fromBytes(Torch.bytes(scope, batch.views()[view], DataType.UINT8, batch.members().length, sides[view],
                sides[view], 3));
    }

    /** Parameters of g for each sample; null without g. */
    private double[][] theta(Loader.Batch batch, long seed) {
        return model.family().map(family -> IntStream.of(batch.members())
                .mapToObj(member -> family.draw(Draws.at(seed, batch.epoch(), member, 1, "g"), model.ranges()))
                .toArray(double[][]::new)).orElse(null);
    }

    private void requireFinite(Map<String, Double> values) {
        if (values.values().stream().anyMatch(v -> !Double.isFinite(v))) {
            throw UserError.failure("training diverged at step " + (step + 1) + ": " + values
                    + "; the last saved state is kept; lower optimiser.lr or the weights of the loss", null);
        }
    }

    private void save() {
        curves.write(store.curves());
        curves.writeEvents(store.curves().resolveSibling(EventFile.NAME)); // tensorboard --logdir STORE shows a training that runs
        SortedMap<String, SafeTensors.Tensor> tensors = model.tensors();
        tensors.putAll(optimiser.tensors("optimiser."));
        if (scaler != null) {
            tensors.putAll(scaler.tensors("scaler."));
        }
        store.save(tensors, step);
    }
}
