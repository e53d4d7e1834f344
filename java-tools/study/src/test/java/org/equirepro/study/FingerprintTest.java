package org.equirepro.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hashes of small programs that are compiled here. */
final class FingerprintTest {

    @TempDir
    Path folder;
    private Path sources;
    private Path classes;
    private Path library;
    private int builds;

    @BeforeEach
    void programs() throws IOException {
        sources = Files.createDirectories(folder.resolve("sources"));
        source("ai/djl/Engine", "package ai.djl; public class Engine { public static int run() { return 1; } }");
        source("lib/Tool", "package lib; public class Tool { public static int help() { return 1; } }");
        Path compiled = compile("ai/djl/Engine", "lib/Tool");
        library = jar(compiled, "library-1.0.jar", 0);
        source("org/equirepro/a/Root", "package org.equirepro.a; import org.equirepro.b.*; public class Root {"
                + " Held[] held; int run() { return Used.value() + new Object() { int f() { return lib.Tool.help(); } }.f(); }"
                + " String name() { return \"org.equirepro.b.Apart\"; } }");
        source("org/equirepro/b/Used", "package org.equirepro.b; public class Used { public static int value() { return 1; } }");
        source("org/equirepro/b/Held", "package org.equirepro.b; public interface Held { Deep deep(); }");
        source("org/equirepro/b/Deep", "package org.equirepro.b; public record Deep(int value) {}");
        source("org/equirepro/b/Apart", "package org.equirepro.b; public class Apart { int value = 1; }");
        source("org/equirepro/c/Trained", "package org.equirepro.c; class Trained { int run() { return ai.djl.Engine.run(); } }");
        build();
    }

    @Test
    void reachableClassesArePartOfIt() {
        Set<String> names = fingerprint("1").parts("org.equirepro.a.Root").keySet();
        assertEquals(Set.of("class org/equirepro/a/Root", "class org/equirepro/a/Root$1", "class org/equirepro/b/Used",
                "class org/equirepro/b/Held", "class org/equirepro/b/Deep", "library library-1.0.jar"), names);
    }

    @Test
    void changeOfWhatIsNotReachableLeavesItAsItIs() throws IOException {
        String before = hash();
        source("org/equirepro/b/Apart", "package org.equirepro.b; public class Apart { int value = 2; }");
        build();
        assertEquals(before, hash());
    }

    @Test
    void changeOfAReachableClassChangesIt() throws IOException {
        String before = hash();
        source("org/equirepro/b/Used", "package org.equirepro.b; public class Used { public static int value() { return 2; } }");
        build();
        assertNotEquals(before, hash());
        String then = hash();
        source("org/equirepro/b/Deep", "package org.equirepro.b; public record Deep(long value) {}");
        build();
        assertNotEquals(then, hash(), "named in a descriptor of an interface only");
    }

    @Test
    void filesBesideReachableClassesArePartOfIt() throws IOException {
        String before = hash();
        write(classes.resolve("org/equirepro/c/operators.txt"), "one");
        write(classes.resolve("org/equirepro/b/below/note.txt"), "one");
        assertEquals(before, hash(), "other packages do not count");
        write(classes.resolve("org/equirepro/b/operators.txt"), "one");
        String with = hash();
        assertNotEquals(before, with);
        write(classes.resolve("org/equirepro/b/operators.txt"), "two");
        assertNotEquals(with, hash());
    }

    @Test
    void filesOutsidePackagesArePartOfIt() throws IOException {
        write(classes.resolve("schemas/results.json"), "one");
        write(classes.resolve("META-INF/maven/pom.properties"), "one");
        String with = hash();
        write(classes.resolve("META-INF/maven/pom.properties"), "two");
        assertEquals(with, hash());
        write(classes.resolve("schemas/results.json"), "two");
        assertNotEquals(with, hash());
    }

    @Test
    void jarsAndFoldersAndTimesDoNotMatter() throws IOException {
        String before = hash();
        Path early = jar(classes, "a.jar", 1_000_000_000_000L);
        Path late = jar(classes, "b.jar", 1_500_000_000_000L);
        assertNotEquals(List.of(Files.readAllBytes(early)), List.of(Files.readAllBytes(late)));
        for (Path jar : List.of(early, late)) {
            assertEquals(before, new Fingerprint(ClassPath.of(List.of(jar, library)), "1").of("org.equirepro.a.Root"));
        }
        build();
        assertEquals(before, hash(), "built again from the same sources");
    }

    @Test
    void librariesCountWhereTheyAreNamed() throws IOException {
        Path newer = Files.copy(library, library.resolveSibling("library-1.1.jar"));
        ClassPath path = ClassPath.of(List.of(classes, newer));
        assertNotEquals(hash(), new Fingerprint(path, "1").of("org.equirepro.a.Root"));
        assertEquals(fingerprint("1").of("org.equirepro.b.Used"), new Fingerprint(path, "1").of("org.equirepro.b.Used"));
    }

    @Test
    void libtorchCountsWhereItIsReached() {
        assertEquals(fingerprint("2.5.1").of("org.equirepro.a.Root"), fingerprint("2.7.1").of("org.equirepro.a.Root"));
        assertNotEquals(fingerprint("2.5.1").of("org.equirepro.c.Trained"), fingerprint("2.7.1").of("org.equirepro.c.Trained"));
    }

    @Test
    void rootThatIsNotThereIsRefused() {
        UserError error = assertThrows(UserError.class, () -> fingerprint("1").of("org.equirepro.a.Wrong"));
        assertTrue(error.getMessage().startsWith("org.equirepro.a.Wrong: no such class"), error.getMessage());
    }

    private String hash() {
        return fingerprint("1").of("org.equirepro.a.Root");
    }

    private Fingerprint fingerprint(String libtorch) {
        return new Fingerprint(ClassPath.of(List.of(classes, library)), libtorch);
    }

    private void build() throws IOException {
        classes = compile("org/equirepro/a/Root", "org/equirepro/b/Used", "org/equirepro/b/Held", "org/equirepro/b/Deep",
                "org/equirepro/b/Apart", "org/equirepro/c/Trained");
    }

    private void source(String name, String text) throws IOException {
        write(sources.resolve(name + ".java"), text);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Path compile(String... names) throws IOException {
        Path out = Files.createDirectories(folder.resolve("build" + builds++));
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", out.toString(), "-cp",
                library == null ? out.toString() : library.toString()));
        Stream.of(names).map(name -> sources.resolve(name + ".java").toString()).forEach(arguments::add);
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertEquals(0, code, "javac");
        return out;
    }

    private Path jar(Path content, String name, long time) throws IOException {
        Path jar = folder.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar)); Stream<Path> files = Files.walk(content)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
                ZipEntry entry = new ZipEntry(content.relativize(file).toString());
                entry.setLastModifiedTime(FileTime.fromMillis(time));
                out.putNextEntry(entry);
                out.write(Files.readAllBytes(file));
            }
        }
        return jar;
    }
}
