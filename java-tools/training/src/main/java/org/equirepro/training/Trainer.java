package org.equirepro.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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

/**
 * The training loop: batch, loss, backward, update, curves, saved states. One loop for everything that is trained.
 *
 * @param <B> a batch on the device
 */
public final class Trainer<B> {

    /**
     * What a recipe says of the loop, and how gradients travel.
     *
     * @param batch samples of the global batch
     * @param checkpointSteps steps between two saved states
     * @param logSteps steps between two points of the curves
     * @param bucketBytes several ranks: size of the portions in which gradients are exchanged
     */
    public record Options(int batch, int checkpointSteps, int logSteps, long bucketBytes) {

        private static final int USUAL_LOG_STEPS = 20;

        /** From a recipe's keys {@code batch}, {@code checkpoint_steps} and {@code log_steps}. */
        public static Options of(Settings recipe, long bucketBytes) {
            return new Options(recipe.integer("batch"), recipe.integer("checkpoint_steps"), recipe.integer("log_steps", USUAL_LOG_STEPS),
                    bucketBytes);
        }
    }

    private static final double LINE_SECONDS = 30;

    private final Torch torch;
    private final Trained<B> trained;
    private final Optimiser optimiser;
    private final UpdateRule rule;
    private final LossScaler scaler;
    private final Course course;
    private final Options options;
    private final CheckpointStore store;
    private final ProcessGroup group;
    private final Consensus consensus;
    private final StagedBackward cuts;
    private final BucketReducer reducer;
    private Curves curves = new Curves();
    private long step;

    /**
     * A training at its start.
     *
     * @param rule of the updates of what is trained
     * @param store of the saved states; rank 0 holds its lock
     * @param group the ranks that train together; each makes a trainer and calls its methods in the same order
     */
    public Trainer(Torch torch, Trained<B> trained, UpdateRule rule, Course course, Options options, CheckpointStore store,
            ProcessGroup group) {
        this.torch = torch;
        this.trained = trained;
        this.rule = rule;
        this.course = course;
        this.options = options;
        this.store = store;
        this.group = group;
        this.consensus = new Consensus(torch, group);
        this.cuts = new StagedBackward(torch.ops(), torch.root(), group);
        this.reducer = new BucketReducer(torch.ops(), group, trained.parameters().values(), options.bucketBytes);
        if (group.size() > 1) {
            trained.span(cuts);
        }
        this.optimiser = new Optimiser(torch.ops(), torch.root(), rule.optimiser(), rule.groups());
        this.scaler = trained.precision() == Precision.FLOAT16 ? new LossScaler(torch.ops(), LossScaler.Options.DEFAULT) : null;
    }

    /** Goes on from the newest saved state, if there is one; which, rank 0 decides. */
    public void restore() {
        Optional<CheckpointStore.Saved> saved = group.rank() == 0 ? store.newest() : Optional.empty();
        long from = (long) consensus.ofRankZero(saved.map(CheckpointStore.Saved::step).orElse(0L));
        if (from > 0) {
            SafeTensors tensors = saved.orElseGet(() -> store.at(from)).tensors();
            trained.load(tensors);
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
        consensus.requireSame(trained.parameters().values(), "step " + step);
    }

    /** Steps done. */
    public long step() {
        return step;
    }

    /** All points up to now, of earlier calls too. */
    public Curves curves() {
        return curves;
    }

    /**
     * Trains to the end. Every rank runs this loop; they stop after the same step.
     *
     * @param batches from the step after {@link #step()}
     * @throws UserError with exit code 75 if asked to stop, after saving; with 1 if the loss is not finite any more
     */
    public void run(Batches<B> batches, StopSignal stop, Observer observer) {
        trained.train(true);
        long lastLine = System.nanoTime();
        long started = step;
        long startTime = lastLine;
        while (step < course.steps()) {
            Map<String, Double> values = train(batches);
            step++;
            boolean last = step == course.steps();
            if (step % options.logSteps == 0 || last || step == 1) {
                Optional<String> remark = observer.point(values);
                values.forEach((metric, value) -> curves.add("train", step, (double) step / course.perEpoch(), metric, value));
                remark.ifPresent(line -> say("step " + step + " of " + course.steps() + ": " + line));
            }
            String reason = last ? null : agreed(stop.reason());
            if (step % options.checkpointSteps == 0 || last || reason != null) {
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
                        rateNow * options.batch, (course.steps() - step) / rateNow));
            }
        }
    }

    /** Why to stop: one rank's reason is everyone's. */
    private String agreed(String reason) {
        return !consensus.any(reason != null) ? null : reason != null ? reason : "another rank was asked to";
    }

    /** One step; the losses of the global batch. */
    private Map<String, Double> train(Batches<B> batches) {
        double lr = rule.rate().at(step);
        try (NDManager scope = torch.scope()) {
            Map<String, Double> values = new LinkedHashMap<>();
            NDArray loss = forward(batches, scope, values);
            try (GradMode on = GradMode.on()) {
                NDArray scaled = scaler == null ? loss : scaler.scale(loss);
                trained.backward(() -> cuts.backward(scaled), reducer);
            }
            reducer.finish();
            Map<String, NDArray> gradients = optimiser.gradients(scope);
            boolean finite = scaler == null || scaler.unscale(List.copyOf(gradients.values()));
            values.put("gradient_norm", (double) rule.clip().apply(torch.ops(), gradients));
            values.put("lr", lr);
            if (finite) {
                optimiser.step(gradients, step, lr, rule.weightDecay().at(step));
            }
            trained.updated(step);
            if (scaler != null) {
                scaler.update();
                values.put("loss_scale", scaler.scale());
            }
            Gradients.drop(trained.parameters().values());
            return values;
        }
    }

    /** The loss of this rank, on {@code scope}, and the global values; the graph holds what backward needs, all else is let go. */
    private NDArray forward(Batches<B> batches, NDManager scope, Map<String, Double> values) {
        try (NDManager passing = scope.newSubManager()) {
            B batch = batches.next(passing);
            Loss loss;
            try (GradMode on = GradMode.on()) {
                loss = trained.loss(batch);
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

    private void requireFinite(Map<String, Double> values) {
        if (values.values().stream().anyMatch(v -> !Double.isFinite(v))) {
            throw UserError.failure("training diverged at step " + (step + 1) + ": " + values
                    + "; the last saved state is kept; lower optimiser.lr or the weights of the loss", null);
        }
    }

    private void save() {
        curves.write(store.curves());
        curves.writeEvents(store.curves().resolveSibling(EventFile.NAME)); // tensorboard --logdir STORE shows a training that runs
        SortedMap<String, SafeTensors.Tensor> tensors = trained.tensors();
        tensors.putAll(optimiser.tensors("optimiser."));
        if (scaler != null) {
            tensors.putAll(scaler.tensors("scaler."));
        }
        store.save(tensors, step);
    }
}
