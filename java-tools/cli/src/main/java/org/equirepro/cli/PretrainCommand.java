package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.pretraining.Pretraining;
import org.equirepro.tensor.dist.Ranks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code equirepro pretrain}: makes one encoder. */
@Command(name = "pretrain", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Pretrains one encoder: weights, curves, settings, time and pictures. Goes on from a saved state.")
final class PretrainCommand implements Runnable {

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Settings of a PRETRAIN task, as JSON.")
    private Path config;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Shard folder of the data set.")
    private Path data;

    @Option(names = "--store", required = true, paramLabel = "DIR", description = "Where states are saved while training.")
    private Path store;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for the encoder.")
    private Path out;

    @Mixin
    private RanksMixin ranks;

    @Mixin
    private RunMixin run;

    @Override
    public void run() {
        Pretraining.run(Settings.read(config), data, store, out, run.options(Pretraining.class), Ranks.of(System.getenv()),
                ranks.settings());
    }
}
