package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that measure a frozen encoder. */
final class ProbeMixin {

    /** A probe of the evaluation room. */
    @FunctionalInterface
    interface Probe {
        void run(Settings config, Path shards, Path encoder, Path store, Path out, RunOptions options);
    }

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Settings of the evaluation's task, as JSON.")
    private Path config;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Shard folder of the data set.")
    private Path data;

    @Option(names = "--encoder", required = true, paramLabel = "DIR", description = "Folder that pretrain wrote.")
    private Path encoder;

    @Option(names = "--store", paramLabel = "DIR", description = "Where finished parts are saved; needed with --budget.")
    private Path store;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for results, curves and predictions.")
    private Path out;

    @Mixin
    private RunMixin run;

    /** @param library the class behind the command, of which {@code probe} is the entry */
    void run(Class<?> library, Probe probe) {
        probe.run(Settings.read(config), data, encoder, store, out, run.options(library));
    }
}
