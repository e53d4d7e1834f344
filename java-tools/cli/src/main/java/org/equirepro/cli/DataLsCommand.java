package org.equirepro.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Catalogue;
import org.equirepro.vision.data.Readers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code equirepro data ls}. */
@Command(name = "ls", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Lists the kinds of data sets: what each holds, where to get it, its licence, which studies use it.")
final class DataLsCommand implements Runnable {

    @Option(names = "--conf", paramLabel = "DIR", defaultValue = "conf",
            description = "Folder with studies/, to say which of them use a data set. Default: ${DEFAULT-VALUE}, if it is there.")
    private Path conf;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Map<String, List<String>> users = users();
        PrintWriter out = spec.commandLine().getOut();
        for (String kind : Readers.kinds()) {
            Catalogue.lines(kind, users.getOrDefault(kind, List.of())).forEach(out::println);
        }
        out.flush();
    }

    /** Studies by the kinds of their data sets. */
    private Map<String, List<String>> users() {
        Map<String, List<String>> users = new TreeMap<>();
        Path studies = conf.resolve("studies");
        if (!Files.isDirectory(studies)) {
            return users;
        }
        try (Stream<Path> files = Files.list(studies)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yml")).sorted().toList()) {
                Settings sets = Settings.read(file).at("datasets");
                for (String id : sets.keys()) {
                    users.computeIfAbsent(sets.at(id).text("kind"), k -> new ArrayList<>())
                            .add(file.getFileName().toString().replace(".yml", "") + " (" + id + ")");
                }
            }
        } catch (IOException e) {
            throw UserError.badData(studies, "cannot be read: " + e.getMessage(), e);
        }
        return users;
    }
}
