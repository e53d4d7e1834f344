package org.equirepro.tensor.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.equirepro.natives.NativeSet;

/** The folder that libtorch is loaded from, judged by its files alone. */
final class LibraryFolder {

    /** Larger files are compared by size: reading them takes seconds, and the small ones tell the sets apart. */
    private static final long READ_UP_TO = 2 << 20;

    private static final List<String> SHARED = List.of("libgomp-98b21ff3.so.1", "libtorch.so");
    private static final List<String> NEEDED = List.of("libc10.so", "libtorch.so", "libtorch_cpu.so", "libdjl_torch.so");
    private static final String REBUILD = "remove the folder and run bin/reproduce --build-only (with --device gpu for cu124)";

    private final Path folder;
    private final List<Row> rows = new ArrayList<>();
    private Optional<NativeSet> set = Optional.empty();

    /** {@code path} may be null, and need not exist. */
    LibraryFolder(String path) {
        this.folder = path == null ? null : Path.of(path);
        try {
            examine();
        } catch (IOException e) {
            rows.add(Row.defect("native files", folder + ": " + e, "check its permissions"));
        }
    }

    private void examine() throws IOException {
        if (folder == null || !Files.isDirectory(folder)) {
            rows.add(Row.defect("native files", folder == null ? "PYTORCH_LIBRARY_PATH is not set" : folder + " is not there",
                    "start by bin/equirepro, after bin/reproduce --build-only"));
            return;
        }
        List<String> absent = NEEDED.stream().filter(name -> !Files.isRegularFile(folder.resolve(name))).toList();
        NativeSet nearest = NativeSet.NAMES.stream().map(NativeSet::named).max(Comparator.comparingLong(this::likeness)).orElseThrow();
        List<String> problems = nearest.problems(folder, READ_UP_TO);
        if (problems.isEmpty()) {
            set = Optional.of(nearest);
            rows.add(Row.ok("native files", folder + ": set " + nearest.name() + ", " + nearest.files().size()
                    + " files as published"));
        } else if (likeness(nearest) > 0) {
            rows.add(Row.defect("native files", folder + " is set " + nearest.name() + ", but " + String.join("; ", problems), REBUILD));
        } else if (!absent.isEmpty()) {
            rows.add(Row.defect("native files", folder + " lacks " + String.join(", ", absent), REBUILD));
        } else {
            rows.add(Row.note("native files", folder + ": not a published set", "its libdjl_torch.so must be built for its libtorch"));
        }
        foreignLibraries();
    }

    /** Files of the set that are there in their size; those that are the same in all sets do not count. */
    private long likeness(NativeSet candidate) {
        return candidate.files().stream().filter(file -> !SHARED.contains(file.name())
                && folder.resolve(file.name()).toFile().length() == file.bytes()).count();
    }

    private void foreignLibraries() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> python = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("libtorch_python") || name.startsWith("libshm")).sorted().toList();
            if (!python.isEmpty()) {
                rows.add(Row.defect("foreign libraries", String.join(", ", python),
                        "DJL loads every library of the folder, and these need Python: keep them elsewhere"));
            }
        }
    }

    List<Row> rows() {
        return rows;
    }

    /** Whether starting libtorch from here can be tried. */
    boolean loadable() {
        return folder != null && NEEDED.stream().allMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    /** The published set that lies here whole. */
    Optional<NativeSet> set() {
        return set;
    }

    /** The libtorch that the JNI library was built for, if it is a published one. */
    Optional<String> jniVersion() {
        long bytes = folder.resolve("libdjl_torch.so").toFile().length();
        return NativeSet.NAMES.stream().map(NativeSet::named).filter(known -> known.file("libdjl_torch.so").bytes() == bytes)
                .map(NativeSet::libtorch).findFirst();
    }

    /** As DJL wants it: of the set, else by what is there. */
    String flavour() {
        return set.map(NativeSet::flavour).orElseGet(() -> Files.exists(folder.resolve("libtorch_cuda.so")) ? "cu128" : "cpu");
    }

    Path path() {
        return folder;
    }
}
