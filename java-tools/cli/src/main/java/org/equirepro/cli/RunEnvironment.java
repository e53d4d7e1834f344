package org.equirepro.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.equirepro.base.UserError;

/** Versions and hashes of the programs behind runs, as the runs wrote them down. */
final class RunEnvironment {

    static final String FILE = "pipeline_info/tools.properties";

    private RunEnvironment() {}

    /** From each run's {@value #FILE}; where several runs differ, all their values. */
    static Map<String, String> of(List<Path> runs) {
        Map<String, String> all = new TreeMap<>();
        runs.forEach(run -> {
            Path file = run.resolve(FILE);
            if (Files.exists(file)) {
                read(file).forEach((key, value) -> all.merge(key, value, (a, b) -> a.contains(b) ? a : a + "; " + b));
            }
        });
        all.put("report made by equirepro", Equirepro.VERSION);
        return all;
    }

    /** A file of {@code name=value} lines. */
    static Map<String, String> read(Path file) {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            lines.load(reader);
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
        Map<String, String> values = new TreeMap<>();
        lines.stringPropertyNames().forEach(name -> values.put(name, lines.getProperty(name)));
        return values;
    }
}
