package org.equirepro.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code equirepro data}: what data sets there are, whether one is complete, and what is in it. */
@Command(name = "data", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Lists the known data sets, checks one, or shows samples of one.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DataLsCommand.class, DataCheckCommand.class, DataShowCommand.class})
final class DataCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing: ls, check or show");
    }
}
