package org.equirepro.cli;

import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.reporting.runs.SummaryFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro tables}: all results in one file and as tables. */
@Command(name = "tables", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Collects results and writes the tables as CSV, Markdown and LaTeX, with the paper's values beside ours.")
final class TablesCommand implements Runnable {

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Settings of the TABLES task, as JSON.")
    private Path config;

    @Option(names = "--results", required = true, arity = "1..*", paramLabel = "FILE",
            description = "result.csv of each evaluation.")
    private List<Path> results;

    @Option(names = "--paper", required = true, paramLabel = "FILE",
            description = "The published numbers: conf/paper-values.csv.")
    private Path paper;

    @Option(names = "--schema", paramLabel = "DIR", description = "Schemas instead of those of results-schema/ that were packed.")
    private Path schema;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for results.csv and tables/.")
    private Path out;

    @Override
    public void run() {
        SummaryFolder.write(Settings.read(config), results, paper, schema, out);
    }
}
