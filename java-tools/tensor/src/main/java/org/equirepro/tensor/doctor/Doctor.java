package org.equirepro.tensor.doctor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.equirepro.base.Settings;
import org.equirepro.natives.NativeSet;

/** Examines libtorch and the machine: what a run needs, row by row. Reads only. */
public final class Doctor {

    private static final String NOT_SAID = "nothing";
    private static final int PATIENCE_SECONDS = 120;

    private final LibraryFolder folder;
    private final Map<String, String> environment;

    /** @param environment the process's own, where PYTORCH_LIBRARY_PATH names libtorch's folder */
    public Doctor(Map<String, String> environment) {
        this.folder = new LibraryFolder(environment.get("PYTORCH_LIBRARY_PATH"));
        this.environment = environment;
    }

    /** The machine, without libtorch. */
    public List<Row> machine() {
        return Machine.rows();
    }

    /**
     * libtorch, loaded.
     *
     * @param here in this process, which may end it; else in a child
     */
    public List<Row> libraries(boolean here) {
        List<Row> rows = new ArrayList<>(folder.rows());
        if (!folder.loadable()) {
            return rows;
        }
        if (here) {
            new EngineProbe(folder.path(), rows::add).run();
        } else {
            rows.addAll(inChild());
        }
        rows.add(versions(rows));
        return rows;
    }

    /** Version and flavour as they are; the version is null where neither files nor libtorch tell it. */
    public Identity identity(List<Row> rows) {
        String said = rows.stream().filter(row -> row.what().equals("libtorch says") && !row.found().startsWith(NOT_SAID))
                .map(Row::found).findFirst().orElse(null);
        return new Identity(folder.set().map(NativeSet::libtorch).orElse(said), folder.flavour());
    }

    /** What PYTORCH_VERSION and PYTORCH_FLAVOR should say. */
    public record Identity(String version, String flavour) {}

    /** DJL repeats PYTORCH_VERSION whatever is loaded, and a task's fingerprint holds it. */
    private Row versions(List<Row> rows) {
        Identity is = identity(rows);
        String told = environment.get("PYTORCH_VERSION") + " " + environment.get("PYTORCH_FLAVOR");
        String found = is.version() + " " + is.flavour();
        if (is.version() == null) {
            return Row.note("libtorch", "of unknown version, said to be " + told, "");
        }
        return told.equals(found) ? Row.ok("libtorch", found)
                : Row.defect("libtorch", found + ", but PYTORCH_VERSION and PYTORCH_FLAVOR say " + told,
                        "unset them, or choose this libtorch by bin/reproduce --libtorch " + folder.path());
    }

    private List<Row> inChild() {
        List<Row> rows = new ArrayList<>();
        StringBuilder rest = new StringBuilder();
        try {
            Process child = child();
            try (var lines = child.inputReader(StandardCharsets.UTF_8)) {
                for (String line; (line = lines.readLine()) != null; ) {
                    if (line.startsWith(EngineProbe.MARK)) {
                        rows.add(row(line.substring(EngineProbe.MARK.length())));
                    } else if (!line.isBlank()) {
                        rest.append(rest.isEmpty() ? "" : "; ").append(line.strip());
                    }
                }
            }
            if (!child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || child.exitValue() != 0) {
                rows.add(Row.defect("engine", "loading libtorch ended the process (code " + child.exitValue() + "): " + shortened(rest),
                        "libdjl_torch.so must be the one that was built for this libtorch; " + "the sets that fit each other come by"
                                + " bin/reproduce --build-only"));
            }
        } catch (IOException e) {
            rows.add(Row.defect("engine", "no process can be started: " + e, ""));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return rows;
    }

    private Process child() throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/null"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.matches("-XX:\\+Use.*GC|-XX:SharedArchiveFile.*|-Xlog.*|--enable-native.*|-Dorg\\.slf4j.*"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EngineProbe.class.getName(), folder.path().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("PYTORCH_FLAVOR", folder.flavour());
        builder.environment().put("DJL_OFFLINE", "true");
        return builder.start();
    }

    private static Row row(String json) {
        Settings node = Settings.parseJson("doctor", json);
        return new Row(node.text("what"), Row.State.valueOf(node.text("state").toUpperCase(java.util.Locale.ROOT)), node.text("found"),
                node.text("advice"));
    }

    private static String shortened(StringBuilder text) {
        return text.length() <= 300 ? text.toString() : text.substring(0, 300) + " ...";
    }
}
