package org.equirepro.evaluation.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Rle;

/** COCO's result files: a JSON list of detections, as its server and other tools take them. */
public final class CocoResults {

    private static final ObjectMapper JSON = new ObjectMapper();

    private CocoResults() {}

    /**
     * Reads a result file. Where a detection gives a box, its area is that of the box; else that of the mask or of the points'
     * extent, as COCO's own reader has it.
     *
     * @throws UserError (bad data) naming the file and the detection
     */
    public static List<Detection> read(Path file) {
        List<Detection> all = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw UserError.badData(file, "is not a list of detections");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                all.add(detection(JSON.readTree(parser)));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw UserError.badData(file, "detection " + all.size() + " cannot be read: " + e.getMessage(), e);
        }
        return all;
    }

    private static Detection detection(JsonNode node) {
        long image = node.path("image_id").asLong();
        long category = node.path("category_id").asLong();
        double score = node.path("score").asDouble();
        Optional<Rle> mask = Optional.empty();
        if (node.path("segmentation").isObject()) {
            JsonNode runs = node.get("segmentation");
            mask = Optional.of(Rle.parse(runs.path("size").path(0).asInt(), runs.path("size").path(1).asInt(),
                    runs.path("counts").asText()));
        }
        double[] keypoints = numbers(node.path("keypoints"));
        double[] box = numbers(node.path("bbox"));
        if (box.length == 4) {
            BoundingBox given = new BoundingBox(box[0], box[1], box[2], box[3]);
            return new Detection(image, category, score, given, given.area(), mask, keypoints);
        }
        if (mask.isPresent()) {
            return Detection.of(image, category, score, mask.get());
        }
        if (keypoints.length == 0 || keypoints.length % 3 != 0) {
            throw new IllegalArgumentException("it has neither bbox nor segmentation nor keypoints");
        }
        return Detection.of(image, category, score, keypoints);
    }

    private static double[] numbers(JsonNode list) {
        double[] values = new double[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i).asDouble();
        }
        return values;
    }

    /** Writes detections as a result file. */
    public static void write(Path file, List<Detection> detections) {
        ArrayNode list = JSON.createArrayNode();
        for (Detection d : detections) {
            ObjectNode node = list.addObject().put("image_id", d.imageId()).put("category_id", d.category());
            ArrayNode box = node.putArray("bbox");
            box.add(d.box().x()).add(d.box().y()).add(d.box().width()).add(d.box().height());
            d.mask().ifPresent(mask -> {
                ObjectNode runs = Settings.object();
                runs.putArray("size").add(mask.height()).add(mask.width());
                runs.put("counts", mask.text());
                node.set("segmentation", runs);
            });
            if (d.keypoints().length > 0) {
                ArrayNode points = node.putArray("keypoints");
                for (double v : d.keypoints()) {
                    points.add(v);
                }
            }
            node.put("score", d.score());
        }
        AtomicFiles.write(file, out -> JSON.writer().without(JsonGenerator.Feature.AUTO_CLOSE_TARGET).writeValue(out, list));
    }
}
