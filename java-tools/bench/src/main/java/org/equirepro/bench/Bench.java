package org.equirepro.bench;

import org.equirepro.base.UserError;
import org.equirepro.bench.gpu.GpuBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bin/bench NAME OPTIONS}: measurements, as CSV on stdout, notes on stderr. A class a measurement. */
@Command(name = "bench", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "NAME",
        description = "Measures speed and memory; CSV on stdout. Run it on a quiet machine.",
        subcommands = {AllReduceBench.class, CocoEvalBench.class, DenseBench.class, KnnBench.class, LoaderBench.class, ProbeBench.class,
            ReconstructionBench.class, RenderBench.class, SafeTensorsBench.class, TablesBench.class, TrainStepBench.class, GpuBench.class})
public final class Bench implements Runnable {

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Bench());
        line.setExecutionExceptionHandler((exception, command, parsed) -> {
            if (exception instanceof UserError error) {
                System.err.println("bench: " + error.getMessage());
                return error.exitCode().code();
            }
            throw exception;
        });
        System.exit(line.execute(arguments));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a measurement's name is missing");
    }
}
