package org.equirepro.cli;

import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.reporting.report.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro report}: the page that a person reads. */
@Command(name = "report", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Writes report.html: tables, learning curves, pictures, settings and provenance in one file.")
final class ReportCommand implements Runnable {

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Settings of the REPORT task, as JSON.")
    private Path config;

    @Option(names = "--tables", required = true, paramLabel = "DIR", description = "Folder that tables wrote.")
    private Path tables;

    @Option(names = "--encoders", required = true, arity = "1..*", paramLabel = "DIR",
            description = "Folders that pretrain wrote.")
    private List<Path> encoders;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The page.")
    private Path out;

    @Override
    public void run() {
        Report.write(Settings.read(config), tables, encoders, out);
    }
}
