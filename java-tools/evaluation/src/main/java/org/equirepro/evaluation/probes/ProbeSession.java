package org.equirepro.evaluation.probes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Hashes;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
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
    private final Path store;
    private final RunOptions options;
    private final ShardSet data;
    private final Torch torch;
    private final Encoder encoder;
    private final String encoderHash;

    private ProbeSession(String kind, Settings config, Path shards, Path encoderFolder, Path store, RunOptions options) {
        this.config = config;
        this.store = store;
        this.task = ProbeTask.of(kind, config);
        this.options = options;
        this.data = ShardSet.open(shards);
        this.torch = Torch.start(options.threads());
        this.encoder = Encoder.load(torch, encoderFolder);
        this.encoderHash = hash(encoderFolder.resolve(Encoder.FILE));
    }

    /** Runs {@code work} and writes its results to the new folder {@code out}. */
    static void run(String kind, Settings config, Path shards, Path encoderFolder, Path store, Path out, RunOptions options,
            Work work) {
        try (ProbeSession session = new ProbeSession(kind, config, shards, encoderFolder, store, options)) {
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
        return new PartStore(store, Hashes.sha256(identity), options.budgetSeconds());
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
        return new CentreViews(torch, split, chosen, encoder.image(), share, again, options.threads());
    }

    @Override
    public void close() {
        torch.close();
        data.close();
    }
}
