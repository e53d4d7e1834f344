package org.equirepro.evaluation.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.CocoAnnotation;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.InstanceJson;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.dense.Segmentation;

/**
 * Result files of COCO, which any other evaluation reads, too: a list of objects with {@code image_id}, {@code category_id},
 * {@code score} and what was found, {@code bbox}, {@code segmentation} or {@code keypoints}.
 */
public final class CocoResults {

    private static final ObjectMapper JSON = new ObjectMapper();

    private CocoResults() {}

    /**
     * Reads a result file.
     *
     * @param truth whose pictures the detections are of; masks must have their sizes
     * @throws UserError if the file is not there or damaged, or a detection is of no picture of {@code truth}
     */
    public static List<Detection> read(Path file, CocoTruth truth) {
        if (!Files.isRegularFile(file)) {
            throw UserError.missing(file, "no such file of results");
        }
        Map<Long, PictureObjects> pictures = truth.byId();
        List<Detection> detections = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw UserError.badData(file, "is not a result file of COCO: no JSON list");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                try {
                    detections.add(detection(JSON.readTree(parser), pictures));
                } catch (IllegalArgumentException e) {
                    throw UserError.badData(file, "detection " + detections.size() + " (from 0): " + e.getMessage(), e);
                }
            }
        } catch (JsonProcessingException e) {
            throw UserError.badData(file, "damaged or truncated JSON (" + e.getOriginalMessage() + "); write it again", e);
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
        return detections;
    }

    private static Detection detection(JsonNode node, Map<Long, PictureObjects> pictures) {
        long image = CocoAnnotation.whole(node, "image_id");
        PictureObjects picture = pictures.get(image);
        if (picture == null) {
            throw new IllegalArgumentException("its image " + image + " is not among the annotated ones");
        }
        Optional<Segmentation> mask = CocoAnnotation.mask(node.path("segmentation"), picture.height(), picture.width());
        double[] keypoints = node.has("keypoints") ? CocoAnnotation.numbers(node.path("keypoints"), "keypoints") : new double[0];
        return new Detection(image, CocoAnnotation.whole(node, "category_id"), CocoAnnotation.finite(node.path("score"), "score"),
                box(node.path("bbox")), mask, keypoints);
    }

    private static Optional<BoundingBox> box(JsonNode node) {
        if (node.isMissingNode() || node.isEmpty()) {
            return Optional.empty();
        }
        double[] v = CocoAnnotation.numbers(node, "bbox");
        if (v.length != 4) {
            throw new IllegalArgumentException("bbox has " + v.length + " numbers, not 4");
        }
        return Optional.of(new BoundingBox(v[0], v[1], v[2], v[3]));
    }

    /** Writes a result file. */
    public static void write(Path file, List<Detection> detections) {
        AtomicFiles.write(file, out -> {
            try (JsonGenerator json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
                json.writeStartArray();
                for (Detection detection : detections) {
                    JSON.writeTree(json, node(detection));
                }
                json.writeEndArray();
            }
        });
    }

    /** A detection as a line of JSON, to be {@link #parse parsed} again. */
    public static String line(Detection detection) {
        return Settings.canonical(node(detection));
    }

    /**
     * Detections from their lines.
     *
     * @param truth as for {@link #read}
     * @throws IllegalArgumentException for a line that {@link #line} has not made, or of other pictures
     */
    public static List<Detection> parse(List<String> lines, CocoTruth truth) {
        Map<Long, PictureObjects> pictures = truth.byId();
        return lines.stream().map(line -> {
            try {
                return detection(JSON.readTree(line), pictures);
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("no detection: " + line, e);
            }
        }).toList();
    }

    private static ObjectNode node(Detection detection) {
        ObjectNode node = Settings.object().put("image_id", detection.image()).put("category_id", detection.category());
        detection.box().ifPresent(box -> InstanceJson.put(node.putArray("bbox"), box));
        detection.mask().ifPresent(mask -> InstanceJson.put(node, mask));
        if (detection.keypoints().length > 0) {
            InstanceJson.put(node.putArray("keypoints"), detection.keypoints());
        }
        return node.put("score", detection.score());
    }
}
