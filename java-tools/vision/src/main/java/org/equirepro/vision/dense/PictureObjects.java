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
        objects.forEach(object -> list.add(InstanceJson.write(object)));
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
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
                objects.add(InstanceJson.read(node));
            }
            return new PictureObjects(root.path("image_id").asLong(), root.path("width").asInt(), root.path("height").asInt(),
                    objects);
        } catch (IOException | IllegalArgumentException e) {
            throw UserError.badData(Path.of(name), "its annotation is damaged (" + e.getMessage() + ")", e);
        }
    }
}
