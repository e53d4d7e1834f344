package org.equirepro.vision.data;

import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.UserError;

/**
 * Places365-Standard (Zhou et al., TPAMI 2018) with pictures of 256 x 256 (small) or of at least 512 pixels (large):
 * {@code data_256/a/airfield/00000001.jpg} or {@code data_large/...}, {@code val_256/Places365_val_00000001.jpg} or
 * {@code val_large/...}, and the lists {@code places365_train_standard.txt}, {@code places365_val.txt} with lines
 * {@code PATH LABEL}. Classes are those of {@code categories_places365.txt}; val, the labelled test, is the split test.
 *
 * <p>Key of the configuration: {@code size} (small or large; small by default).
 */
final class PlacesReader {

    private static final String LISTS = "filelist_places365-standard\\.tar";

    private PlacesReader() {}

    static Reader open(Source source) {
        String size = switch (source.config().text("size", "small")) {
            case "small" -> "256";
            case "large" -> "large";
            default -> throw UserError.usage(source.config().source() + ": size must be small or large");
        };
        Part lists = source.part("(places365_train_standard\\.txt|places365_val\\.txt|categories_places365\\.txt)", LISTS);
        Part train = source.part("data_" + size + "(/[a-z]/[^.]+/[0-9]+\\.jpg)",
                "train_" + size + "_places365standard\\.tar", "data_" + size + "\\.tar");
        Part val = source.part("val_" + size + "/([^/]+\\.jpg)", "val_" + size + "\\.tar");
        PictureList list = new PictureList(source, Labels.named(names(lists)));
        add(list, "train", lists, "places365_train_standard.txt", train, "train");
        add(list, "val", lists, "places365_val.txt", val, "val/");
        return list.reader();
    }

    private static void add(PictureList list, String split, Part lists, String file, Part pictures, String prefix) {
        for (String[] words : lists.words(file, 2)) {
            list.add(split, pictures, words[0], prefix + words[0], lists.number(file, words[1]));
        }
    }

    /** From the list of categories, or where it is missing from the folders of the training pictures. */
    private static Map<Integer, String> names(Part lists) {
        Map<Integer, String> names = new TreeMap<>();
        String categories = "categories_places365.txt";
        if (lists.has(categories)) {
            for (String[] words : lists.words(categories, 2)) {
                names.put(lists.number(categories, words[1]), words[0].replaceFirst("^/", ""));
            }
            return names;
        }
        for (String file : new String[] {"places365_val.txt", "places365_train_standard.txt"}) {
            for (String[] words : lists.words(file, 2)) {
                int slash = words[0].lastIndexOf('/');
                names.put(lists.number(file, words[1]), slash > 0 ? words[0].substring(1, slash) : words[1]);
            }
        }
        return names;
    }
}
