package org.equirepro.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.equirepro.base.Settings;
import org.equirepro.study.Fingerprint;
import org.equirepro.tensor.doctor.Doctor;
import org.equirepro.tensor.doctor.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro doctor}: whether everything that computes is there and fits. */
@Command(name = "doctor", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Checks Java, libtorch, operators, GPU, MPI, NCCL, memory and disk; exit code 1 on a defect.")
final class DoctorCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print the rows as JSON.")
    private boolean json;

    @Option(names = "--identify", description = "Print the version and flavour of libtorch only, if it can be used.")
    private boolean identify;

    @Option(names = "--in-process", description = "Load libtorch in this process: what crashes then ends the doctor too.")
    private boolean inProcess;

    @Override
    public Integer call() {
        Doctor doctor = new Doctor(System.getenv());
        if (identify) {
            return identify(doctor, doctor.libraries(inProcess));
        }
        var libraries = CompletableFuture.supplyAsync(() -> doctor.libraries(inProcess)); // a second, mostly in a child
        List<Row> rows = new ArrayList<>(doctor.machine());
        Row build = build();
        rows.addAll(libraries.join());
        rows.add(build);
        if (json) {
            ArrayNode array = Settings.object().putArray("rows");
            rows.forEach(row -> array.add(row.json()));
            System.out.print(new String(Settings.pretty(array), StandardCharsets.UTF_8));
        } else {
            rows.forEach(System.out::println);
        }
        return rows.stream().anyMatch(row -> row.state() == Row.State.DEFECT) ? 1 : 0;
    }

    private static int identify(Doctor doctor, List<Row> rows) {
        Doctor.Identity identity = doctor.identity(rows);
        List<Row> defects = rows.stream().filter(row -> row.state() == Row.State.DEFECT && !row.what().equals(Doctor.CLAIM)).toList();
        if (!defects.isEmpty()) {
            defects.forEach(row -> System.err.println("equirepro: " + row));
            return 1;
        }
        if (identity.version() == null) {
            System.err.println("equirepro: this libtorch is older than 2.6 and no published build; use 2.5.1 or 2.7.1 as Maven Central has them");
            return 1;
        }
        System.out.println(identity.version() + " " + identity.flavour());
        return 0;
    }

    /** Whether the fingerprints that the build wrote beside the jars are those of the classes that run. */
    private static Row build() {
        Path lib = Path.of(System.getProperty("java.class.path").split(File.pathSeparator)[0]).toAbsolutePath().getParent();
        String device = "gpu".equals(System.getenv("EQUIREPRO_DEVICE")) ? "-gpu" : "";
        Path file = lib.resolveSibling("fingerprints" + device + ".properties");
        if (!Files.isRegularFile(file)) {
            return Row.note("build", file + " is not there", "run bin/reproduce --build-only");
        }
        Properties listed = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            listed.load(in);
        } catch (IOException e) {
            return Row.defect("build", file + ": " + e, "run bin/reproduce --build-only");
        }
        Fingerprint fingerprint = FingerprintCommand.fingerprint();
        List<String> other = FingerprintCommand.roots().entrySet().stream()
                .filter(root -> !fingerprint.of(root.getValue().getName()).equals(listed.getProperty(root.getKey())))
                .map(Map.Entry::getKey).toList();
        return other.isEmpty() ? Row.ok("build", "fingerprints of " + listed.size() + " commands are those of these jars")
                : Row.note("build", "other code or libtorch than at the build behind " + String.join(", ", other),
                        "run bin/reproduce --build-only, unless the libtorch is your own");
    }
}
