package org.equirepro.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.equirepro.base.Hashes;
import org.equirepro.base.KeptFolder;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
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

    @Option(names = "--store", paramLabel = "DIR", description = "Where shards are kept for whoever wants the same again; without it nowhere.")
    private Path store;

    @Override
    public void run() {
        Settings settings = Settings.read(config);
        KeptFolder finished = KeptFolder.in(store, Hashes.sha256(settings.canonical() + sourceState()));
        if (finished.exists() && !Files.exists(out)) {
            finished.giveTo(out);
            return;
        }
        if (!Preparation.run(settings, source, out)) {
            System.err.println("prepare: " + out + " is there already, made with this configuration; nothing to do");
        }
        finished.keep(out);
    }

    /** Names, sizes and times of the archive, or of a folder's own entries: reading all of it would take as long as preparing. */
    private String sourceState() {
        if (source == null) {
            return "";
        }
        try (Stream<Path> entries = Files.walk(source.toRealPath(), 1)) {
            return entries.sorted().map(PrepareCommand::state).collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw UserError.missing(source, "cannot be read (" + e.getMessage() + ")");
        }
    }

    private static String state(Path entry) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
            return entry + " " + (attributes.isDirectory() ? "" : attributes.size()) + " " + attributes.lastModifiedTime().toMillis();
        } catch (IOException e) {
            throw UserError.missing(entry, "cannot be read (" + e.getMessage() + ")");
        }
    }
}
