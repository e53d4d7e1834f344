package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.tensor.dist.Ranks;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that fine-tune an encoder. */
final class FineTuneMixin {

    /** A task of the evaluation room. */
    @FunctionalInterface
    interface Task {
        void run(FineTuning.Call call);
    }

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Settings of the evaluation's task, as JSON.")
    private Path config;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Shard folder of the data set.")
    private Path data;

    @Option(names = "--encoder", required = true, paramLabel = "DIR", description = "Folder that pretrain wrote.")
    private Path encoder;

    @Option(names = "--store", required = true, paramLabel = "DIR", description = "Where states and answers are saved meanwhile.")
    private Path store;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for results, curves, predictions and pictures.")
    private Path out;

    @Mixin
    private RanksMixin ranks;

    @Mixin
    private RunMixin run;

    void run(Task task, Class<?> library) {
        task.run(new FineTuning.Call(Settings.read(config), data, encoder, store, out, run.options(library), Ranks.of(System.getenv()),
                ranks.settings()));
    }
}
