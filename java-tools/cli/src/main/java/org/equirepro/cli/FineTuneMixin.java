package org.equirepro.cli;

import java.nio.file.Path;
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

    @Mixin
    private EvaluatedMixin read;

    @Option(names = "--store", required = true, paramLabel = "DIR", description = "Where states and answers are saved meanwhile.")
    private Path store;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for results, curves, predictions and pictures.")
    private Path out;

    @Mixin
    private RanksMixin ranks;

    @Mixin
    private RunMixin run;

    void run(Task task, Class<?> library) {
        task.run(new FineTuning.Call(read.config(), read.data(), read.encoder(), store, out, run.options(library), Ranks.of(System.getenv()),
                ranks.settings()));
    }
}
