package org.equirepro.tensor.doctor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;

/** Rows that another Java process finds out, since what it does may end it. */
public final class ChildRows {

    private static final String MARK = "row ";
    private static final int MOST_WORDS = 300;

    private final Map<String, String> environment;

    public ChildRows(Map<String, String> environment) {
        this.environment = new HashMap<>(environment);
    }

    /** A variable of the child's environment. */
    public void set(String name, String value) {
        environment.put(name, value);
    }

    /** For the child: tells one row at once. */
    public static void tell(Row row) {
        System.out.println(MARK + row.json());
        System.out.flush();
    }

    /**
     * The rows that the main method told; if the process failed, also a defect named {@code what} that holds its last words.
     *
     * @param advice for that defect
     */
    public List<Row> run(String what, String advice, Class<?> main, String... arguments) {
        List<Row> rows = new ArrayList<>();
        StringBuilder words = new StringBuilder();
        try {
            Process child = start(main, arguments);
            try (var lines = child.inputReader(StandardCharsets.UTF_8)) {
                for (String line; (line = lines.readLine()) != null; ) {
                    if (line.startsWith(MARK)) {
                        rows.add(row(line.substring(MARK.length())));
                    } else if (!line.isBlank() && words.length() < MOST_WORDS) {
                        words.append(words.isEmpty() ? "" : "; ").append(line.strip());
                    }
                }
            }
            int code = child.waitFor();
            if (code != 0) {
                rows.add(Row.defect(what, "the process ended with code " + code + ": " + words, advice));
            }
        } catch (IOException e) {
            rows.add(Row.defect(what, "no process can be started: " + e, advice));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return rows;
    }

    private Process start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:ErrorFile=/dev/null"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.matches("-XX:\\+Use.*GC|-XX:SharedArchiveFile.*|-Xlog.*|--enable-native.*|-Dorg\\.slf4j.*"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Row row(String json) {
        Settings node = Settings.parseJson("row", json);
        return new Row(node.text("what"), Row.State.valueOf(node.text("state")), node.text("found"), node.text("advice"));
    }
}
