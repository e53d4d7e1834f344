package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.equirepro.base.Curves;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.Features;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.optim.Schedules;
import org.equirepro.training.CheckpointStore;

/**
 * Linear heads trained together in one pass over the pictures, for every kind of features and every learning rate: one that leaves the
 * held-out pictures out, by which the rate is chosen, or one that learns from all training pictures, which is tested if its
 * rate is the chosen one, or both.
 *
 * <p>No test picture is known here.
 */
final class LinearHeads implements AutoCloseable {

    /** Saved states lie at least so far apart, but for the last one. */
    private static final double SAVE_SECONDS = 300;
    /** 256 MB: answers of as many heads as fit in are computed at once. */
    private static final long LOGITS_AT_ONCE = 1L << 26;

    /** Which heads there are for each rate. */
    enum Use { CHOICE, TEST, BOTH }

    private final Torch torch;
    private final LinearRecipe recipe;
    private final double[] rates;
    private final Labelling labels;
    private final boolean[] held;
    private final Map<FeatureKind, LinearSweep> choosing;
    private final Map<FeatureKind, LinearSweep> testing;
    private Curves curves = new Curves();
    private long step;

    /**
     * New heads.
     *
     * @param rates as the recipe gives them, for 256 pictures a step
     * @param widths features of each kind
     * @param labels of the pictures that are trained on
     * @param held which of them are held out
     * @param samples pictures of a step, with which the rates are scaled
     */
    LinearHeads(Torch torch, LinearRecipe recipe, double[] rates, Use use, long seed, Map<FeatureKind, Integer> widths, Labelling labels,
            boolean[] held, int samples) {
        this.torch = torch;
        this.recipe = recipe;
        this.labels = labels;
        this.held = held;
        this.rates = rates;
        this.choosing = use == Use.TEST ? Map.of() : sweeps(seed, widths, samples);
        this.testing = use == Use.CHOICE ? Map.of() : sweeps(seed, widths, samples);
    }

    private Map<FeatureKind, LinearSweep> sweeps(long seed, Map<FeatureKind, Integer> widths, int samples) {
        double[] scaled = Arrays.stream(rates).map(rate -> LinearRecipe.scaled(rate, samples)).toArray();
        Map<FeatureKind, LinearSweep> sweeps = new EnumMap<>(FeatureKind.class);
        widths.forEach((kind, width) -> sweeps.put(kind,
                new LinearSweep(torch, seed, width, labels.classes(), scaled, recipe.momentum(), recipe.weightDecay())));
        return sweeps;
    }

    /**
     * Trains to the end, the rates falling from epoch to epoch by half a cosine to 0.
     *
     * @param store for saved states, locked; null for none
     * @param stop why to stop, or null to go on
     * @return whether a state was saved
     * @throws UserError with exit code 75 if asked to stop, after saving
     */
    boolean train(FeatureBatches batches, CheckpointStore store, Supplier<String> stop) {
        restore(store);
        long total = (long) recipe.epochs() * batches.perEpoch();
        Schedules.Schedule share = Schedules.cosine(1, 0, recipe.epochs(), 0, 0);
        long lastSaved = System.nanoTime();
        boolean saved = false;
        while (step < total) {
            try (NDManager scope = torch.scope()) {
                step(scope, batches.at(scope, step), share.at(step / batches.perEpoch()));
            }
            step++;
            if (step % batches.perEpoch() == 0) {
                log((int) (step / batches.perEpoch()), batches.perEpoch());
            }
            String reason = step < total ? stop.get() : null;
            if (store != null && (reason != null || step == total || System.nanoTime() - lastSaved > SAVE_SECONDS * 1e9)) {
                save(store);
                lastSaved = System.nanoTime();
                saved = true;
            }
            if (reason != null) {
                throw UserError.savedRunAgain("stopped (" + reason + ") after step " + step + " of " + total
                        + (store == null ? "; without --store nothing is saved" : "; the same command goes on from there"));
            }
        }
        return saved;
    }

    /** The choosing heads are given the features of the pictures that are not held out, and no others. */
    private void step(NDManager scope, FeatureBatches.Batch batch, double share) {
        step(testing, batch, share);
        if (!choosing.isEmpty()) {
            step(choosing, withoutHeld(scope, batch), share);
        }
    }

    private void step(Map<FeatureKind, LinearSweep> sweeps, FeatureBatches.Batch batch, double share) {
        if (batch.members().length > 0) {
            sweeps.forEach((kind, sweep) -> sweep.step(batch.features().get(kind), labels, batch.members(), share));
        }
    }

