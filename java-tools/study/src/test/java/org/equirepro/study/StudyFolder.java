package org.equirepro.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Assertions;

/** A copy of the project's conf folder in which tests change texts. */
final class StudyFolder {

    final Path conf;

    private StudyFolder(Path conf) {
        this.conf = conf;
    }

    static StudyFolder in(Path folder) throws IOException {
        Path project = Path.of(System.getProperty("equirepro.home")).resolve("conf").normalize();
        Path copy = folder.resolve("conf");
        for (String part : List.of("studies", "recipes", "schema")) {
            Files.createDirectories(copy.resolve(part));
            try (Stream<Path> files = Files.list(project.resolve(part))) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.copy(file, copy.resolve(part).resolve(file.getFileName()));
                }
            }
        }
        return new StudyFolder(copy);
    }

    /** Replaces a text that is there once. */
    StudyFolder change(String file, String from, String to) throws IOException {
        Path path = conf.resolve(file);
        String text = Files.readString(path);
        int at = text.indexOf(from);
        Assertions.assertTrue(at >= 0 && text.indexOf(from, at + 1) < 0, from + " must be once in " + file);
        Files.writeString(path, text.replace(from, to));
        return this;
    }

    Plan plan(String study, Plan.Selection selection, Map<String, String> parameters) {
        return Plan.of(conf.resolve("studies").resolve(study + ".yml"), conf, Parameters.of(parameters), selection);
    }

    Plan plan() {
        return plan("test", Plan.Selection.ALL, Map.of());
    }

    List<String> lines() {
        return plan().tasks().stream().map(Plan.Task::line).toList();
    }

    /** The message of the error that planning the test study ends in, without the folder's path. */
    String refusal(int exitCode) {
        UserError error = Assertions.assertThrows(UserError.class, this::plan);
        Assertions.assertEquals(exitCode, error.exitCode().code(), error.getMessage());
        return error.getMessage().replace(conf.toString(), "conf");
    }
}
