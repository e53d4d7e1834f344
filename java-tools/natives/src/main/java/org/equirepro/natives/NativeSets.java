package org.equirepro.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Hashes;
import org.equirepro.base.UserError;

/**
 * Makes and checks folders of native libraries; {@code bin/lib/natives.sh} calls it.
 *
 * <pre>
 * fetch SET DIR     downloads the set's jars beside DIR, unpacks the wanted files into it, removes the jars
 * check SET DIR     compares every file with its SHA-256
 * </pre>
 */
public final class NativeSets {

    private static final String CENTRAL = "https://repo1.maven.org/maven2/";

    private final URI repository;
    private final Download download;

    NativeSets(URI repository, Download download) {
        this.repository = repository;
        this.download = download;
    }

    public static void main(String[] arguments) {
        try {
            run(arguments, System.getenv());
        } catch (UserError e) {
            System.err.println("natives: " + e.getMessage());
            System.exit(e.exitCode().code());
        } catch (IOException e) {
            System.err.println("natives: " + e);
            System.exit(1);
        }
    }

    private static void run(String[] arguments, Map<String, String> environment) throws IOException {
        if (arguments.length != 3 || !NativeSet.NAMES.contains(arguments[1])) {
            throw UserError.usage("usage: fetch|check " + String.join("|", NativeSet.NAMES) + " DIR");
        }
        NativeSet set = NativeSet.named(arguments[1]);
        Path folder = Path.of(arguments[2]).toAbsolutePath();
        if (arguments[0].equals("check")) {
            check(set, folder);
            return;
        }
        String base = environment.getOrDefault("EQUIREPRO_MAVEN_REPOSITORY", CENTRAL);
        String proxy = environment.getOrDefault("HTTPS_PROXY", environment.get("https_proxy"));
        new NativeSets(URI.create(base.endsWith("/") ? base : base + "/"), new Download(proxy, Duration.ofSeconds(2))).fetch(set, folder);
    }

    /** @throws UserError that lists the files that are missing or not those published */
    static void check(NativeSet set, Path folder) throws IOException {
        List<String> problems = set.problems(folder, Long.MAX_VALUE);
        if (!problems.isEmpty()) {
            throw UserError.badData(folder, String.join("; ", problems) + "; remove the folder and run bin/reproduce --build-only");
        }
    }

    /** Makes {@code folder}; what a broken download left beside it is used. */
    void fetch(NativeSet set, Path folder) throws IOException {
        for (NativeSet.Jar jar : set.jars()) {
            Path file = beside(folder, jar);
            if (!Files.exists(file)) {
                URL from = repository.resolve(jar.path()).toURL();
                System.err.printf("natives: fetching %s (%.0f MB)%n", from, jar.bytes() / 1e6);
                download.fetch(from, file, jar.bytes(), jar.sha256());
            }
        }
        AtomicFiles.writeFolder(folder, part -> {
            for (NativeSet.Jar jar : set.jars()) {
                unpack(jar, beside(folder, jar), part);
            }
        });
        for (NativeSet.Jar jar : set.jars()) {
            Files.delete(beside(folder, jar));
        }
    }

    private static Path beside(Path folder, NativeSet.Jar jar) {
        return folder.resolveSibling(jar.path().substring(jar.path().lastIndexOf('/') + 1));
    }

    private static void unpack(NativeSet.Jar jar, Path file, Path folder) throws IOException {
        long total = jar.files().stream().mapToLong(NativeSet.Library::bytes).sum();
        Progress progress = new Progress("unpacking " + file.getFileName(), 0, total);
        long done = 0;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (NativeSet.Library library : jar.files()) {
                ZipEntry entry = zip.getEntry(jar.folder() + library.from());
                if (entry == null) {
                    throw UserError.badData(file, "holds no " + jar.folder() + library.from());
                }
                Path to = folder.resolve(library.name());
                Files.createDirectories(to.getParent());
                MessageDigest digest = Hashes.sha256();
                try (InputStream in = zip.getInputStream(entry);
                        OutputStream out = new DigestOutputStream(Files.newOutputStream(to), digest)) {
                    byte[] buffer = new byte[1 << 18];
                    for (int n; (n = in.read(buffer)) >= 0; ) {
                        out.write(buffer, 0, n);
                        done += n;
                        progress.at(done);
                    }
                }
                if (!Hashes.hex(digest).equals(library.sha256())) {
                    throw UserError.badData(file, library.from() + " is not what was published (SHA-256); remove " + file + " and run again");
                }
                to.toFile().setExecutable(true, false);
            }
        }
    }
}
