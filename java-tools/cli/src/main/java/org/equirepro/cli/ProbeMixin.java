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

    @Mixin
    private EvaluatedMixin read;

    @Option(names = "--store", paramLabel = "DIR", description = "Where finished parts are saved; needed with --budget.")
    private Path store;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for results, curves and predictions.")
    private Path out;

    @Mixin
    private RunMixin run;

    void run(Probe probe, Class<?> library) {
        probe.run(read.config(), read.data(), read.encoder(), store, out, run.options(library));
    }
}
