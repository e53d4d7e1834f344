package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Where a published data set lies: one folder or archive, in which readers look for the parts of the set. A part is taken as it
 * lies unpacked, or else out of the set's archives in the folder; those are opened only when a part needs them.
 */
final class Source implements AutoCloseable {

    private record Opened(String prefix, SourceTree tree) {}

    private final Settings config;
    private final Path path;
    private final Spool spool;
    private final Published published;
    private final SourceTree top;
    private final Map<String, Opened> opened = new LinkedHashMap<>(); // archives by the path in the source

    private Source(Settings config, Path path, Spool spool, Published published) {
        this.config = config;
        this.path = path;
        this.spool = spool;
        this.published = published;
        this.top = SourceTree.open(path, spool, published);
    }

    /**
     * Opens the source of a configuration. With {@code subset: true} the published sizes, checksums and counts are not checked.
     *
     * @param spool folder for temporary files
     */
    static Source open(Settings config, Path path, Path spool) {
        Published published = Published.of(config.text("kind"));
        return new Source(config, path, new Spool(spool, ArchiveLimits.DEFAULT),
                config.flag("subset", false) ? published.unchecked() : published);
    }

    Settings config() {
        return config;
    }

    /** What must be there; nothing is known of a subset. */
    Published published() {
        return published;
    }

    boolean subset() {
        return config.flag("subset", false);
    }

    /** The folder or archive itself, without the archives in it. */
    SourceTree tree() {
        return top;
    }

    Path path() {
        return path;
    }

    /** Folder for temporary files. */
    Path spoolFolder() {
        return spool.folder();
    }

    /**
     * The files whose paths, or the ends of them behind a {@code /}, match {@code form}; its group 1 captures the name by which
     * the part knows the file. Names with a leading dot anywhere are passed over.
     *
     * @param archives forms of the names of archives that hold the part when it is not unpacked; one may lie in another
     * @throws UserError (missing input) if there are no such files
     */
    Part part(String form, String... archives) {
        Part part = optional(form, archives);
        if (part.names().isEmpty()) {
            String where = archives.length == 0 ? "" : " and no archive with them (" + readable(String.join(", ", archives)) + ")";
            throw UserError.missing(path, "has no " + readable(form) + where + (published.page().isEmpty() ? ""
                    : "; get it from " + published.page()));
        }
        return part;
    }

    /** As people write file names: * for what varies, {a|b} for a choice. */
    private static String readable(String form) {
        return form.replaceAll("\\[\\^/\\]\\+|\\[0-9\\](\\{[0-9]+\\}|\\+)?", "*").replaceAll("\\(\\?:([^()]*)\\)", "{$1}")
                .replaceAll("[\\\\()?]", "");
    }

    /** As {@link #part}, but there may be no such files. */
    Part optional(String form, String... archives) {
        Pattern pattern = Pattern.compile("(?:.*?/)?" + form);
        Map<String, Part.Place> places = new TreeMap<>();
        collect(new Opened("", top), pattern, places);
        if (places.isEmpty() && archives.length > 0) {
            for (Opened archive : within(Pattern.compile("(?:.*/)?(?:" + String.join("|", archives) + ")"))) {
                collect(archive, pattern, places);
            }
        }
        return new Part(path, places);
    }

    /** The tree that has files of this form: the source itself, or else one of its archives of these names. */
    SourceTree holding(Pattern form, String archives) {
        Predicate<SourceTree> holds = tree -> tree.files().stream().anyMatch(file -> form.matcher(file).matches());
        return holds.test(top) ? top : within(Pattern.compile("(?:.*/)?(?:" + archives + ")")).stream().map(Opened::tree).filter(holds)
                .findFirst().orElse(top);
    }

    private void collect(Opened in, Pattern pattern, Map<String, Part.Place> places) {
        for (String file : in.tree.files()) {
            Matcher m = pattern.matcher(in.prefix + file);
            if (m.matches() && !file.startsWith(".") && !file.contains("/.")) {
                verify(in, file);
                Part.Place other = places.put(m.group(1), new Part.Place(in.tree, file));
                if (other != null) {
                    throw UserError.badData(in.tree.path(file), "is there a second time, beside " + other.tree().path(other.file()));
                }
            }
        }
    }

    /** Lists that are published as files of their own have checksums, as archives do. */
    private void verify(Opened in, String file) {
        if (in.tree instanceof FolderTree && published.archives().containsKey(file.substring(file.lastIndexOf('/') + 1))) {
            try {
                published.verified(in.tree.path(file));
            } catch (IOException e) {
                throw UserError.badData(in.tree.path(file), "cannot be read: " + e.getMessage(), e);
            }
        }
    }

    /** Opens the archives of these names, and those within them. */
    private Collection<Opened> within(Pattern names) {
        List<Opened> found = new ArrayList<>();
        Deque<Opened> open = new ArrayDeque<>(List.of(new Opened("", top)));
        while (!open.isEmpty()) {
            Opened in = open.remove();
            for (String file : in.tree.files()) {
                if (names.matcher(file).matches() && Archives.isArchive(file) && !file.contains("/.")) {
                    Opened archive = opened.computeIfAbsent(in.prefix + file, key -> nested(in, file));
                    found.add(archive);
                    open.add(archive);
                }
            }
        }
        return found;
    }

    private Opened nested(Opened in, String file) {
        try {
            return new Opened(in.prefix + Archives.stem(file) + "/", in.tree.nested(file, spool, published));
        } catch (IOException e) {
            throw UserError.badData(in.tree.path(file), "cannot be read: " + e.getMessage(), e);
        }
    }

    /** The source's form, and the SHA-256 of the archives in it that were read. */
    Map<String, String> provenance() {
        Map<String, String> facts = new TreeMap<>(top.provenance());
        facts.putAll(opened.entrySet().stream().filter(e -> top.files().contains(e.getKey())).collect(
                Collectors.toMap(e -> "sha256 of " + e.getKey(), e -> e.getValue().tree.provenance().get("sha256"))));
        return facts;
    }

    @Override
    public void close() throws IOException {
        List<Opened> all = new ArrayList<>(opened.values());
        for (int i = all.size() - 1; i >= 0; i--) {
            all.get(i).tree.close();
        }
        top.close();
    }
}
