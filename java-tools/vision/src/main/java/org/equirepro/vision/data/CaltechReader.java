package org.equirepro.vision.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Caltech-101 (Fei-Fei et al. 2004): {@code 101_ObjectCategories/CLASS/image_NNNN.jpg}, from {@code 101_ObjectCategories.tar.gz} or
 * from {@code caltech-101.zip}, which holds the former. The authors publish no split; the usual one is drawn here: 30 pictures of
 * each class for training, all others for testing. Classes are sorted by name; BACKGROUND_Google is the first of 102, as in
 * VTAB (Zhai et al. 2019).
 *
 * <p>Keys of the configuration: {@code train_per_class} (30; a class that is smaller keeps one for testing), {@code split_seed}
 * (0), {@code background} (true; false leaves BACKGROUND_Google out).
 */
final class CaltechReader {

    private static final String BACKGROUND = "BACKGROUND_Google";
    private static final int PICTURES = 9144;
    private static final int BACKGROUND_PICTURES = 467;

    private CaltechReader() {}

    static Reader open(Source source) {
        Settings config = source.config();
        int train = config.integer("train_per_class", 30);
        if (train < 1) {
            throw UserError.usage(config.source() + ": train_per_class must be at least 1");
        }
        boolean background = config.flag("background", true);
        Part pictures = source.part("[0-9]+_ObjectCategories/([^/]+/image_[0-9]+)\\.jpg", "caltech-101\\.zip",
                "101_ObjectCategories\\.tar\\.gz");
        Map<String, List<String>> byClass = new TreeMap<>();
        for (String name : pictures.names()) {
            String folder = name.substring(0, name.indexOf('/'));
            if (background || !folder.equals(BACKGROUND)) {
                byClass.computeIfAbsent(folder, f -> new ArrayList<>()).add(name);
            }
        }
        List<String> classes = List.copyOf(byClass.keySet());
        if (!source.subset()) {
            source.published().withClasses(background ? 102 : 101).requireClasses(source.path(), classes.size());
        }
        PictureList list = new PictureList(source, classes);
        int trained = 0;
        for (Map.Entry<String, List<String>> one : byClass.entrySet()) {
            List<String> names = one.getValue();
            int tests = Math.max(names.size() - train, 1);
            trained += names.size() - tests;
            PictureList.drawn(config, one.getKey(), names, tests).forEach((name, split) ->
                    list.add(split, pictures, name, name + ".jpg", classes.indexOf(one.getKey())));
        }
        int all = background ? PICTURES : PICTURES - BACKGROUND_PICTURES;
        return list.expecting(Map.of("train", trained, "test", all - trained)).reader();
    }
}