    private FeatureBatches.Batch withoutHeld(NDManager scope, FeatureBatches.Batch batch) {
        int[] members = batch.members();
        int[] places = IntStream.range(0, members.length).filter(i -> !held[members[i]]).toArray();
        if (places.length == 0 || places.length == members.length) {
            return places.length == 0 ? new FeatureBatches.Batch(places, Map.of()) : batch;
        }
        NDArray rows = Torch.longs(scope, Arrays.stream(places).asLongStream().toArray(), places.length);
        Map<FeatureKind, NDArray> features = new EnumMap<>(FeatureKind.class);
        batch.features().forEach((kind, x) -> features.put(kind, torch.ops().arrays().indexSelect(x, 0, rows)));
        return new FeatureBatches.Batch(Arrays.stream(places).map(i -> members[i]).toArray(), features);
    }

    private void log(int epoch, int perEpoch) {
        log(choosing, "selection", epoch, perEpoch);
        log(testing, "all", epoch, perEpoch);
    }

    private void log(Map<FeatureKind, LinearSweep> sweeps, String pictures, int epoch, int perEpoch) {
        sweeps.forEach((kind, sweep) -> {
            double[] sums = sweep.takeLosses();
            for (int r = 0; r < sums.length; r++) {
                if (Double.isFinite(sums[r])) {
                    curves.add(kind.word() + "/" + pictures + "/lr=" + rates[r], step, epoch, "train_loss", sums[r] / perEpoch);
                }
            }
        });
    }

    private void restore(CheckpointStore store) {
        Optional<CheckpointStore.Saved> newest = store == null ? Optional.empty() : store.newest();
        newest.ifPresent(saved -> {
            forEachNamed((name, sweep) -> sweep.load(saved.tensors(), name));
            step = saved.step();
            curves = Curves.read(store.curves(), step);
            System.err.println("goes on after step " + step);
        });
    }

    private void save(CheckpointStore store) {
        curves.write(store.curves());
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        forEachNamed((name, sweep) -> tensors.putAll(sweep.tensors(name)));
        store.save(tensors, step);
    }

    /** With what the names of a sweep's tensors begin. */
    private void forEachNamed(BiConsumer<String, LinearSweep> use) {
        choosing.forEach((kind, sweep) -> use.accept("selection." + kind.word() + ".", sweep));
        testing.forEach((kind, sweep) -> use.accept("all." + kind.word() + ".", sweep));
    }

    /** Training losses, epoch by epoch. */
    Curves curves() {
        return curves;
    }

    /** Steps done. */
    long steps() {
        return step;
    }

    /**
     * The number of the rate whose head answers the held-out pictures best, by the data set's own metric; the lowest rate among
     * equals.
     *
     * @param pictures features of the held-out pictures
     * @param rows their numbers among those that are trained on
     * @param scores one a rate, written; negative for a head that diverged
     * @throws UserError if all diverged
     */
    int chosen(FeatureKind kind, Features pictures, int[] rows, double[] scores) {
        int together = (int) Math.max(1, LOGITS_AT_ONCE / ((long) pictures.rows() * labels.classes()));
        for (int from = 0; from < scores.length; from += together) {
            float[][] logits = choosing.get(kind).logits(pictures, from, Math.min(scores.length, from + together));
            for (int i = 0; i < logits.length; i++) {
                scores[from + i] = finite(logits[i]) ? labels.score(logits[i], rows) : -1;
            }
        }
        int best = best(rates, scores);
        if (best < 0) {
            throw UserError.failure("the linear heads on " + kind.word() + " diverged with every rate of recipe.lrs: lower them", null);
        }
        return best;
    }

    /** The place of the highest score, of the lowest rate among equals; -1 if all scores are negative. */
    static int best(double[] rates, double[] scores) {
        int best = -1;
        for (int r = 0; r < rates.length; r++) {
            boolean better = best < 0 || scores[r] > scores[best] || scores[r] == scores[best] && rates[r] < rates[best];
            best = scores[r] >= 0 && better ? r : best;
        }
        return best;
    }

    /**
     * Logits of the head that learnt from all training pictures with the rate of that number, [rows, classes].
     *
     * @throws UserError if it diverged
     */
    float[] logits(FeatureKind kind, Features pictures, int rate) {
        float[] logits = testing.get(kind).logits(pictures, rate, rate + 1)[0];
        if (!finite(logits)) {
            throw UserError.failure("the linear head on " + kind.word() + " diverged with the chosen rate " + rates[rate]
                    + ": leave the largest of recipe.lrs out", null);
        }
        return logits;
    }

    private static boolean finite(float[] values) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        forEachNamed((name, sweep) -> sweep.close());
    }
}
