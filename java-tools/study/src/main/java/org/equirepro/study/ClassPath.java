package org.equirepro.study;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * What the entries of a class path hold. Where two entries hold the same name the first counts, as it does for the Java
 * machine.
 */
public final class ClassPath {

    private final TreeMap<String, Path> holder;

    private ClassPath(TreeMap<String, Path> holder) {
        this.holder = holder;
    }

    /** The class path of this Java machine. */
    public static ClassPath current() {
        return of(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of).toList());
    }

    /** Jars and folders in order; those that are absent are left out, as the Java machine does. */
    public static ClassPath of(List<Path> entries) {
        TreeMap<String, Path> holder = new TreeMap<>();
        try {
            for (Path entry : entries) {
                for (String name : names(entry)) {
                    holder.putIfAbsent(name, entry);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ClassPath(holder);
    }

    /** The jar or folder that holds the file of this name, such as {@code org/equirepro/base/Hashes.class}; null if none. */
    Path holderOf(String name) {
        return holder.get(name);
    }

    /** True if the jar or folder holds anything whose name begins so. */
    boolean holds(Path entry, String beginning) {
        return holder.subMap(beginning, beginning + Character.MAX_VALUE).containsValue(entry);
    }

    /** The files that are not classes and lie in {@code folder} itself, sorted; {@code folder} ends in a slash. */
    List<String> resourcesIn(String folder) {
        return holder.subMap(folder, folder + Character.MAX_VALUE).keySet().stream()
                .filter(name -> name.indexOf('/', folder.length()) < 0 && !name.endsWith(".class")).toList();
    }

    /** The files of a jar or folder that lie outside of its packages and of META-INF, sorted. */
    List<String> resourcesOutsidePackages(Path entry) {
        TreeSet<String> packages = new TreeSet<>();
        holder.keySet().stream().filter(name -> name.endsWith(".class")).forEach(name -> packages.add(root(name)));
        return holder.entrySet().stream().filter(item -> item.getValue().equals(entry)).map(Map.Entry::getKey)
                .filter(name -> !packages.contains(root(name)) && !name.startsWith("META-INF/")).toList();
    }

    private static String root(String name) {
        return name.substring(0, name.indexOf('/') + 1);
    }

    /** The contents of files, by name; each jar is opened once. */
    Map<String, byte[]> read(List<String> names) {
        TreeMap<Path, List<String>> byHolder = new TreeMap<>();
        names.forEach(name -> byHolder.computeIfAbsent(holder.get(name), h -> new ArrayList<>()).add(name));
        TreeMap<String, byte[]> contents = new TreeMap<>();
        try {
            for (var group : byHolder.entrySet()) {
                if (Files.isDirectory(group.getKey())) {
                    for (String name : group.getValue()) {
                        contents.put(name, Files.readAllBytes(group.getKey().resolve(name)));
                    }
                    continue;
                }
                try (ZipFile jar = new ZipFile(group.getKey().toFile())) {
                    for (String name : group.getValue()) {
                        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
                            contents.put(name, in.readAllBytes());
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return contents;
    }

    private static List<String> names(Path entry) throws IOException {
        if (Files.isDirectory(entry)) {
            try (Stream<Path> files = Files.walk(entry)) {
                return files.filter(Files::isRegularFile)
                        .map(file -> entry.relativize(file).toString().replace(File.separatorChar, '/')).toList();
            }
        }
        if (!Files.isRegularFile(entry)) {
            return List.of();
        }
        try (ZipFile jar = new ZipFile(entry.toFile())) {
            return jar.stream().filter(item -> !item.isDirectory()).map(item -> item.getName()).toList();
        }
    }
}
