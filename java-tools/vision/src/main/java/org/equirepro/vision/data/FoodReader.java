package org.equirepro.vision.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.equirepro.base.Settings;

/**
 * Food-101 (Bossard et al., ECCV 2014): {@code food-101/images/CLASS/ID.jpg} and {@code food-101/meta/train.json},
 * {@code test.json}, which list {@code CLASS/ID} by class. Classes are sorted by name.
 */
final class FoodReader {

    private static final String ARCHIVE = "food-101\\.tar\\.gz";

    private FoodReader() {}

    static Reader open(Source source) {
        Part lists = source.part("meta/((?:train|test)\\.json)", ARCHIVE);
        Part pictures = source.part("images/([^/]+/[^/]+)\\.jpg", ARCHIVE);
        Map<String, Settings> bySplit = new TreeMap<>();
        for (String split : List.of("train", "test")) {
            String file = split + ".json";
            bySplit.put(split, Settings.parseJson(lists.path(file).toString(), lists.text(file)));
        }
        List<String> classes = List.copyOf(new TreeSet<>(bySplit.values().stream().flatMap(s -> s.keys().stream()).toList()));
        PictureList list = new PictureList(source, classes);
        bySplit.forEach((split, json) -> {
            for (String name : json.keys()) {
                json.texts(name).forEach(id -> list.add(split, pictures, id, id + ".jpg", classes.indexOf(name)));
            }
        });
        return list.reader();
    }
}
