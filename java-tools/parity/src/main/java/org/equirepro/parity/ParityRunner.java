package org.equirepro.parity;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.equirepro.base.UserError;

/**
 * Finds the cases below a folder and checks each with the {@link ParityKind} of its folder's name.
 * {@code main} prints a line a failure, names the kinds without a check, and ends with {@code N passed, N failed}.
 */
public final class ParityRunner {

    private ParityRunner() {}

    /** Case files by kind, sorted; a case is a {@code .json} with a key {@code kind}, so other JSON files are left out. */
    public static Map<String, List<ReferenceCase>> find(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw UserError.missing(folder, "no such folder of reference cases");
        }
        Map<String, List<ReferenceCase>> kinds = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path json : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                if (isCase(json)) {
                    ReferenceCase reference = new ReferenceCase(json);
                    kinds.computeIfAbsent(reference.kind(), k -> new ArrayList<>()).add(reference);
                }
            }
        } catch (IOException e) {
            throw UserError.badData(folder, "cannot be read: " + e.getMessage(), e);
        }
        return kinds;
    }

    /** Companion files such as {@code x.gt.json} hold COCO data, not a case. */
    private static boolean isCase(Path json) throws IOException {
        byte[] head = new byte[256];
        try (var in = Files.newInputStream(json)) {
            int n = in.readNBytes(head, 0, head.length);
            String start = new String(head, 0, Math.max(n, 0), java.nio.charset.StandardCharsets.UTF_8);
            return start.contains("\"kind\"") && start.contains("\"case\"");
        }
    }

    /** The check for a kind, if there is one. */
    public static Optional<ParityKind> checker(String kind) {
        StringBuilder name = new StringBuilder(ParityRunner.class.getPackageName() + ".kinds.");
        for (String part : kind.split("_")) {
            name.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
        }
        try {
            return Optional.of((ParityKind) Class.forName(name + "Kind").getDeclaredConstructor().newInstance());
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the check for kind " + kind + " cannot be made", e);
        }
    }

    /** Failures of one case; empty if it passed. A case without any comparison has not passed. */
    public static List<String> run(ParityKind kind, ReferenceCase reference) {
        Check check = new Check();
        try {
            kind.check(reference, check);
        } catch (Exception | LinkageError e) {
            return List.of(e.toString());
        }
        return check.comparisons() == 0 ? List.of("nothing was compared") : check.failures();
    }

    /** {@code args[0]}: the folder. Exits with 1 if a case failed. */
    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("usage: bin/verify --parity DIR");
            System.exit(2);
        }
        try {
            System.exit(report(Path.of(args[0]), System.out) == 0 ? 0 : 1);
        } catch (UserError e) {
            System.err.println("equirepro: " + e.getMessage());
            System.exit(e.exitCode().code());
        }
    }

    /** Returns the number of failed cases. */
    static int report(Path folder, PrintStream out) {
        int passed = 0;
        int failed = 0;
        List<String> unchecked = new ArrayList<>();
        for (Map.Entry<String, List<ReferenceCase>> kind : find(folder).entrySet()) {
            Optional<ParityKind> checker = checker(kind.getKey());
            if (checker.isEmpty()) {
                unchecked.add(kind.getKey() + " (" + kind.getValue().size() + ")");
                continue;
            }
            for (ReferenceCase reference : kind.getValue()) {
                List<String> failures = run(checker.get(), reference);
                if (failures.isEmpty()) {
                    passed++;
                    out.println("ok     " + reference.kind() + "/" + reference.name());
                } else {
                    failed++;
                    out.println("FAILED " + reference.kind() + "/" + reference.name());
                    failures.forEach(f -> out.println("       " + f));
                }
            }
        }
        if (!unchecked.isEmpty()) {
            out.println("no test for these kinds (cases): " + String.join(", ", unchecked));
        }
        out.println(passed + " passed, " + failed + " failed");
        return failed;
    }
}
