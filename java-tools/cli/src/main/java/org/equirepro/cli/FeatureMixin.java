package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.features.FeatureStore;
import org.equirepro.evaluation.features.PictureFeatures;
import org.equirepro.evaluation.probes.Stores;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that measure a frozen encoder by features which several of them may read. */
final class FeatureMixin {

    /** A probe of the evaluation room. */
    @FunctionalInterface
    interface Probe {
        void run(Settings config, Path shards, Path encoder, Stores stores, Path out, RunOptions options);
    }

    @Mixin
    private ProbeMixin options;

    @Option(names = "--features", paramLabel = "DIR",
            description = "Where features are kept, for this command run again and for others that read the same; without it in memory.")
    private Path folder;

    void run(Probe probe, Class<?> library) {
        FeatureStore features = folder == null ? FeatureStore.NONE
                : new FeatureStore(folder, FingerprintCommand.fingerprint().of(PictureFeatures.class.getName()));
        options.run((config, data, encoder, store, out, run) -> probe.run(config, data, encoder, new Stores(store, features), out, run),
                library);
    }
}
