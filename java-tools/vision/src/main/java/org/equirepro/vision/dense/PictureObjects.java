package org.equirepro.vision.dense;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * What is known about one picture: its id in the set, its size and its objects. In a shard it is the member {@code json} beside
 * the picture, with COCO's names: {@code image_id}, {@code width}, {@code height}, and {@code objects}, each with {@code id},
 * {@code label}, {@code category_id}, {@code bbox} [x, y, width, height], {@code area}, and where they apply {@code iscrowd},
 * {@code ignore}, {@code segmentation} (polygons, or a mask with {@code size} and {@code counts}), {@code keypoints},
 * {@code head}.
 *
 * @param imageId the picture's id in the set
 * @param width in pixels
 * @param height in pixels
 * @param objects in the order of their ids
 */
public record PictureObjects(long imageId, int width, int height, List<Instance> objects) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public PictureObjects {
        objects = List.copyOf(objects);
    }

    /** The bytes of the member {@code json}. */
    public byte[] toBytes() {
        ObjectNode root = Settings.object().put("image_id", imageId).put("width", width).put("height", height);
        ArrayNode list = root.putArray("objects");
        for (Instance o : objects) {
            ObjectNode node = list.addObject().put("id", o.id()).put("label", o.label()).put("category_id", o.category());
            put(node.putArray("bbox"), o.box());
            node.put("area", o.area());
            if (o.crowd()) {
                node.put("iscrowd", 1);
            }
            if (o.ignore()) {
                node.put("ignore", 1);
            }
            o.mask().ifPresent(mask -> put(node, mask));
            if (o.keypoints().length > 0) {
                put(node.putArray("keypoints"), o.keypoints());
            }
            o.head().ifPresent(head -> put(node.putArray("head"), head));
        }
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void put(ObjectNode node, Segmentation mask) {
        if (mask instanceof Polygons polygons) {
            ArrayNode parts = node.putArray("segmentation");
            polygons.parts().forEach(part -> put(parts.addArray(), part));
        } else if (mask instanceof Rle rle) {
            ObjectNode runs = node.putObject("segmentation");
            runs.putArray("size").add(rle.height()).add(rle.width());
            runs.put("counts", rle.text());
        }
    }

    private static void put(ArrayNode array, BoundingBox box) {
        put(array, box.x(), box.y(), box.width(), box.height());
    }

    private static void put(ArrayNode array, double... values) {
        for (double value : values) {
            if (value == Math.rint(value) && Math.abs(value) < 1e9) {
                array.add((int) value); // most are whole, and shorter so
            } else {
                array.add(value);
            }
        }
    }

    /**
     * Reads the member {@code json}.
     *
     * @param name for errors: the picture's key
     * @throws UserError (bad data) naming the key and what is wrong
     */
    public static PictureObjects parse(String name, byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            List<Instance> objects = new ArrayList<>();
            for (JsonNode node : root.path("objects")) {
                objects.add(instance(node));
            }
            return new PictureObjects(root.path("image_id").asLong(), root.path("width").asInt(), root.path("height").asInt(),
                    objects);
        } catch (IOException | IllegalArgumentException e) {
            throw UserError.badData(Path.of(name), "its annotation is damaged (" + e.getMessage() + ")", e);
        }
    }

    private static Instance instance(JsonNode node) {
        return new Instance(node.path("id").asLong(), node.path("label").asInt(), node.path("category_id").asLong(),
                box(node.path("bbox")), node.path("area").asDouble(), node.path("iscrowd").asInt() != 0,
                node.path("ignore").asInt() != 0, mask(node.path("segmentation")), numbers(node.path("keypoints")),
                node.has("head") ? Optional.of(box(node.path("head"))) : Optional.empty());
    }

    private static BoundingBox box(JsonNode node) {
        double[] v = numbers(node);
        if (v.length != 4) {
            throw new IllegalArgumentException("a box of " + v.length + " numbers");
        }
        return new BoundingBox(v[0], v[1], v[2], v[3]);
    }

    private static Optional<Segmentation> mask(JsonNode node) {
        if (node.isObject()) {
            return Optional.of(Rle.parse(node.path("size").path(0).asInt(), node.path("size").path(1).asInt(),
                    node.path("counts").asText()));
        }
        List<double[]> parts = new ArrayList<>();
        node.forEach(part -> parts.add(numbers(part)));
        return parts.isEmpty() ? Optional.empty() : Optional.of(new Polygons(parts));
    }

    private static double[] numbers(JsonNode node) {
        double[] values = new double[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.path(i).asDouble();
        }
        return values;
    }
}
