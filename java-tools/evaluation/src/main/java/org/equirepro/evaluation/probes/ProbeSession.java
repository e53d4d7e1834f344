package org.equirepro.evaluation.probes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Hashes;
import org.equirepro.base.KeptFolder;
import org.equirepro.base.ProcessMeter;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.Budget;
import org.equirepro.evaluation.features.CentreViews;
import org.equirepro.evaluation.features.FeatureExtractor;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.FeatureSource;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.features.PictureFeatures;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
import org.equirepro.training.CheckpointStore;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.data.Split;

/** What all probes do alike: open data and encoder, compute, write the folder of results. */
final class ProbeSession implements AutoCloseable {

    /** Makes the results. */
    @FunctionalInterface
    interface Work {
        ProbePart compute(ProbeSession session);
    }

    private final Settings config;
    private final ProbeTask task;
    private final Stores stores;
    private final RunOptions options;
    private final Path shards;
    private final ShardSet data;
    private final Torch torch;
    private final Encoder encoder;
    private final String encoderHash;
    private final Budget budget;
    private final FeatureSource features;

    private ProbeSession(String kind, Settings config, Path shards, Path encoderFolder, Stores stores, RunOptions options,
            UnaryOperator<FeatureSource> reading) {
        this.config = config;
        this.stores = stores;
        this.task = ProbeTask.of(kind, config);
        this.options = options;
        this.shards = shards;
        this.data = ShardSet.open(shards);
        this.torch = Torch.start(options.threads());
        this.encoder = Encoder.load(torch, encoderFolder);
        this.encoderHash = hash(encoderFolder.resolve(Encoder.FILE));
        if (stores.parts() == null && options.budgetSeconds() < Double.POSITIVE_INFINITY) {
            throw UserError.usage("--budget needs --store: without it an interrupted probe would begin again");
        }
        this.budget = stores.parts() == null ? Budget.none() : Budget.of(options.budgetSeconds());
        this.features = reading.apply(
                new PictureFeatures(torch, encoder, encoderHash, data.sha256(), options.threads(), stores.features(), budget));
    }

    /** Runs {@code work} and writes its results to the new folder {@code out}. */
    static void run(String kind, Settings config, Path shards, Path encoderFolder, Stores stores, Path out, RunOptions options,
            Work work) {
        run(kind, config, shards, encoderFolder, stores, out, options, work, UnaryOperator.identity());
    }

    /** As the shorter form; {@code reading} puts something else in the place of the encoder's features. */
    static void run(String kind, Settings config, Path shards, Path encoderFolder, Stores stores, Path out, RunOptions options,
            Work work, UnaryOperator<FeatureSource> reading) {
        ProcessMeter meter = ProcessMeter.start();
        try (ProbeSession session = new ProbeSession(kind, config, shards, encoderFolder, stores, options, reading)) {
            KeptFolder finished = KeptFolder.in(stores.parts(), session.identity());
            if (finished.exists()) {
                finished.giveTo(out);
                return;
            }
            ProbePart found = work.compute(session);
            if (session.torch.device().isGpu()) {
                meter.node().put("gpus", 1);
            }
            byte[] settings = Settings.pretty(session.settings());
            AtomicFiles.writeFolder(out, folder -> {
                found.write(folder);
                AtomicFiles.write(folder.resolve("settings.json"), stream -> stream.write(settings));
                meter.write(folder, options.threads());
            });
            finished.keep(out);
        }
    }

    private static String hash(Path file) {
        try {
            return Hashes.sha256(file);
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Everything that the results depend on, besides the program. */
    private ObjectNode settings() {
        ObjectNode node = Settings.object();
        node.set("config", config.node());
        node.put("encoder_sha256", encoderHash);
        node.put("data_sha256", data.sha256());
        return node;
    }

    PartStore parts() {
        return new PartStore(stores.parts(), identity(), budget);
    }

    /** A hash over all that the results depend on. */
    private String identity() {
        return Hashes.sha256(String.join(" ", task.task(), Settings.canonical(settings()), options.fingerprint(),
                Integer.toString(options.threads())));
    }

    /**
     * Runs a training with the folder of its saved states, null where there is no store; no other process has it meanwhile.
     *
     * @param training returns whether it saved anything
     */
    void training(String name, Predicate<CheckpointStore> training) {
        if (stores.parts() == null) {
            training.test(null);
            return;
        }
        try (CheckpointStore store = new CheckpointStore(stores.parts(), identity() + "/training-" + name)) {
            store.lock(options.budgetSeconds());
            if (training.test(store)) {
                budget.saved();
            }
        }
    }

    /** Why a training is to stop, null to go on: the time is over, or a signal came. */
    Supplier<String> stop() {
        return () -> budget.spent() ? "the time is over" : null;
    }

    /** The encoder, for features that are not kept. */
    FeatureExtractor extractor() {
        return new FeatureExtractor(torch, encoder, options.threads());
    }

    int threads() {
        return options.threads();
    }

    ShardSet data() {
        return data;
    }

    ProbeTask task() {
        return task;
    }

    Settings recipe() {
        return task.recipe();
    }

    Torch torch() {
        return torch;
    }

    Encoder encoder() {
        return encoder;
    }

    int classes() {
        return data.classes().size();
    }

    Split train() {
        return data.split("train");
    }

    /**
     * The split {@code test} or, in a set that has none, {@code val}: never the one that heads are trained on.
     *
     * @throws UserError if an object has views in both
     */
    Split test() {
        Split test = data.split(data.splits().contains("test") ? "test" : "val");
        Split train = train();
        Set<String> objects = new HashSet<>();
        for (int group = 0; group < train.groups(); group++) {
            objects.add(train.groupName(group));
        }
        for (int group = 0; group < test.groups(); group++) {
            if (objects.contains(test.groupName(group))) {
                throw UserError.badData(shards, "object " + test.groupName(group) + " is in split " + train.name() + " and in split "
                        + test.name() + ", so the test would not be one; prepare it again");
            }
        }
        return test;
    }

    /** Refuses training samples that leave a class out. */
    void requireEveryClass(int[] trainLabels) {
        new OneClass(trainLabels, classes(), false).absent(data).ifPresent(name -> {
            throw UserError.usage(recipe().source() + ": class " + name + " has none of the " + trainLabels.length
                    + " training samples; raise or leave out recipe.train_samples");
        });
    }

    /** Views at the encoder's size; {@code again} if they are read more than once. */
    CentreViews views(Split split, int[] chosen, double share, boolean again) {
        return new CentreViews(split, chosen, encoder.image(), share, again);
    }

    /** The encoder's features of pictures, from the store where they are there. */
    FeatureSource features() {
        return features;
    }

    /** The features of chosen pictures without change; the share of the shorter side that is kept: {@link CentreViews}. */
    Map<FeatureKind, Features> features(Split split, int[] chosen, double share, List<FeatureKind> kinds) {
        return features.still(views(split, chosen, share, false), kinds);
    }

    @Override
    public void close() {
        torch.close();
        data.close();
    }
}
