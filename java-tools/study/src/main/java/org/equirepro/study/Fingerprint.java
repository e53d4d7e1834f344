package org.equirepro.study;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.equirepro.base.Hashes;
import org.equirepro.base.UserError;

/**
 * A content hash over the program that a command runs: all of our classes reachable from a root class, the files beside them in
 * their packages or outside of all packages in the same jar, the libraries they name, and libtorch's version where they reach it.
 * Re-wording the report leaves the hash of pretraining as it is; changing a loss does not. Two builds of the same sources by the
 * same compiler agree.
 *
 * <p>What is found by name at run time only is not seen; classes that matter must be named in code.
 */
public final class Fingerprint {

    private static final String OURS = "org/equirepro/";
    /** The package of DJL's native methods, in which a few classes of ours may lie; DJL's own come from its jar. */
    private static final String ENGINE = "ai/djl/";

    private final ClassPath classPath;
    private final String libtorchVersion;
    private final Map<String, byte[]> classes = new TreeMap<>();

    /** @param libtorchVersion e.g. {@code 2.7.1}; part of the hash of every command that reaches libtorch */
    public Fingerprint(ClassPath classPath, String libtorchVersion) {
        this.classPath = classPath;
        this.libtorchVersion = libtorchVersion;
    }

    /**
     * The hash of all that is reachable from a class.
     *
     * @param root such as {@code org.equirepro.study.Plan}
     * @return SHA-256 as hexadecimal text
     * @throws UserError if the root class is not on the class path
     */
    public String of(String root) {
        StringBuilder listing = new StringBuilder();
        parts(root).forEach((name, part) -> listing.append(name).append(' ').append(part).append('\n'));
        return Hashes.sha256(listing.toString());
    }

    /** What the hash is made of: names of classes, files and libraries, with the SHA-256 or the size of each, sorted. */
    public Map<String, String> parts(String root) {
        String first = root.replace('.', '/');
        if (classPath.holderOf(first + ".class") == null) {
            throw UserError.failure(root + ": no such class on the class path; build java-tools again", null);
        }
        TreeMap<String, String> parts = new TreeMap<>();
        TreeSet<String> seen = new TreeSet<>(Set.of(first));
        TreeSet<String> packages = new TreeSet<>();
        List<String> level = List.of(first);
        while (!level.isEmpty()) {
            load(level);
            List<String> next = new ArrayList<>();
            for (String name : level) {
                byte[] bytes = classes.get(name);
                parts.put("class " + name, Hashes.sha256(bytes));
                packages.add(name.substring(0, name.lastIndexOf('/') + 1));
                for (String other : references(name, bytes)) {
                    Path holder = classPath.holderOf(other + ".class");
                    if (holder == null) {
                        continue; // of the Java platform
                    }
                    if (!isOurs(other, holder)) {
                        addLibrary(other, holder, parts);
                    } else if (seen.add(other)) {
                        next.add(other);
                    }
                }
            }
            level = next;
        }
        List<String> files = new ArrayList<>();
        packages.forEach(folder -> files.addAll(classPath.resourcesIn(folder)));
        seen.stream().map(name -> classPath.holderOf(name + ".class")).distinct()
                .forEach(holder -> files.addAll(classPath.resourcesOutsidePackages(holder)));
        classPath.read(files).forEach((name, bytes) -> parts.put("file " + name, Hashes.sha256(bytes)));
        return parts;
    }

    private boolean isOurs(String name, Path holder) {
        return name.startsWith(OURS) || name.startsWith(ENGINE) && classPath.holds(holder, OURS);
    }

    /** A published library never changes under its name, which ends in its version. */
    private void addLibrary(String name, Path holder, Map<String, String> parts) {
        parts.put("library " + holder.getFileName(), String.valueOf(holder.toFile().isFile() ? holder.toFile().length() : 0));
        if (name.startsWith(ENGINE)) {
            parts.put("libtorch", libtorchVersion);
        }
    }

    private void load(List<String> names) {
        List<String> absent = names.stream().filter(name -> !classes.containsKey(name)).map(name -> name + ".class").toList();
        classPath.read(absent).forEach((file, bytes) -> classes.put(file.substring(0, file.length() - 6), bytes));
    }

    private static Set<String> references(String name, byte[] bytes) {
        try {
            return ClassReferences.of(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(name + ".class: " + e.getMessage(), e);
        }
    }
}
