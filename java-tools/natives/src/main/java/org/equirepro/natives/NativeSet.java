package org.equirepro.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;

/**
 * A libtorch with the JNI library that was built for it: which jars of Maven Central hold them, and which of their files are
 * used. One resource file a set.
 *
 * @param name also of its folder below {@code dist/native}
 * @param libtorch its version
 * @param flavour as DJL names it: {@code cpu}, {@code cu124}
 */
public record NativeSet(String name, String libtorch, String flavour, List<Jar> jars) {

    /** All sets: for CPUs, for CUDA, and the CPU build of CUDA's version, for tests. */
    public static final List<String> NAMES = List.of("cpu", "cu124", "cpu-2.5.1");

    /**
     * A published jar.
     *
     * @param path below the repository's address
     * @param folder inside the jar, ending in a slash
     */
    public record Jar(String path, long bytes, String sha256, String folder, List<Library> files) {}

    /**
     * A file of a set.
     *
     * @param name below the set's folder
     * @param from its name in the jar's folder
     */
    public record Library(String name, String from, long bytes, String sha256) {}

    /** The set of this name. */
    public static NativeSet named(String name) {
        String file = name + ".json";
        try (InputStream in = NativeSet.class.getResourceAsStream(file)) {
            Settings set = Settings.parseJson(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            List<Jar> jars = set.sections("jars").stream().map(NativeSet::jar).toList();
            return new NativeSet(name, set.text("libtorch"), set.text("flavour"), jars);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Jar jar(Settings jar) {
        List<Library> files = jar.sections("files").stream().map(file -> new Library(file.text("name"),
                file.text("from", file.text("name")), file.node().get("bytes").asLong(), file.text("sha256"))).toList();
        return new Jar(jar.text("path"), jar.node().get("bytes").asLong(), jar.text("sha256"), jar.text("folder"), files);
    }

    public List<Library> files() {
        return jars.stream().flatMap(jar -> jar.files().stream()).toList();
    }

    /** The file of this name. */
    public Library file(String name) {
        return files().stream().filter(file -> file.name().equals(name)).findFirst().orElseThrow();
    }

    /**
     * What is wrong with a folder of this set, one line a file; nothing if it is whole.
     *
     * @param upToBytes larger files are known by their size alone: reading gigabytes takes seconds
     */
    public List<String> problems(Path folder, long upToBytes) throws IOException {
        List<String> problems = new ArrayList<>();
        for (Library file : files()) {
            Path path = folder.resolve(file.name());
            if (!Files.isRegularFile(path)) {
                problems.add(file.name() + " is missing");
            } else if (Files.size(path) != file.bytes()) {
                problems.add(file.name() + " has " + Files.size(path) + " bytes instead of " + file.bytes());
            } else if (file.bytes() <= upToBytes && !Hashes.sha256(path).equals(file.sha256())) {
                problems.add(file.name() + " has other contents (SHA-256)");
            }
        }
        return problems;
    }
}
