package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * What is there of a data set and what is not: the archives that were fetched, the counts that were published, or the files of a
 * shard folder. Collects lines for a person and the worst exit code; ends early for nothing.
 */
public final class DataCheck {

    private final List<String> lines = new ArrayList<>();
    private ExitCode worst = ExitCode.OK;

    private DataCheck() {}

    /**
     * Checks a shard folder: sizes and counts, and with {@code checksums} every byte.
     */
    public static DataCheck shards(Path folder, boolean checksums) {
        DataCheck check = new DataCheck();
        check.noting(() -> {
            try (ShardSet set = ShardSet.open(folder)) {
                check.lines.add(folder + ": prepared, " + set.classes().size() + " classes");
                set.splits().forEach(split -> check.count(split, set.split(split).size()));
                if (checksums) {
                    set.verify();
                    check.lines.add("  every file has the SHA-256 of the receipt");
                }
            }
        });
        return check;
    }

    /**
     * Checks a data set in its original form. Archives are looked for by name and size; with {@code checksums}, or where the set
     * lies unpacked, it is opened as {@code prepare} opens it, with all counts and checksums that are known.
     *
     * @param config with {@code kind} and the kind's own keys
     */
    public static DataCheck source(Settings config, Path source, boolean checksums) {
        DataCheck check = new DataCheck();
        String kind = config.text("kind");
        Published published = Published.of(kind);
        check.lines.add(source + ": " + (published.title().isEmpty() ? kind : published.title()));
        if (!Files.exists(source)) {
            check.worse(ExitCode.MISSING_INPUT, "no such file or folder" + from(published.page()));
            return check;
        }
        boolean packed = check.archives(published.archives(), config, source);
        if (packed && !checksums) {
            check.lines.add("  --checksums reads the archives, compares checksums and counts the pictures");
        } else {
            check.open(config, source);
        }
        return check;
    }

    /** Whether any archive is there. */
    private boolean archives(Map<String, Published.Archive> published, Settings config, Path source) {
        boolean packed = Files.isRegularFile(source);
        String year = config.text("kind").equals("coco") ? "" + config.integer("year", 2017) : ""; // its table has two sets
        for (Map.Entry<String, Published.Archive> one : published.entrySet()) {
            if (!one.getKey().contains(year)) {
                continue;
            }
            Optional<Path> file = find(source, one.getKey());
            String where = from(one.getValue().url());
            if (file.isEmpty()) {
                lines.add("  " + one.getKey() + ": not there" + where);
                continue;
            }
            packed = true;
            long size = size(file.get());
            long known = one.getValue().bytes();
            if (known > 0 && size != known) {
                worse(ExitCode.BAD_DATA, String.format(Locale.ROOT, "%s: %,d bytes, the published archive has %,d%s", one.getKey(), size,
                        known, where));
            } else {
                lines.add(String.format(Locale.ROOT, "  %s: %,d bytes%s", one.getKey(), size, known > 0 ? ", as published" : ""));
            }
        }
        return packed;
    }

    private static Optional<Path> find(Path source, String name) {
        if (Files.isRegularFile(source)) {
            return source.getFileName().toString().equals(name) ? Optional.of(source) : Optional.empty();
        }
        try (var files = Files.walk(source, 3)) {
            return files.filter(f -> f.getFileName().toString().equals(name) && Files.isRegularFile(f)).sorted().findFirst();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw UserError.badData(source, "cannot be listed: " + e.getMessage(), e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private void open(Settings config, Path source) {
        noting(() -> {
            Path spool = Files.createTempDirectory("equirepro-check");
            try (Reader reader = Readers.open(config, source, spool)) {
                Map<String, Integer> counts = new TreeMap<>();
                for (Iterator<Sample> samples = reader.samples(); samples.hasNext(); ) {
                    counts.merge(samples.next().split(), 1, Integer::sum);
                }
                lines.add("  " + reader.classes().size() + " classes");
                counts.forEach(this::count);
                if (!Published.of(config.text("kind")).counts().isEmpty() && !config.flag("subset", false)) {
                    lines.add("  complete: the counts are the published ones");
                }
            } finally {
                AtomicFiles.deleteTree(spool);
            }
        });
    }

    private void count(String split, int pictures) {
        lines.add(String.format(Locale.ROOT, "  %s: %,d pictures", split, pictures));
    }

    /** Something that may fail. */
    private interface Step {
        void run() throws IOException;
    }

    private void noting(Step step) {
        try {
            step.run();
        } catch (UserError e) {
            worse(e.exitCode(), e.getMessage());
        } catch (IOException e) {
            worse(ExitCode.BAD_DATA, "cannot be read: " + e.getMessage());
        }
    }

    /** What is missing weighs less than what is wrong. */
    private void worse(ExitCode code, String line) {
        lines.add("  PROBLEM " + line);
        if (worst == ExitCode.OK || code != ExitCode.MISSING_INPUT) {
            worst = code;
        }
    }

    private static String from(String place) {
        return place.isEmpty() ? "" : "; get it from " + place;
    }

    /** What was found, line by line. */
    public List<String> lines() {
        return lines;
    }

    /** OK, BAD_DATA, MISSING_INPUT, or USAGE for a wrong configuration. */
    public ExitCode exitCode() {
        return worst;
    }
}
