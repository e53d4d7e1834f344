package org.equirepro.vision.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All kinds of data sets that can be read, as text for a person. */
public final class Catalogue {

    private Catalogue() {}

    /**
     * Lines about one kind: what it is, where it comes from, how large it is, under which licence.
     *
     * @param users studies that use it
     */
    public static List<String> lines(String kind, List<String> users) {
        Published set = Published.of(kind);
        List<String> lines = new ArrayList<>();
        lines.add(kind + (set.title().isEmpty() ? "" : ": " + set.title()));
        if (set == Published.UNKNOWN) {
            lines.add("  " + (kind.startsWith("render") ? "drawn by this program; needs no source"
                    : "your own pictures: train/CLASS/... with test/CLASS/... or val/CLASS/..., or CLASS/... alone; folder or archive"));
        } else {
            StringBuilder holds = new StringBuilder();
            set.counts().forEach((split, count) -> holds.append(String.format(Locale.ROOT, "%s%s %,d", holds.isEmpty() ? "" : ", ",
                    split, count)));
            lines.add("  holds    " + holds + (set.classes() > 0 ? ", " + set.classes() + " classes" : ""));
            lines.add("  from     " + set.page());
            String label = "  files    ";
            for (Map.Entry<String, Published.Archive> one : set.archives().entrySet()) {
                long bytes = one.getValue().bytes();
                String size = bytes <= 0 ? "" : bytes < 1e7 ? String.format(Locale.ROOT, " (%.1f MB)", bytes / 1e6)
                        : String.format(Locale.ROOT, " (%.2f GB)", bytes / 1e9);
                lines.add(label + one.getKey() + size);
                label = "           ";
            }
            lines.add("  licence  " + set.licence());
        }
        if (kind.equals("coco")) {
            lines.add("  notes    boxes, masks, keypoints; homography pairs (S-COCO) are made of its pictures");
        }
        if (!users.isEmpty()) {
            lines.add("  used by  " + String.join(", ", users));
        }
        return lines;
    }

    /** The kind whose archives, by name, lie at a place; empty if none or several do. */
    public static Optional<String> kindOf(Path source) {
        List<String> kinds = Readers.kinds().stream().filter(kind -> Published.of(kind).archives().keySet().stream()
                .anyMatch(name -> Files.isRegularFile(source) ? source.getFileName().toString().equals(name)
                        : Files.isRegularFile(source.resolve(name)))).toList();
        return kinds.size() == 1 ? Optional.of(kinds.get(0)) : Optional.empty();
    }
}
