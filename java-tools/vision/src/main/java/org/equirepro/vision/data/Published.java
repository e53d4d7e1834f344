package org.equirepro.vision.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * What is known of a data set as its authors published it: the table {@code published/KIND.json} beside this class.
 *
 * @param title name for people
 * @param page where to get it
 * @param licence a note, not legal advice
 * @param classes number of classes; 0 where it is not checked
 * @param counts pictures (3DIEBench: objects) by split; empty where they are not checked
 * @param archives by file name
 */
public record Published(String title, String page, String licence, int classes, Map<String, Integer> counts,
        Map<String, Archive> archives) {

    /** Of a source that is no published data set. */
    public static final Published UNKNOWN = new Published("", "", "", 0, Map.of(), Map.of());

    /**
     * @param url where it is fetched; empty where a registration comes first
     * @param bytes size; 0 where it is not known
     * @param md5 lower-case hexadecimal; empty where it is not known
     * @param sha256 the same
     */
    public record Archive(String url, long bytes, String md5, String sha256) {}

    /** The data set that a kind reads; {@link #UNKNOWN} where the kind has no table. */
    public static Published of(String kind) {
        String name = "published/" + kind + ".json";
        try (InputStream in = Published.class.getResourceAsStream(name)) {
            return in == null ? UNKNOWN : parse(Settings.parseJson(name, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read", e);
        }
    }

    private static Published parse(Settings table) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Settings given = table.at("counts");
        given.keys().forEach(split -> counts.put(split, given.integer(split)));
        Map<String, Archive> archives = new TreeMap<>();
        for (Settings one : table.sections("archives")) {
            archives.put(one.text("name"), new Archive(one.text("url", ""), (long) one.real("bytes", 0), one.text("md5", ""),
                    one.text("sha256", "")));
        }
        return new Published(table.text("title"), table.text("page"), table.text("licence"), table.integer("classes"), counts,
                archives);
    }

    /** The same without anything to check: for a part of the set, or a stand-in of its form. */
    public Published unchecked() {
        return new Published(title, page, licence, 0, Map.of(), Map.of());
    }

    /** The same with other counts, for a set that can be split in several ways. */
    Published with(Map<String, Integer> others) {
        return new Published(title, page, licence, classes, others, archives);
    }

    /** The same with another number of classes, for a set with labels of several kinds. */
    Published withClasses(int number) {
        return new Published(title, page, licence, number, counts, archives);
    }

    /**
     * Compares a file with the published archive of its name, the size first.
     *
     * @return SHA-256 of the file
     * @throws UserError if it is another file
     */
    String verified(Path file) throws IOException {
        Archive known = archives.get(file.getFileName().toString());
        if (known == null) {
            return Hashes.sha256(file);
        }
        long size = Files.size(file);
        if (known.bytes > 0 && size != known.bytes) {
            throw different(file, known, "has " + size + " bytes, the published archive " + known.bytes);
        }
        Hashes.Digests found = Hashes.digests(file);
        if (!known.sha256.isEmpty() && !known.sha256.equals(found.sha256())
                || !known.md5.isEmpty() && !known.md5.equals(found.md5())) {
            throw different(file, known, "has another checksum than the published archive (its MD5 is " + found.md5() + ")");
        }
        return found.sha256();
    }

    private UserError different(Path file, Archive known, String how) {
        return UserError.badData(file, how + "; fetch it again from " + (known.url.isEmpty() ? page : known.url)
                + ", or set subset: true if it is meant to differ");
    }

    /** The published number of pictures or objects must be there. */
    void requireCount(Path source, String split, String what, int found) {
        Integer expected = counts.get(split);
        if (expected != null && expected != found) {
            throw UserError.badData(source, String.format(Locale.ROOT, "%s has %,d %s for %s, found %,d; get what is missing from "
                    + "%s, or set subset: true to use what is there", title, expected, what, split, found, page));
        }
    }

    /** The published number of classes must be there. */
    void requireClasses(Path source, int found) {
        if (classes > 0 && classes != found) {
            throw UserError.badData(source, title + " has " + classes + " classes, found " + found + "; get what is missing from "
                    + page + ", or set subset: true to use what is there");
        }
    }
}
