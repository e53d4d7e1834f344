package org.equirepro.cli;

import org.equirepro.base.RunOptions;
import picocli.CommandLine.Option;

/** Options of the commands that run long. */
final class RunMixin {

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads of libtorch; equal numbers give equal bits. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--budget", paramLabel = "SECONDS", defaultValue = "Infinity",
            description = "Save after this time and end with exit code 75. Default: no limit.")
    private double budget;

    /** @param library the class behind the command: a state saved by other code than it reaches is not continued */
    RunOptions options(Class<?> library) {
        return new RunOptions(threads, budget, FingerprintCommand.fingerprint().of(library.getName()));
    }
}
