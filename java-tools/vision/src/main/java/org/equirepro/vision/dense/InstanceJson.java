package org.equirepro.vision.dense;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.Settings;

/** An object as JSON, with the names that {@link PictureObjects} lists. */
public final class InstanceJson {

    private InstanceJson() {}

    public static ObjectNode write(Instance o) {
        ObjectNode node = Settings.object().put("id", o.id()).put("label", o.label()).put("category_id", o.category());
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
        return node;
    }

    /** Adds {@code segmentation} as COCO writes it. */
    public static void put(ObjectNode node, Segmentation mask) {
        if (mask instanceof Polygons polygons) {
            ArrayNode parts = node.putArray("segmentation");
            polygons.parts().forEach(part -> put(parts.addArray(), part));
        } else if (mask instanceof Rle rle) {
            ObjectNode runs = node.putObject("segmentation");
            runs.putArray("size").add(rle.height()).add(rle.width());
            runs.put("counts", rle.text());
        }
    }

    /** Adds x, y, width and height. */
    public static void put(ArrayNode array, BoundingBox box) {
        put(array, box.x(), box.y(), box.width(), box.height());
    }

    /** Adds numbers, whole ones without a point. */
    public static void put(ArrayNode array, double... values) {
        for (double value : values) {
            if (value == Math.rint(value) && Math.abs(value) < 1e9) {
                array.add((int) value); // most are whole, and shorter so
            } else {
                array.add(value);
            }
        }
    }

    /** @throws IllegalArgumentException for numbers that do not make an object */
    public static Instance read(JsonNode node) {
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
