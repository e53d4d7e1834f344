package org.equirepro.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.equirepro.base.Curves;
import org.equirepro.base.EventFile;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Cuda;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.dist.BucketReducer;
import org.equirepro.tensor.dist.Consensus;
import org.equirepro.tensor.dist.ProcessGroup;
import org.equirepro.tensor.dist.StagedBackward;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GradientListener;
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
     * @param divergedAbove times its running level a loss counts as diverged
     * @param bucketBytes several ranks: size of the portions in which gradients are exchanged
     */
    public record Options(int batch, int checkpointSteps, int logSteps, double divergedAbove, long bucketBytes) {

        private static final int USUAL_LOG_STEPS = 20;
        private static final double USUAL_DIVERGED_ABOVE = 100;

        /** From a recipe's keys {@code batch}, {@code checkpoint_steps}, {@code log_steps} and {@code diverged_above}. */
        public static Options of(Settings recipe, long bucketBytes) {
            return new Options(recipe.integer("batch"), recipe.integer("checkpoint_steps"), recipe.integer("log_steps", USUAL_LOG_STEPS),
                    recipe.real("diverged_above", USUAL_DIVERGED_ABOVE), bucketBytes);
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
    private final DivergenceGuard guard;
    private final SpeedLog speed;
    private Curves curves = new Curves();
    private long step;
    private long savedStep;

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
        this.guard = new DivergenceGuard(options.divergedAbove);
        this.speed = new SpeedLog(torch.device().isGpu() ? Cuda.in(Path.of(System.getenv("PYTORCH_LIBRARY_PATH"))).orElseThrow()::usedBytes
                : null);
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
            guard.load(tensors, "guard.");
            step = from;
            savedStep = from;
            curves = Curves.read(store.curves(), step);
            speed.restore(store.folder(), step);
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

    /** Speed and memory up to now, of earlier calls too. */
    public SpeedLog speed() {
        return speed;
    }

    /**
     * Trains to the end. Every rank runs this loop; they stop after the same step.
     *
     * @param batches from the step after {@link #step()}
     * @param observers asked in this order
     * @throws UserError with exit code 75 if asked to stop, after saving; with 1 if the training has diverged
     */
    public void run(Batches<B> batches, StopSignal stop, Observer... observers) {
        trained.train(true);
        speed.start(step, batches.waitSeconds());
        long lastLine = System.nanoTime();
        long started = step;
        long startTime = lastLine;
        while (step < course.steps()) {
            Map<String, Double> values = train(batches);
            step++;
            boolean last = step == course.steps();
            if (step % options.logSteps == 0 || last || step == 1) {
                point(values, observers);
                speed.point(step, epoch(), options.batch, batches.waitSeconds());
            }
            for (Observer observer : observers) {
                observer.after(step);
            }
            String reason = last ? null : agreed(stop.reason());
            if (step % options.checkpointSteps == 0 || last || reason != null) {
                requireGood();
                requireSame();
                group.onRankZero(this::save);
                savedStep = step;
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

    private double epoch() {
        return (double) step / course.perEpoch();
    }

    private void point(Map<String, Double> values, Observer... observers) {
        for (Observer observer : observers) {
            observer.point(step, values).ifPresent(line -> say("step " + step + " of " + course.steps() + ": " + line));
        }
        values.forEach((metric, value) -> curves.add("train", step, epoch(), metric, value));
    }

    /** One step; the losses of the global batch. */
    private Map<String, Double> train(Batches<B> batches) {
        double lr = rule.rate().at(step);
        try (NDManager scope = torch.scope()) {
            Map<String, Double> values = accumulate(batches, scope);
            reducer.finish();
            meanOverRanks(values);
            Map<String, NDArray> gradients = optimiser.gradients(scope);
            boolean finite = scaler == null || scaler.unscale(List.copyOf(gradients.values()));
            double norm = rule.clip().apply(torch.ops(), gradients);
            if (finite) {
                values.put("gradient_norm", norm); // of infinite float16 gradients there is none; the scaler leaves their step out
            }
            guard.judge(values).ifPresent(wrong -> fail(step + 1, wrong + "; " + values));
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

    /** Adds up the gradients of all parts of a step's batch; gives the losses of this rank. */
    private Map<String, Double> accumulate(Batches<B> batches, NDManager scope) {
        Map<String, Double> values = new LinkedHashMap<>();
        int parts = batches.parts();
        for (int part = 0; part < parts; part++) {
            try (NDManager kept = scope.newSubManager()) {
                NDArray loss = forward(batches, batches.share(part), kept, values);
                GradientListener listener = part == parts - 1 ? reducer : GradientListener.NONE;
                try (GradMode on = GradMode.on()) {
                    NDArray scaled = scaler == null ? loss : scaler.scale(loss);
                    trained.backward(() -> cuts.backward(scaled), listener);
                }
            }
        }
        return values;
    }

    /** The share of the loss that the next part has, on {@code kept}; the graph holds what backward needs, all else is let go. */
    private NDArray forward(Batches<B> batches, double share, NDManager kept, Map<String, Double> values) {
        try (NDManager passing = kept.newSubManager()) {
            B batch = batches.next(passing);
            Loss loss;
            NDArray value;
            try (GradMode on = GradMode.on()) {
                loss = trained.loss(batch);
                value = share == 1 ? loss.value() : torch.ops().scale(loss.value(), share);
            }
            values.merge("loss", share * loss.value().getFloat(), Double::sum);
            loss.parts().forEach((name, part) -> values.merge(name, share * part.getFloat(), Double::sum));
            value.attach(kept);
            return value;
        }
    }

    private void meanOverRanks(Map<String, Double> values) {
        double[] means = consensus.mean(values.values().stream().mapToDouble(Double::doubleValue).toArray());
        int i = 0;
        for (Map.Entry<String, Double> value : values.entrySet()) {
            value.setValue(means[i++]);
        }
    }

    private void fail(long at, String what) {
        throw UserError.failure("training diverged at step " + at + ": " + what + "; "
                + (savedStep > 0 ? "the last good state is that after step " + savedStep + ", " + store.newestFile() : "no state was saved yet")
                + "; lower optimiser.lr or the weights of the loss", null);
    }

    /** Parameters that are not finite are never saved: the state before them would be lost. */
    private void requireGood() {
        if (!Float.isFinite(torch.ops().updates().globalNorm(List.copyOf(trained.parameters().values())))) {
            fail(step, "its update left parameters that are not finite");
        }
    }

    private void save() {
        store.requireOwned();
        curves.write(store.curves());
        curves.writeEvents(store.folder().resolve(EventFile.NAME)); // tensorboard --logdir STORE shows a training that runs
        speed.write(store.folder());
        SortedMap<String, SafeTensors.Tensor> tensors = trained.tensors();
        tensors.putAll(optimiser.tensors("optimiser."));
        tensors.putAll(guard.tensors("guard."));
        if (scaler != null) {
            tensors.putAll(scaler.tensors("scaler."));
        }
        store.save(tensors, step);
    }
}
