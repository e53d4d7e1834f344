package org.equirepro.evaluation.detection;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.equirepro.base.Settings;
import org.equirepro.vision.data.Preparation;

/**
 * A few pictures in COCO's layout with bright rectangles, all that is odd among them. Category 3 has 17
 * keypoints in a row over its rectangle, category 7 has none.
 */
public final class TinyCoco {

    public static final int SIDE = 64;
    private static final int POINTS = 17;

    private TinyCoco() {}

    /** Shards whose training pictures are the test pictures: four plain ones, and where asked for four odd ones. */
    public static Path shards(Path folder, boolean odd) throws IOException {
        Path source = folder.resolve("source");
        ObjectNode root = Settings.object();
        ArrayNode categories = root.putArray("categories");
        categories.addObject().put("id", 3).put("name", "person");
        categories.addObject().put("id", 7).put("name", "thing");
        ArrayNode images = root.putArray("images");
        ArrayNode annotations = root.putArray("annotations");
        for (int i = 0; i < (odd ? 8 : 4); i++) {
            images.addObject().put("id", 100 + i).put("file_name", i + ".png").put("width", 60).put("height", 50);
            BufferedImage picture = new BufferedImage(60, 50, BufferedImage.TYPE_INT_RGB);
            if (i < 4) {
                rectangle(picture, annotations, 3, 100 + i, 4 + 5 * i, 5, 20, 22);
                rectangle(picture, annotations, 7, 100 + i, 30, 30 - 4 * i, 26, 14);
            }
            if (i == 5) { // a crowd, and another person before it
                rectangle(picture, annotations, 3, 105, 5, 5, 50, 20).put("iscrowd", 1);
                rectangle(picture, annotations, 3, 105, 10, 25, 20, 22);
            }
            if (i == 6) { // outlines that enclose nothing, boxes without width, and no visible keypoint
                rectangle(picture, annotations, 7, 106, 20, 20, 0, 10);
                ObjectNode line = rectangle(picture, annotations, 7, 106, 5, 5, 20, 20);
                line.putArray("segmentation").addArray().add(5).add(5).add(25).add(5);
                ObjectNode hidden = rectangle(picture, annotations, 3, 106, 25, 25, 20, 20);
                hidden.put("num_keypoints", 0);
                ArrayNode keypoints = hidden.putArray("keypoints");
                for (int k = 0; k < 3 * POINTS; k++) {
                    keypoints.add(0);
                }
            }
            if (i == 7) { // partly outside of the picture
                rectangle(picture, annotations, 7, 107, 50, 40, 30, 30);
            }
            Files.createDirectories(source.resolve("pictures"));
            ImageIO.write(picture, "png", source.resolve("pictures/" + i + ".png").toFile());
        }
        Files.write(source.resolve("objects.json"), Settings.pretty(root));
        return prepared(source, "objects.json", folder.resolve("tiny"));
    }

    /** Pictures that are training and test pictures alike. */
    public static Path prepared(Path source, String annotations, Path shards) {
        Preparation.run(Settings.parseJson("tiny", "{\"dataset\": \"tiny\", \"kind\": \"coco\", \"train_annotations\": \"" + annotations
                + "\", \"test_annotations\": \"" + annotations + "\"}"), source, shards);
        return shards;
    }

    private static ObjectNode rectangle(BufferedImage picture, ArrayNode annotations, int category, int image, int x, int y, int w, int h) {
        for (int py = y; py < Math.min(y + h, picture.getHeight()); py++) {
            for (int px = x; px < Math.min(x + w, picture.getWidth()); px++) {
                picture.setRGB(px, py, category == 3 ? 0xFFFFFF : 0xFF2010);
            }
        }
        ObjectNode object = annotations.addObject().put("id", annotations.size()).put("image_id", image).put("category_id", category)
                .put("area", w * h).put("iscrowd", 0);
        object.putArray("bbox").add(x).add(y).add(w).add(h);
        object.putArray("segmentation").addArray().add(x).add(y).add(x + w).add(y).add(x + w).add(y + h).add(x).add(y + h);
        if (category == 3) {
            ArrayNode keypoints = object.put("num_keypoints", POINTS).putArray("keypoints");
            for (int k = 0; k < POINTS; k++) {
                keypoints.add(x + k * (w - 1) / POINTS).add(y + (k % 3) * (h - 1) / 3).add(2);
            }
        }
        return object;
    }
}
