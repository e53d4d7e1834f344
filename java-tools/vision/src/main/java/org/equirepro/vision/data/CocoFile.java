package org.equirepro.vision.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;
import org.equirepro.vision.dense.Instance;

/**
 * An annotation file of COCO: {@code images}, {@code categories} and {@code annotations}, in any order, {@code info} and
 * {@code licenses} not looked at. It is streamed: opening keeps pictures and categories, every pass over the annotations holds one
 * of them at a time.
 */
public final class CocoFile {

    /** A picture; {@code file} is its name in the folder of its split. */
    public record Image(long id, String file, int width, int height) {}

    /** A class; {@code keypoints} names its points and is empty where it has none. */
    public record Category(long id, String name, List<String> keypoints) {}

    /** Opens the file's bytes anew for a pass. */
    @FunctionalInterface
    public interface Bytes {
        InputStream open() throws IOException;
    }

    /** Receives the annotations in the order of the file; {@code image} is an index into {@link CocoFile#images()}. */
    @FunctionalInterface
    public interface Annotations {
        void annotation(int image, Instance object) throws IOException;
    }

    private interface Elements {
        void element(JsonNode node) throws IOException;
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path name;
    private final Bytes bytes;
    private final List<Image> images = new ArrayList<>();
    private final List<Category> categories = new ArrayList<>();
    private final Map<Long, Integer> imageIndex = new HashMap<>();
    private final Map<Long, Integer> labels = new HashMap<>();

    private CocoFile(Path name, Bytes bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /**
     * Reads pictures and categories.
     *
     * @param name for errors
     * @throws UserError (bad data) for damaged JSON, and for pictures or categories that are missing, twice or incomplete
     */
    public static CocoFile open(Path name, Bytes bytes) {
        CocoFile file = new CocoFile(name, bytes);
        file.pass(Map.of("images", file::image, "categories", file::category));
        if (file.images.isEmpty() || file.categories.isEmpty()) {
            throw UserError.badData(name, "lists no " + (file.images.isEmpty() ? "images" : "categories")
                    + "; it must be a COCO annotation file");
        }
        file.categories.sort(Comparator.comparingLong(Category::id));
        for (int label = 0; label < file.categories.size(); label++) {
            if (file.labels.put(file.categories.get(label).id, label) != null) {
                throw UserError.badData(name, "category " + file.categories.get(label).id + " is listed twice");
            }
        }
        return file;
    }

    /** How errors name the file. */
    public Path name() {
        return name;
    }

    /** The pictures in the order of the file. */
    public List<Image> images() {
        return images;
    }

    /** The classes by ascending id; an object's label is an index into this list. */
    public List<Category> categories() {
        return categories;
    }

    /** One pass over the annotations. */
    public void annotations(Annotations receiver) {
        pass(Map.of("annotations", node -> {
            long id = node.path("id").asLong(-1);
            try {
                long imageId = CocoAnnotation.whole(node, "image_id");
                Integer image = imageIndex.get(imageId);
                Integer label = labels.get(CocoAnnotation.whole(node, "category_id"));
                if (image == null || label == null) {
                    throw new IllegalArgumentException(image == null ? "its image " + imageId + " is not listed"
                            : "its category " + node.path("category_id").asLong() + " is not listed");
                }
                Image size = images.get(image);
                int points = categories.get(label).keypoints.size();
                receiver.annotation(image, CocoAnnotation.instance(node, label, points, size.height, size.width));
            } catch (IllegalArgumentException e) {
                throw UserError.badData(name, "annotation " + id + ": " + e.getMessage(), e);
            }
        }));
    }

    private void image(JsonNode node) {
        try {
            long id = CocoAnnotation.whole(node, "id");
            Image image = new Image(id, node.path("file_name").asText(), Math.toIntExact(CocoAnnotation.whole(node, "width")),
                    Math.toIntExact(CocoAnnotation.whole(node, "height")));
            boolean fits = image.width > 0 && image.height > 0 && (long) image.width * image.height < 1L << 28;
            if (image.file.isEmpty() || !fits) {
                throw new IllegalArgumentException(fits ? "it has no file_name" : "its size is " + image.width + " x " + image.height);
            }
            if (imageIndex.put(id, images.size()) != null) {
                throw new IllegalArgumentException("it is listed twice");
            }
            images.add(image);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw UserError.badData(name, "image " + node.path("id").asText() + ": " + e.getMessage(), e);
        }
    }

    private void category(JsonNode node) {
        List<String> keypoints = new ArrayList<>();
        node.path("keypoints").forEach(point -> keypoints.add(point.asText()));
        try {
            categories.add(new Category(CocoAnnotation.whole(node, "id"), node.path("name").asText(), List.copyOf(keypoints)));
        } catch (IllegalArgumentException e) {
            throw UserError.badData(name, "a category: " + e.getMessage(), e);
        }
    }

    /** Streams the file and hands the elements of the named top-level lists over, one at a time. */
    private void pass(Map<String, Elements> lists) {
        try (InputStream in = bytes.open(); JsonParser parser = new JsonFactory().createParser(in)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw UserError.badData(name, "is not a COCO annotation file: no JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                Elements elements = lists.get(parser.currentName());
                parser.nextToken();
                if (elements == null) {
                    parser.skipChildren();
                    continue;
                }
                if (parser.currentToken() != JsonToken.START_ARRAY) {
                    throw UserError.badData(name, parser.currentName() + " is not a list");
                }
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.element(JSON.readTree(parser));
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw UserError.badData(name, "damaged or truncated JSON; fetch it again");
            }
        } catch (JsonProcessingException e) {
            throw UserError.badData(name, "damaged or truncated JSON in line " + (e.getLocation() == null ? "?"
                    : e.getLocation().getLineNr()) + " (" + e.getOriginalMessage() + "); fetch it again", e);
        } catch (IOException e) {
            throw UserError.badData(name, "cannot be read: " + e.getMessage(), e);
        }
    }
}
