package org.equirepro.vision.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Pictures in one folder a class: {@code train/<class>/...} beside {@code test/<class>/...} or {@code val/<class>/...}, or
 * {@code <class>/...} alone, which is then split by class with a seed. Folders above may be there or not. A {@code val} without
 * a {@code test} is called {@code test}.
 *
 * <p>Keys of the configuration: {@code test_fraction} (without split folders only), {@code test_of_train} (with them only: that part
 * of each class of {@code train} is the test split and {@code test} is left out, to choose settings without a look at it) and
 * {@code split_seed}.
 */
final class ImageFolderReader {

    /** What torchvision's ImageFolder takes for a picture. */
    private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp");

    private ImageFolderReader() {}

    static Reader open(Source source) {
        SourceTree tree = source.tree();
        List<String> pictures = tree.files().stream().filter(ImageFolderReader::isPicture).toList();
        String given = splitPrefix(pictures);
        String prefix = given != null ? given : commonPrefix(pictures);
        Map<String, Map<String, List<String>>> found = given != null ? given(pictures, prefix, source.config())
                : drawn(byClass(pictures, prefix), source.config(), "test_fraction");
        if (!found.containsKey("train")) {
            throw UserError.badData(tree.path(""), "has no pictures below train/<class>/ or <class>/");
        }
        List<String> classes = List.copyOf(new TreeSet<>(found.get("train").keySet()));
        PictureList list = new PictureList(source, classes);
        found.forEach((split, byClass) -> byClass.forEach((name, paths) -> {
            int label = classes.indexOf(name);
            if (label < 0) {
                throw UserError.badData(tree.path(paths.get(0)), "class " + name + " has no pictures for training");
            }
            paths.forEach(path -> list.add(split, path.substring(prefix.length()), label, () -> tree.read(path)));
        }));
        return list.reader();
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

    /** Split, class, and paths in their order, as the folders say or, with {@code test_of_train}, drawn from {@code train} alone. */
    private static Map<String, Map<String, List<String>>> given(List<String> pictures, String prefix, Settings config) {
        Map<String, Map<String, List<String>>> found = bySplit(pictures, prefix);
        return config.has("test_of_train") ? drawn(found.getOrDefault("train", Map.of()), config, "test_of_train") : found;
    }

    private static Map<String, Map<String, List<String>>> bySplit(List<String> pictures, String prefix) {
        Map<String, Map<String, List<String>>> found = new TreeMap<>();
        for (String path : pictures) {
            if (path.startsWith(prefix)) {
                String[] parts = path.substring(prefix.length()).split("/");
                if (parts.length >= 3 && PictureList.SPLITS.contains(parts[0])) {
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

    /** @param key of the fraction that is for testing */
    private static Map<String, Map<String, List<String>>> drawn(Map<String, List<String>> byClass, Settings config, String key) {
        Map<String, Map<String, List<String>>> found = new TreeMap<>();
        byClass.forEach((name, paths) -> {
            Map<String, String> splits = PictureList.drawn(config, name, paths, PictureList.testCount(config, key, paths.size()));
            paths.forEach(path -> found.computeIfAbsent(splits.get(path), s -> new TreeMap<>())
                    .computeIfAbsent(name, c -> new ArrayList<>()).add(path));
        });
        return found;
    }
}
