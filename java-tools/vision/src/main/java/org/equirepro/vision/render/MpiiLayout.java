package org.equirepro.vision.render;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;

/**
 * MPII with its lists as JSON: {@code images/}, {@code mpii_train.json}, {@code mpii_val.json}, and {@code mpii_gt_val.mat} with the
 * boxes of the heads. Pixels are counted from 1 in these files. Persons are known by their rows there, so their ids are others than
 * those that {@link SceneReader} gives.
 */
final class MpiiLayout implements SceneLayout<PictureObjects> {

    /** A person's scale is the side of the box in so many pixels. */
    private static final double UNIT = 200;

    private final ObjectMapper json = new ObjectMapper();
    private final Path root;
    private final SceneObjects objects;
    private final Map<String, ArrayNode> rows = Map.of("train", json.createArrayNode(), "test", json.createArrayNode());
    private final List<BoundingBox> heads = new ArrayList<>();

    MpiiLayout(ScenePlan plan, Path root) {
        this.root = root;
        this.objects = new SceneObjects(plan);
    }

    @Override
    public PictureObjects files(String split, int index, DrawnScene scene, byte[] jpeg) throws IOException {
        SceneLayout.write(root.resolve("images").resolve(SceneReader.key(SceneAnnotations.MPII, split, index)), jpeg);
        return objects.of(scene, SceneAnnotations.MPII, split, index);
    }

    @Override
    public void list(String split, int index, PictureObjects picture) {
        for (Instance person : picture.objects()) {
            ObjectNode row = rows.get(split).addObject().put("image", SceneReader.key(SceneAnnotations.MPII, split, index))
                    .put("scale", person.box().width() / UNIT);
            row.putArray("center").add(person.box().x() + person.box().width() / 2 + 1)
                    .add(person.box().y() + person.box().height() / 2 + 1);
            ArrayNode joints = row.putArray("joints");
            ArrayNode visible = row.putArray("joints_vis");
            double[] points = person.keypoints();
            for (int i = 0; i < points.length; i += 3) {
                boolean given = points[i + 2] > 0;
                joints.addArray().add(given ? points[i] + 1 : 0).add(given ? points[i + 1] + 1 : 0);
                visible.add(given ? 1 : 0);
            }
            person.head().ifPresent(heads::add);
        }
    }

    @Override
    public void finish() throws IOException {
        Files.createDirectories(root);
        Files.write(root.resolve("mpii_train.json"), json.writeValueAsBytes(rows.get("train")));
        Files.write(root.resolve("mpii_val.json"), json.writeValueAsBytes(rows.get("test")));
        double[] corners = new double[4 * heads.size()]; // [2 corners, x and y, persons] by column
        for (int i = 0; i < heads.size(); i++) {
            BoundingBox head = heads.get(i);
            corners[4 * i] = head.x() + 1;
            corners[4 * i + 1] = head.x() + 1 + head.width();
            corners[4 * i + 2] = head.y() + 1;
            corners[4 * i + 3] = head.y() + 1 + head.height();
        }
        Files.write(root.resolve("mpii_gt_val.mat"), MatBytes.of("headboxes_src", corners, 2, 2, heads.size()));
    }
}
