package org.equirepro.vision.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.equirepro.base.UserError;

/**
 * iNaturalist 2018 (Van Horn et al., CVPR 2018): {@code train_val2018/GROUP/ID/HASH.jpg} and {@code train2018.json},
 * {@code val2018.json} with {@code images}, {@code annotations} and {@code categories} as in COCO. Labels are the category ids 0 to
 * 8141; val, the labelled test, is the split test.
 */
final class INaturalistReader {

    private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory());

    private INaturalistReader() {}

    static Reader open(Source source) {
        Part pictures = source.part("(train_val2018/[^/]+/[^/]+/[^/]+\\.jpg)", "train_val2018\\.tar\\.gz");
        Map<Integer, String> names = new TreeMap<>();
        Map<String, Map<String, Integer>> bySplit = new TreeMap<>();
        for (String split : new String[] {"train", "val"}) {
            Part list = source.part("(" + split + "2018\\.json)", split + "2018\\.json\\.tar\\.gz");
            bySplit.put(split, labels(list, split + "2018.json", names));
        }
        PictureList list = new PictureList(source, Labels.named(names));
        bySplit.forEach((split, labels) -> labels.forEach((file, label) -> list.add(split, pictures, file, file, label)));
        return list.reader();
    }

    /** Labels by the pictures' file names; also collects the names of the categories. */
    private static Map<String, Integer> labels(Part lists, String file, Map<Integer, String> names) {
        Map<Long, String> files = new HashMap<>();
        Map<Long, Integer> categories = new HashMap<>();
        each(lists, file, Map.of(
                "images", node -> files.put(node.path("id").asLong(), node.path("file_name").asText()),
                "annotations", node -> categories.put(node.path("image_id").asLong(), node.path("category_id").asInt(-1)),
                "categories", node -> names.put(node.path("id").asInt(), node.path("name").asText())));
        Map<String, Integer> labels = new TreeMap<>();
        files.forEach((id, name) -> {
            Integer label = categories.get(id);
            if (label == null) {
                throw UserError.badData(lists.path(file), "has no annotation of the picture " + name);
            }
            labels.put(name, label);
        });
        return labels;
    }

    /** Gives the elements of some lists of the outermost object one by one: the whole tree would take gigabytes. */
    private static void each(Part lists, String file, Map<String, Consumer<JsonNode>> receivers) {
        try (JsonParser parser = JSON.createParser(lists.bytes(file))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw UserError.badData(lists.path(file), "is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                Consumer<JsonNode> receiver = receivers.get(parser.currentName());
                if (parser.nextToken() == JsonToken.START_ARRAY && receiver != null) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        receiver.accept(parser.readValueAsTree());
                    }
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw UserError.badData(lists.path(file), "is not valid JSON (" + e.getMessage().lines().findFirst().orElse("") + ")", e);
        }
    }
}
