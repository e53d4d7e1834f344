package org.equirepro.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.reporting.runs.ReportFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro report}: the page that a person reads. */
@Command(name = "report", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Writes report.html (tables, claims, learning curves, pictures, settings, provenance in one file), its drawings as "
                + "SVG and CSV, and the cost table.")
final class ReportCommand implements Runnable {

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Settings of the REPORT task, as JSON.")
    private Path config;

    @Option(names = "--tables", required = true, paramLabel = "DIR", description = "Folder that tables wrote.")
    private Path tables;

    @Option(names = "--encoders", required = true, arity = "1..*", paramLabel = "DIR",
            description = "Folders that pretrain wrote.")
    private List<Path> encoders;

    @Option(names = "--evaluations", arity = "1..*", paramLabel = "DIR", description = "Folders that evaluations wrote.")
    private List<Path> evaluations = List.of();

    @Option(names = "--samples", arity = "1..*", paramLabel = "FILE", description = "NAME.samples.png of each data set.")
    private List<Path> samples = List.of();

    @Option(names = "--paper", required = true, paramLabel = "FILE",
            description = "The published numbers: conf/paper-values.csv.")
    private Path paper;

    @Option(names = "--tools", paramLabel = "FILE", description = "Versions and hashes of the programs, one NAME=VALUE a line.")
    private Path tools;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for report.html, figures/ and cost/.")
    private Path out;

    @Override
    public void run() {
        ReportFolder.write(Settings.read(config), tables, encoders, evaluations, samples, paper,
                tools == null ? Map.of() : RunEnvironment.read(tools), out);
    }
}
