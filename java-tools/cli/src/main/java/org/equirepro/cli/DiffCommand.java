package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.reporting.runs.RunDiff;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code equirepro diff}: two runs of one study side by side. */
@Command(name = "diff", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Prints which settings two runs do not share, and what that did to each cell.")
final class DiffCommand implements Runnable {

    @Parameters(index = "0", paramLabel = "RUN_A", description = "Outdir of the run before.")
    private Path before;

    @Parameters(index = "1", paramLabel = "RUN_B", description = "Outdir of the run after.")
    private Path after;

    @Option(names = "--schema", paramLabel = "DIR", description = "Schemas instead of those of results-schema/ that were packed.")
    private Path schema;

    @Override
    public void run() {
        System.out.print(RunDiff.of(before, after, schema));
    }
}
