package org.equirepro.vision.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.Polygons;
import org.equirepro.vision.dense.Rle;
import org.equirepro.vision.dense.Segmentation;

/**
 * One annotation of COCO as it stands in the file. Outlines of fewer than three points are dropped, as every user of COCO does;
 * what is missing follows from the rest: a box from the mask, an area from the mask or the box. All problems are
 * IllegalArgumentExceptions.
 */
public final class CocoAnnotation {

    private CocoAnnotation() {}

    /** {@code keypoints} is the number of points of the class; height and width are those of the picture. */
    static Instance instance(JsonNode node, int label, int keypoints, int height, int width) {
        Optional<Segmentation> mask = mask(node.path("segmentation"), height, width);
        BoundingBox box = box(node.path("bbox"), mask);
        boolean crowd = node.path("iscrowd").asInt() != 0;
        double area = node.has("area") ? finite(node.path("area"), "area")
                : mask.map(m -> (double) m.toRle(height, width).area()).orElse(box.area());
        return new Instance(node.path("id").asLong(), label, whole(node, "category_id"), box, area, crowd,
                node.path("ignore").asInt() != 0, mask, keypoints(node.path("keypoints"), keypoints), Optional.empty());
    }

    private static BoundingBox box(JsonNode node, Optional<Segmentation> mask) {
        if (node.isMissingNode() || node.isNull()) {
            return mask.map(Segmentation::bounds)
                    .orElseThrow(() -> new IllegalArgumentException("it has neither bbox nor segmentation"));
        }
        double[] v = numbers(node, "bbox");
        if (v.length != 4) {
            throw new IllegalArgumentException("bbox has " + v.length + " numbers, not 4");
        }
        return new BoundingBox(v[0], v[1], v[2], v[3]);
    }

    /** A {@code segmentation} in a picture of this size: a mask of runs, packed or not, or outlines; empty if all are degenerate. */
    public static Optional<Segmentation> mask(JsonNode node, int height, int width) {
        if (node.isObject()) {
            int[] size = wholes(node.path("size"));
            if (size.length != 2 || size[0] != height || size[1] != width) {
                throw new IllegalArgumentException("its mask is of " + node.path("size") + ", its picture of [" + height + "," + width
                        + "]");
            }
            JsonNode counts = node.path("counts");
            return Optional.of(counts.isTextual() ? Rle.parse(height, width, counts.asText())
                    : Rle.ofRuns(height, width, wholes(counts)));
        }
        List<double[]> parts = new ArrayList<>();
        for (JsonNode part : node) {
            double[] xy = numbers(part, "segmentation");
            if (xy.length % 2 != 0) {
                throw new IllegalArgumentException("an outline has " + xy.length + " numbers");
            }
            if (xy.length >= 6) {
                parts.add(xy);
            }
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(new Polygons(parts));
    }

    private static double[] keypoints(JsonNode node, int count) {
        if (node.isMissingNode() || node.isNull() || node.isEmpty()) {
            return new double[0];
        }
        double[] values = numbers(node, "keypoints");
        if (count > 0 && values.length != 3 * count || values.length % 3 != 0) {
            throw new IllegalArgumentException("keypoints has " + values.length + " numbers, not " + 3 * count);
        }
        return values;
    }

    /** A whole number that must be there. */
    public static long whole(JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(value.isMissingNode() ? "it has no " + key
                    : key + " is not a whole number: " + value.toString());
        }
        return value.asLong();
    }

    private static int[] wholes(JsonNode list) {
        int[] values = new int[list.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode value = list.get(i);
            if (!value.isIntegralNumber() || !value.canConvertToInt()) {
                throw new IllegalArgumentException("not a whole number in its mask: " + value);
            }
            values[i] = value.asInt();
        }
        return values;
    }

    /** A list of finite numbers; {@code key} names it in errors. */
    public static double[] numbers(JsonNode list, String key) {
        if (!list.isArray()) {
            throw new IllegalArgumentException(key + " is not a list of numbers");
        }
        double[] values = new double[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = finite(list.get(i), key);
        }
        return values;
    }

    /** A finite number; {@code key} names it in errors. */
    public static double finite(JsonNode value, String key) {
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw new IllegalArgumentException(key + " holds no number: " + value);
        }
        return value.asDouble();
    }
}
