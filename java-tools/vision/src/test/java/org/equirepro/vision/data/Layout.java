package org.equirepro.vision.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.equirepro.vision.TestData;

/**
 * A small data set in the form of a published one.
 *
 * @param kind of the configuration
 * @param unpacked files as they lie when everything is unpacked
 * @param packed files as they were fetched
 */
record Layout(String kind, Map<String, byte[]> unpacked, Map<String, byte[]> packed) {

    /** Collects files and archives. */
    static final class Builder {
        private final String kind;
        private final Map<String, byte[]> unpacked = new TreeMap<>();
        private final Map<String, byte[]> packed = new TreeMap<>();
        private int pictures;

        Builder(String kind) {
            this.kind = kind;
        }

        /** A file that is not in an archive. */
        Builder loose(String name, byte[] bytes) {
            unpacked.put(name, bytes);
            packed.put(name, bytes);
            return this;
        }

        /** An archive of these files, which unpack to the folder {@code into} (empty, or with a slash at the end). */
        Builder archive(String name, String into, Map<String, byte[]> files) {
            files.forEach((file, bytes) -> unpacked.put(into + file, bytes));
            packed.put(name, pack(name, files));
            return this;
        }

        /** Pictures that differ from each other, as files of these names. */
        Map<String, byte[]> pictures(String... names) {
            Map<String, byte[]> files = new TreeMap<>();
            for (String name : names) {
                files.put(name, TestData.png(pictures++));
            }
            return files;
        }

        Builder unpackedOnly(Map<String, byte[]> files) {
            unpacked.putAll(files);
            return this;
        }

        Builder packedOnly(String name, byte[] archive) {
            packed.put(name, archive);
            return this;
        }

        Layout build() {
            return new Layout(kind, unpacked, packed);
        }
    }

    /** An archive of the kind that the name's ending says. */
    static byte[] pack(String name, Map<String, byte[]> files) {
        try {
            if (name.endsWith(".zip")) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
                    for (Map.Entry<String, byte[]> file : files.entrySet()) {
                        zip.putNextEntry(new ZipEntry(file.getKey()));
                        zip.write(file.getValue());
                    }
                }
                return bytes.toByteArray();
            }
            byte[] tar = TestData.tar(files);
            return name.endsWith(".tar") ? tar : TestData.gzip(tar);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] text(String... lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static Map<String, byte[]> join(List<Map<String, byte[]>> parts) {
        Map<String, byte[]> all = new TreeMap<>();
        parts.forEach(all::putAll);
        return all;
    }

    static Path write(Path folder, Map<String, byte[]> files) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            TestData.put(folder, file.getKey(), file.getValue());
        }
        return folder;
    }
}
