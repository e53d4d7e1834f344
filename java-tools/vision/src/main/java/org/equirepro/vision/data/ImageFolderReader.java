package org.equirepro.vision.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Pictures in one folder a class: {@code train/<class>/...} beside {@code test/<class>/...} or {@code val/<class>/...}, or
 * {@code <class>/...} alone, which is then split by class with a seed. Folders above may be there or not. A {@code val} without
 * a {@code test} is called {@code test}.
 *
 * <p>Keys of the configuration: {@code test_fraction} and {@code split_seed} (without split folders only),
 * {@code max_per_class}, {@code test_max_per_class}.
 */
final class ImageFolderReader implements Reader {

    /** What torchvision's ImageFolder takes for a picture. */
    private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp");
    private static final List<String> ORDER = List.of("train", "val", "test");

    private record File(String key, String path, String split, int label) {}

    private final SourceTree tree;
    private final List<String> classes;
    private final List<File> files;

    private ImageFolderReader(SourceTree tree, List<String> classes, List<File> files) {
        this.tree = tree;
        this.classes = classes;
        this.files = files;
    }

    /** Takes the tree over: closes it when closed itself. */
    static ImageFolderReader open(SourceTree tree, Settings config) {
        List<String> pictures = tree.files().stream().filter(ImageFolderReader::isPicture).toList();
        String prefix = splitPrefix(pictures);
        // split -> class -> paths, in order of the paths
        Map<String, Map<String, List<String>>> found = prefix != null ? bySplit(pictures, prefix) : Map.of();
        if (found.containsKey("val") && !found.containsKey("test")) {
            found.put("test", found.remove("val"));
        }
        if (prefix == null) {
            prefix = commonPrefix(pictures);
            found = drawn(byClass(pictures, prefix), config);
        }
        if (!found.containsKey("train")) {
            throw UserError.badData(tree.path(""), "has no pictures below train/<class>/ or <class>/");
        }
        List<String> classes = List.copyOf(new TreeSet<>(found.get("train").keySet()));
        return new ImageFolderReader(tree, classes, numbered(tree, prefix, found, classes, config));
    }

    private static List<File> numbered(SourceTree tree, String prefix, Map<String, Map<String, List<String>>> found,
            List<String> classes, Settings config) {
        List<File> files = new ArrayList<>();
        found.forEach((split, byClass) -> {
            int most = most(config, split);
            byClass.forEach((name, paths) -> {
                int label = classes.indexOf(name);
                if (label < 0) {
                    throw UserError.badData(tree.path(paths.get(0)), "class " + name + " has no pictures for training");
                }
                paths.stream().limit(most).forEach(path -> files.add(new File(path.substring(prefix.length()), path, split,
                        label)));
            });
        });
        files.sort(Comparator.<File>comparingInt(f -> ORDER.indexOf(f.split)).thenComparing(File::key));
        return files;
    }

    /** How many pictures of a class a split may have. */
    static int most(Settings config, String split) {
        String key = split.equals("train") ? "max_per_class" : "test_max_per_class";
        int most = config.integer(key, Integer.MAX_VALUE);
        if (most < 1) {
            throw UserError.usage(config.source() + ": " + key + " must be at least 1");
        }
        return most;
    }

    /** How many of {@code n} go to the test split: rounded, but never none and never all. */
    static int testCount(Settings config, int n) {
        double fraction = config.real("test_fraction");
        if (!(fraction > 0 && fraction < 1)) {
            throw UserError.usage(config.source() + ": test_fraction must lie between 0 and 1");
        }
        return (int) Math.max(Math.min(1, n - 1), Math.min(n - 1, Math.round(fraction * n)));
    }

    private static boolean isPicture(String path) {
        for (String part : path.split("/")) {
            if (part.startsWith(".")) {
                return false; // .DS_Store, ._shadow files
            }
        }
        return EXTENSIONS.contains(path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /** What stands before {@code train/<class>/}, at most two folders; null if there is no such folder. */
    private static String splitPrefix(List<String> pictures) {
        for (String path : pictures) {
            String[] parts = path.split("/");
            for (int i = 0; i < Math.min(3, parts.length - 2); i++) {
                if (parts[i].equals("train")) {
                    return path.substring(0, String.join("/", List.of(parts).subList(0, i + 1)).length() - "train".length());
                }
            }
        }
        return null;
    }

    private static Map<String, Map<String, List<String>>> bySplit(List<String> pictures, String prefix) {
        Map<String, Map<String, List<String>>> found = new TreeMap<>();
        for (String path : pictures) {
            if (path.startsWith(prefix)) {
                String[] parts = path.substring(prefix.length()).split("/");
                if (parts.length >= 3 && ORDER.contains(parts[0])) {
                    found.computeIfAbsent(parts[0], s -> new TreeMap<>())
                            .computeIfAbsent(parts[1], c -> new ArrayList<>()).add(path);
                }
            }
        }
        return found;
    }

    /** Folders that all pictures share, as long as a class folder stays below them. */
    private static String commonPrefix(List<String> pictures) {
        String prefix = "";
        while (!pictures.isEmpty()) {
            int slash = pictures.get(0).indexOf('/', prefix.length());
            String longer = slash < 0 ? null : pictures.get(0).substring(0, slash + 1);
            if (longer == null || !pictures.stream().allMatch(p -> p.startsWith(longer) && p.indexOf('/', longer.length()) > 0)) {
                break;
            }
            prefix = longer;
        }
        return prefix;
    }

    private static Map<String, List<String>> byClass(List<String> pictures, String prefix) {
        Map<String, List<String>> found = new TreeMap<>();
        for (String path : pictures) {
            int slash = path.indexOf('/', prefix.length());
            if (slash > 0) { // a picture outside of every class folder is not part of the set
                found.computeIfAbsent(path.substring(prefix.length(), slash), c -> new ArrayList<>()).add(path);
            }
        }
        return found;
    }

    private static Map<String, Map<String, List<String>>> drawn(Map<String, List<String>> byClass, Settings config) {
        Map<String, Map<String, List<String>>> found = new TreeMap<>();
        byClass.forEach((name, paths) -> {
            int tests = testCount(config, paths.size());
            int[] order = Draws.at(config.integer("split_seed", 0), "split/" + name).permutation(paths.size());
            for (int i = 0; i < paths.size(); i++) {
                found.computeIfAbsent(order[i] < tests ? "test" : "train", s -> new TreeMap<>())
                        .computeIfAbsent(name, c -> new ArrayList<>()).add(paths.get(i));
            }
        });
        return found;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public int latents() {
        return 0;
    }

    @Override
    public Iterator<Sample> samples() {
        return files.stream().map(file -> Sample.of(file.key, file.split, file.label, () -> tree.read(file.path))).iterator();
    }

    @Override
    public Map<String, String> provenance() {
        return tree.provenance();
    }

    @Override
    public void close() throws IOException {
        tree.close();
    }
}
