package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.pretraining.Pretraining;
import org.equirepro.tensor.dist.Ranks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code equirepro pretrain}: makes one encoder. */
@Command(name = "pretrain", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Pretrains one encoder: weights, curves, settings, time and pictures. Goes on from a saved state.")
final class PretrainCommand implements Runnable {

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Settings of a PRETRAIN task, as JSON.")
    private Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "Shard folder of the data set.")
    private Path data;

    @Option(names = "--store", paramLabel = "DIR", description = "Where states are saved while training.")
    private Path store;

    @Option(names = "--out", paramLabel = "DIR", description = "New folder for the encoder.")
    private Path out;

    @Mixin
    private RanksMixin ranks;

    @Mixin
    private RunMixin run;

    @Mixin
    private DryRunMixin dryRun;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        if (dryRun.on()) {
            dryRun.print(config, data, Ranks.of(System.getenv()).size());
            return;
        }
        require("--data", data);
        require("--store", store);
        require("--out", out);
        Pretraining.run(Settings.read(config), data, store, out, run.options(Pretraining.class), Ranks.of(System.getenv()),
                ranks.settings());
    }

    /** What only a dry run can do without. */
    private void require(String option, Path value) {
        if (value == null) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '" + option + "=DIR'");
        }
    }
}
