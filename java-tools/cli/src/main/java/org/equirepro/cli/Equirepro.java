package org.equirepro.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line: {@code equirepro COMMAND OPTIONS}. Results go to files, progress to stderr, answers to stdout. */
@Command(name = "equirepro", version = Equirepro.NAME_AND_VERSION, mixinStandardHelpOptions = true,
        description = "Reproduces the study of equivariance-coherent features: data, encoders, measurements, tables.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong option, key or value, 65 unusable data, 66 input not there,",
                "75 saved in good order: run the same command again."},
        subcommands = {PlanCommand.class, DataCommand.class, PrepareCommand.class, RenderCommand.class, PretrainCommand.class,
            R2ImageCommand.class, R2ThreeDieCommand.class, RetrievalCommand.class, LinearProbeCommand.class, KnnCommand.class,
            LogregCommand.class, SegmentCommand.class, HomographyCommand.class, DetectCommand.class, KeypointsCommand.class,
            DepthCommand.class, VideoCommand.class,
            ImportCommand.class, ExportCommand.class,
            TablesCommand.class, ReportCommand.class, FingerprintCommand.class, DoctorCommand.class,
            CollectCommand.class, CheckCommand.class, DiffCommand.class, ReplayCommand.class})
public final class Equirepro implements Runnable {

    static final String VERSION = "0.1.0";
    static final String NAME_AND_VERSION = "equirepro " + VERSION;

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of an error.")
    private boolean debug;

    public static void main(String[] arguments) {
        if (arguments.length == 1 && arguments[0].equals("--version")) { // asked for by scripts: not worth a tree of commands
            System.out.println(NAME_AND_VERSION);
            return;
        }
        System.exit(run(arguments));
    }

    /** Runs one command and returns its exit code; never throws. */
    static int run(String... arguments) {
        Equirepro top = new Equirepro();
        Problems problems = new Problems(() -> top.debug);
        return new CommandLine(top).setParameterExceptionHandler(problems).setExecutionExceptionHandler(problems)
                .setCaseInsensitiveEnumValuesAllowed(true).execute(arguments);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }
}
