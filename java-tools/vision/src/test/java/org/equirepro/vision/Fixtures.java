package org.equirepro.vision;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the optional fixtures lie; tests that need them say so with a NOTICE and end when they are absent. */
public final class Fixtures {

    private Fixtures() {}

    /** A file or folder below the fixtures' root (the parent of the reference cases). */
    public static Optional<Path> find(String name) {
        String given = System.getenv("EQUIREPRO_FIXTURES");
        Path root = given != null ? Path.of(given).toAbsolutePath().normalize().getParent()
                : Path.of(System.getProperty("equirepro.home"), "..", "shared", "fixtures");
        Path found = root.resolve(name);
        if (Files.exists(found)) {
            return Optional.of(found);
        }
        System.out.println("NOTICE skipped: " + found + " is not there; set EQUIREPRO_FIXTURES");
        return Optional.empty();
    }
}
