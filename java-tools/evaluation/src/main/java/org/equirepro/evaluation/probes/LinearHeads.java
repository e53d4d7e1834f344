package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
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

    /** Which heads there are for each rate. */
    enum Use { CHOICE, TEST, BOTH }

    private final Torch torch;
    private final LinearRecipe recipe;
    private final double[] rates;
    private final Use use;
    private final Labelling labels;
    private final boolean[] held;
    private final Map<FeatureKind, LinearSweep> sweeps = new EnumMap<>(FeatureKind.class);
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
        this.use = use;
        double[] lanes = new double[count()];
        Arrays.setAll(lanes, h -> LinearRecipe.scaled(rates[h % rates.length], samples));
        widths.forEach((kind, width) -> sweeps.put(kind,
                new LinearSweep(torch, seed, width, labels.classes(), lanes, recipe.momentum(), recipe.weightDecay())));
    }

    private int count() {
        return use == Use.BOTH ? 2 * rates.length : rates.length;
    }

    /** Whether a head leaves the held-out pictures out; those heads come first. */
    private boolean choosing(int head) {
        return use != Use.TEST && head < rates.length;
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
                FeatureBatches.Batch batch = batches.at(scope, step);
                NDArray weights = weights(scope, batch.members());
                batch.features().forEach((kind, x) ->
                        sweeps.get(kind).step(x, labels, batch.members(), weights, share.at(step / batches.perEpoch())));
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

    /** [heads, B]: the mean over the pictures that a head learns from. */
    private NDArray weights(NDManager scope, int[] members) {
        int heads = count();
        long others = Arrays.stream(members).filter(m -> !held[m]).count();
        float[] weights = new float[members.length * heads];
        for (int i = 0; i < members.length; i++) {
            for (int h = 0; h < heads; h++) {
                weights[h * members.length + i] = !choosing(h) ? 1f / members.length : held[members[i]] ? 0 : 1f / others;
            }
        }
        return Torch.floats(scope, weights, heads, members.length);
    }

    private void log(int epoch, int perEpoch) {
        sweeps.forEach((kind, sweep) -> {
            double[] sums = sweep.takeLosses();
            for (int h = 0; h < sums.length; h++) {
                String own = choosing(h) ? "/selection" : "/all";
                if (Double.isFinite(sums[h])) {
                    curves.add(kind.word() + own + "/lr=" + rates[h % rates.length], step, epoch, "train_loss", sums[h] / perEpoch);
                }
            }
        });
    }

    private void restore(CheckpointStore store) {
        Optional<CheckpointStore.Saved> newest = store == null ? Optional.empty() : store.newest();
        newest.ifPresent(saved -> {
            sweeps.forEach((kind, sweep) -> sweep.load(saved.tensors(), kind.word() + "."));
            step = saved.step();
            curves = Curves.read(store.curves(), step);
            System.err.println("goes on after step " + step);
        });
    }

    private void save(CheckpointStore store) {
        curves.write(store.curves());
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        sweeps.forEach((kind, sweep) -> tensors.putAll(sweep.tensors(kind.word() + ".")));
        store.save(tensors, step);
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
        for (int r = 0; r < scores.length; r++) {
            float[] logits = sweeps.get(kind).logits(pictures, r);
            scores[r] = finite(logits) ? labels.score(logits, rows) : -1;
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
        LinearSweep sweep = sweeps.get(kind);
        float[] logits = sweep.logits(pictures, sweep.heads() - rates.length + rate);
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
        sweeps.values().forEach(LinearSweep::close);
    }
}
