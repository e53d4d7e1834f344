package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.equirepro.base.Curves;
import org.equirepro.base.EventFile;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.dist.BucketReducer;
import org.equirepro.tensor.dist.Consensus;
import org.equirepro.tensor.dist.ProcessGroup;
import org.equirepro.tensor.dist.StagedBackward;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.optim.LossScaler;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.vision.load.Loader;

/** The training loop: batch, views, loss, backward, update, curves, saved states. One loop for every objective. */
final class Trainer {

    private static final double LINE_SECONDS = 30;

    private final Torch torch;
    private final Objective objective;
    private final Optimiser optimiser;
    private final UpdateRule rule;
    private final LossScaler scaler;
    private final Objective.Course course;
    private final int checkpointSteps;
    private final int logSteps;
    private final CheckpointStore store;
    private final ProcessGroup group;
    private final Consensus consensus;
    private final StagedBackward cuts;
    private final BucketReducer reducer;
    private final CollapseWatch collapse;
    private Curves curves = new Curves();
    private long step;

    Trainer(Torch torch, Objective objective, Settings recipe, Objective.Course course, CheckpointStore store, ProcessGroup group,
            long bucketBytes) {
        this.group = group;
        this.consensus = new Consensus(torch, group);
        this.cuts = new StagedBackward(torch.ops(), torch.root(), group);
        this.reducer = new BucketReducer(torch.ops(), group, objective.parameters().values(), bucketBytes);
        if (group.size() > 1) {
            objective.span(cuts);
        }
        this.torch = torch;
        this.objective = objective;
        this.course = course;
        this.store = store;
        this.rule = UpdateRule.of(recipe.at("optimiser"), objective, course);
        this.optimiser = new Optimiser(torch.ops(), torch.root(), Optimiser.Options.of(recipe.at("optimiser")), rule.groups());
        this.scaler = objective.precision() == Precision.FLOAT16 ? new LossScaler(torch.ops(), LossScaler.Options.DEFAULT) : null;
        this.checkpointSteps = recipe.integer("checkpoint_steps");
        this.logSteps = recipe.integer("log_steps", 20);
        this.collapse = new CollapseWatch(recipe);
    }

    /** Goes on from the newest saved state, if there is one; which, rank 0 decides. */
    void restore() {
        Optional<CheckpointStore.Saved> saved = group.rank() == 0 ? store.newest() : Optional.empty();
        long from = (long) consensus.ofRankZero(saved.map(CheckpointStore.Saved::step).orElse(0L));
        if (from > 0) {
            SafeTensors tensors = saved.orElseGet(() -> store.at(from)).tensors();
            objective.load(tensors);
            optimiser.load(tensors, "optimiser.");
            if (scaler != null) {
                scaler.load(tensors, "scaler.");
            }
            step = from;
            curves = Curves.read(store.curves(), step);
            say("goes on after step " + step + " of " + course.steps());
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
        consensus.requireSame(objective.parameters().values(), "step " + step);
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
    void run(Loader loader, int batch, int[] sides, StopSignal stop) {
        objective.train(true);
        long lastLine = System.nanoTime();
        long started = step;
        long startTime = lastLine;
        while (step < course.steps()) {
            Map<String, Double> values = train(loader.next(), sides);
            step++;
            boolean last = step == course.steps();
            if (step % logSteps == 0 || last || step == 1) {
                values.forEach((metric, value) -> curves.add("train", step, (double) step / course.perEpoch(), metric, value));
                watch(values);
            }
            String reason = last ? null : agreed(stop.reason());
            if (step % checkpointSteps == 0 || last || reason != null) {
                requireSame();
                group.onRankZero(this::save);
            }
            if (reason != null) {
                group.close(); // all ranks end here, in good order
                throw UserError.savedRunAgain("stopped (" + reason + ") and saved after step " + step + " of " + course.steps()
                        + "; the same command goes on from there");
            }
            if (System.nanoTime() - lastLine > LINE_SECONDS * 1e9 || last) {
                lastLine = System.nanoTime();
                double rateNow = (step - started) / ((lastLine - startTime) / 1e9);
                say(String.format("step %d of %d, loss %.4f, %.1f samples/s, %.0f s left", step, course.steps(), values.get("loss"),
                        rateNow * batch, (course.steps() - step) / rateNow));
            }
        }
    }

    /** A run whose features collapsed goes on, but its curves, its output and its meter say so. */
    private void watch(Map<String, Double> values) {
        if (collapse.collapsed(values)) {
            curves.add("train", step, (double) step / course.perEpoch(), "collapsed", 1);
            if (collapse.collapsedPoints() == 1) {
                say(String.format("step %d of %d: the features have collapsed, %s %.2g is below %.2g; not said again", step,
                        course.steps(), CollapseWatch.METRIC, values.get(CollapseWatch.METRIC), collapse.limit()));
            }
        }
    }

    /** Points of the curves in this call at which features had collapsed. */
    long collapsedPoints() {
        return collapse.collapsedPoints();
    }

    /** Why to stop: one rank's reason is everyone's. */
    private String agreed(String reason) {
        return !consensus.any(reason != null) ? null : reason != null ? reason : "another rank was asked to";
    }

    /** One step; the losses of the global batch. */
    private Map<String, Double> train(Loader.Batch batch, int[] sides) {
        double lr = rule.rate().at(batch.step());
        try (NDManager scope = torch.scope()) {
            Map<String, Double> values = new LinkedHashMap<>();
            NDArray loss = forward(batch, sides, scope, values);
            try (GradMode on = GradMode.on()) {
                NDArray scaled = scaler == null ? loss : scaler.scale(loss);
                objective.backward(() -> cuts.backward(scaled), reducer);
            }
            reducer.finish();
            Map<String, NDArray> gradients = optimiser.gradients(scope);
            boolean finite = scaler == null || scaler.unscale(List.copyOf(gradients.values()));
            values.put("gradient_norm", (double) rule.clip().apply(torch.ops(), gradients));
            values.put("lr", lr);
            if (finite) {
                optimiser.step(gradients, batch.step(), lr, rule.weightDecay().at(batch.step()));
            }
            objective.updated(batch.step());
            if (scaler != null) {
                scaler.update();
                values.put("loss_scale", scaler.scale());
            }
            Gradients.drop(objective.parameters().values());
            return values;
        }
    }

    /** The loss of this rank, on {@code scope}, and the global values; the graph holds what backward needs, all else is let go. */
    private NDArray forward(Loader.Batch batch, int[] sides, NDManager scope, Map<String, Double> values) {
        try (NDManager passing = scope.newSubManager()) {
            Loss loss;
            try (GradMode on = GradMode.on()) {
                loss = objective.loss(views(torch, passing, batch, sides));
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

    /** A batch on the device, where it goes as bytes. */
    static Objective.Views views(Torch torch, NDManager manager, Loader.Batch batch, int[] sides) {
        List<NDArray> pictures = new ArrayList<>();
        for (int view = 0; view < sides.length; view++) {
            pictures.add(torch.ops().pictures().fromBytes(Torch.bytes(manager, batch.views()[view], DataType.UINT8, batch.members().length,
                    sides[view], sides[view], 3)));
        }
        return new Objective.Views(batch.step(), batch.epoch(), batch.members(), pictures, batch.latents());
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
        SortedMap<String, SafeTensors.Tensor> tensors = objective.tensors();
        tensors.putAll(optimiser.tensors("optimiser."));
        if (scaler != null) {
            tensors.putAll(scaler.tensors("scaler."));
        }
        store.save(tensors, step);
    }
}
