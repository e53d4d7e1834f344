package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.dense.InstanceJson;

/**
 * COCO (Lin et al. 2014): objects with boxes, masks and keypoints, from the zips as they were fetched ({@code train2017.zip},
 * {@code val2017.zip}, {@code annotations_trainval2017.zip}) or what they unpack to. The pictures of {@code val} become the split
 * {@code test}. A picture's objects are the member {@code json}, a {@link org.equirepro.vision.dense.PictureObjects}. Categories
 * are numbered anew without gaps, in the order of their ids, which the receipt lists. Objects wait on disk while the annotations
 * are read, so memory grows by some 200 bytes a picture and 16 an object.
 *
 * <p>Keys of the configuration: {@code year} (2014 or 2017), {@code annotations} ({@code instances} or {@code person_keypoints}),
 * {@code max_pictures} and {@code test_max_pictures}. Other sets in this layout: {@code train_annotations} and
 * {@code test_annotations} name the files instead.
 */
final class CocoReader {

    private static final Map<String, Integer> COUNTS_2014 = Map.of("train", 82_783, "test", 40_504);

    /** One annotation file and the pictures that it lists. */
    private record Annotations(String split, CocoFile file, Part pictures, String folder) {}

    private CocoReader() {}

    /** Takes the source over. */
    static Reader open(Source source) throws IOException {
        List<Annotations> all = annotations(source);
        List<CocoFile.Category> categories = all.get(0).file.categories();
        DenseReader reader = new DenseReader(source, categories.stream().map(CocoFile.Category::name).toList(), "json");
        boolean opened = false;
        try {
            for (Annotations one : all) {
                if (!one.file.categories().equals(categories)) {
                    throw UserError.badData(one.file.name(), "has other categories than the file for training");
                }
                add(one, source, reader);
            }
            opened = true;
        } finally {
            if (!opened) {
                reader.close();
            }
        }
        reader.fact("category_ids", categories.stream().map(c -> Long.toString(c.id())).collect(Collectors.joining(",")));
        return reader;
    }

    private static List<Annotations> annotations(Source source) {
        Settings config = source.config();
        int year = config.integer("year", 2017);
        String task = config.text("annotations", "instances");
        if (year != 2014 && year != 2017 || !task.matches("instances|person_keypoints")) {
            throw UserError.usage(config.source() + ": year must be 2014 or 2017, annotations instances or person_keypoints");
        }
        List<Annotations> all = new ArrayList<>();
        if (config.has("train_annotations") || config.has("test_annotations")) {
            Part pictures = source.part("(.*\\.(?:jpg|jpeg|png|JPG|JPEG|PNG))");
            for (String split : List.of("train", "test")) {
                if (config.has(split + "_annotations")) {
                    String name = config.text(split + "_annotations");
                    Part files = source.part("(" + java.util.regex.Pattern.quote(name) + ")");
                    all.add(new Annotations(split, open(files, name), pictures, ""));
                }
            }
            return all;
        }
        Published published = year == 2017 || source.subset() ? source.published() : source.published().with(COUNTS_2014);
        for (String split : List.of("train", "test")) {
            String folder = (split.equals("train") ? "train" : "val") + year;
            String name = task + "_" + folder + ".json";
            Part files = source.part("(" + name.replace(".", "\\.") + ")", "annotations_trainval" + year + "\\.zip");
            Part pictures = source.part("(" + folder + "/[^/]+\\.jpg)", folder + "\\.zip");
            CocoFile file = open(files, name);
            if (task.equals("instances")) { // the keypoint files list pictures with persons only
                published.requireCount(source.path(), split, "pictures", file.images().size());
            }
            all.add(new Annotations(split, file, pictures, folder + "/"));
        }
        return all;
    }

    private static CocoFile open(Part files, String name) {
        return CocoFile.open(files.path(name), () -> files.stream(name));
    }

    private static void add(Annotations one, Source source, DenseReader reader) throws IOException {
        Map<String, Integer> images = new TreeMap<>(); // by key
        Map<String, String> ends = one.folder.isEmpty() ? ends(one.pictures) : Map.of();
        UnaryOperator<String> place = key -> ends.getOrDefault(key, key);
        int missing = 0;
        Path firstMissing = null;
        for (int i = 0; i < one.file.images().size(); i++) {
            String key = one.folder + one.file.images().get(i).file();
            if (images.put(key, i) != null) {
                throw UserError.badData(one.file.name(), "lists the picture " + key + " twice");
            }
            if (!one.pictures.has(place.apply(key)) && missing++ == 0) {
                firstMissing = one.pictures.path(key);
            }
        }
        if (missing > 0) {
            throw UserError.missing(firstMissing, "no such picture, and " + (missing - 1) + " more of the " + images.size() + " that "
                    + one.file.name().getFileName() + " lists are missing");
        }
        ObjectSpool objects = new ObjectSpool(source.spoolFolder().resolve(".objects-" + one.split + ".spool"));
        reader.keep(objects);
        one.file.annotations((image, object) -> objects.add(image,
                InstanceJson.write(object).toString().getBytes(StandardCharsets.UTF_8)));
        objects.finish(one.file.images().size());
        reader.fact(one.split + " objects", Integer.toString(objects.size()));
        images.entrySet().stream().limit(DenseReader.most(source.config(), one.split)).forEach(image -> reader.add(image.getKey(),
                one.split, () -> one.pictures.read(place.apply(image.getKey())),
                () -> json(one.file.images().get(image.getValue()), objects.list(image.getValue()))));
    }

    /** The files' names in the part by every end of them: other sets may list pictures by a part of their path. */
    private static Map<String, String> ends(Part pictures) {
        Map<String, String> ends = new HashMap<>();
        for (String name : pictures.names()) {
            for (int at = 0; at >= 0; at = name.indexOf('/', at) + 1) {
                ends.putIfAbsent(name.substring(at), name);
                if (name.indexOf('/', at) < 0) {
                    break;
                }
            }
        }
        return ends;
    }

    private static byte[] json(CocoFile.Image about, String objects) {
        return ("{\"image_id\":" + about.id() + ",\"width\":" + about.width() + ",\"height\":" + about.height() + ",\"objects\":"
                + objects + "}").getBytes(StandardCharsets.UTF_8);
    }
}
