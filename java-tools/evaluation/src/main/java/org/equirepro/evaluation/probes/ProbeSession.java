package org.equirepro.evaluation.probes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Hashes;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.Budget;
import org.equirepro.evaluation.features.CentreViews;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.Features;
import org.equirepro.evaluation.features.PictureFeatures;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
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
    private final ShardSet data;
    private final Torch torch;
    private final Encoder encoder;
    private final String encoderHash;
    private final Budget budget;
    private final PictureFeatures features;

    private ProbeSession(String kind, Settings config, Path shards, Path encoderFolder, Stores stores, RunOptions options) {
        this.config = config;
        this.stores = stores;
        this.task = ProbeTask.of(kind, config);
        this.options = options;
        this.data = ShardSet.open(shards);
        this.torch = Torch.start(options.threads());
        this.encoder = Encoder.load(torch, encoderFolder);
        this.encoderHash = hash(encoderFolder.resolve(Encoder.FILE));
        if (stores.parts() == null && options.budgetSeconds() < Double.POSITIVE_INFINITY) {
            throw UserError.usage("--budget needs --store: without it an interrupted probe would begin again");
        }
        this.budget = new Budget(options.budgetSeconds());
        this.features = new PictureFeatures(torch, encoder, encoderHash, data.sha256(), options.threads(), stores.features(), budget);
    }

    /** Runs {@code work} and writes its results to the new folder {@code out}. */
    static void run(String kind, Settings config, Path shards, Path encoderFolder, Stores stores, Path out, RunOptions options,
            Work work) {
        try (ProbeSession session = new ProbeSession(kind, config, shards, encoderFolder, stores, options)) {
            ProbePart found = work.compute(session);
            byte[] settings = Settings.pretty(session.settings());
            AtomicFiles.writeFolder(out, folder -> {
                found.write(folder);
                AtomicFiles.write(folder.resolve("settings.json"), stream -> stream.write(settings));
            });
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
        String identity = String.join(" ", task.task(), Settings.canonical(settings()), options.fingerprint(),
                Integer.toString(options.threads()));
        return new PartStore(stores.parts(), Hashes.sha256(identity), budget);
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

    /** The split {@code test} or, in a set that has none, {@code val}. */
    Split test() {
        return data.split(data.splits().contains("test") ? "test" : "val");
    }

    /** Views at the encoder's size; {@code again} if they are read more than once. */
    CentreViews views(Split split, int[] chosen, double share, boolean again) {
        return new CentreViews(split, chosen, encoder.image(), share, again);
    }

    /** The encoder's features of pictures, from the store where they are there. */
    PictureFeatures features() {
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
