package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.vision.data.Preparation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro prepare}: makes the shards of a data set. */
@Command(name = "prepare", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Checks a data set and writes it as shards with an index and a receipt.")
final class PrepareCommand implements Runnable {

    @Option(names = "--config", required = true, paramLabel = "FILE",
            description = "Settings of a PREPARE_DATASET task, as JSON.")
    private Path config;

    @Option(names = "--source", paramLabel = "PATH", description = "Archive or folder; none for kinds that are drawn here.")
    private Path source;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for the shards.")
    private Path out;

    @Override
    public void run() {
        if (!Preparation.run(Settings.read(config), source, out)) {
            System.err.println("prepare: " + out + " is there already, made with this configuration; nothing to do");
        }
    }
}
