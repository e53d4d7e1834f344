package org.equirepro.vision.render;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.InstanceJson;
import org.equirepro.vision.dense.KeypointLayout;
import org.equirepro.vision.dense.PictureObjects;

/**
 * COCO 2017: {@code train2017/}, {@code val2017/}, and in {@code annotations/} {@code instances_SPLIT2017.json} and, where scenes have
 * persons, {@code person_keypoints_SPLIT2017.json}. Masks are runs in COCO's compressed text, which are exact, where COCO itself has
 * outlines for all but crowds.
 */
final class CocoLayout implements SceneLayout<Map<SceneAnnotations, PictureObjects>> {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** One annotation file being written: annotations first, in the order of the pictures, then what is small. */
    private final class AnnotationFile {

        private final SceneAnnotations annotations;
        private final JsonGenerator out;
        private final ArrayNode images = JSON.createArrayNode();

        AnnotationFile(SceneAnnotations annotations, String split) throws IOException {
            this.annotations = annotations;
            Path file = root.resolve("annotations").resolve(annotations.word() + "_" + folder(split) + ".json");
            Files.createDirectories(file.getParent());
            BufferedWriter writer = Files.newBufferedWriter(file);
            this.out = JSON.getFactory().createGenerator(writer);
            out.writeStartObject();
            out.writeFieldName("annotations");
            out.writeStartArray();
        }

        void add(PictureObjects picture, String name) throws IOException {
            images.addObject().put("id", picture.imageId()).put("file_name", name).put("width", picture.width())
                    .put("height", picture.height());
            for (Instance object : picture.objects()) {
                ObjectNode node = InstanceJson.write(object).put("image_id", picture.imageId())
                        .put("iscrowd", object.crowd() ? 1 : 0);
                node.remove("label"); // a number of ours
                if (object.keypoints().length > 0) {
                    node.put("num_keypoints", object.labelledKeypoints());
                }
                JSON.writeTree(out, node);
            }
        }

        void finish() throws IOException {
            out.writeEndArray();
            out.writeFieldName("images");
            JSON.writeTree(out, images);
            ArrayNode list = JSON.createArrayNode();
            plan.annotated(annotations).forEach(category -> describe(list.addObject(), category));
            out.writeFieldName("categories");
            JSON.writeTree(out, list);
            out.writeFieldName("info");
            JSON.writeTree(out, Settings.object().put("description", "scenes drawn by equirepro, seed " + plan.seed()));
            out.writeEndObject();
            out.close();
        }

        private void describe(ObjectNode node, ScenePlan.Category category) {
            node.put("id", category.id()).put("name", category.name())
                    .put("supercategory", category.solid() == null ? "person" : "solid");
            if (annotations == SceneAnnotations.PERSON_KEYPOINTS) {
                KeypointLayout.COCO_PERSON.names().forEach(node.putArray("keypoints")::add);
                ArrayNode skeleton = node.putArray("skeleton");
                for (int[] bone : KeypointLayout.COCO_PERSON.bones()) {
                    skeleton.addArray().add(bone[0] + 1).add(bone[1] + 1);
                }
            }
        }
    }

    private final ScenePlan plan;
    private final Path root;
    private final SceneObjects objects;
    private final List<SceneAnnotations> kinds;
    private final Map<String, AnnotationFile> files = new HashMap<>();

    CocoLayout(ScenePlan plan, Path root) throws IOException {
        this.plan = plan;
        this.root = root;
        this.objects = new SceneObjects(plan);
        this.kinds = plan.persons()[1] > 0 ? List.of(SceneAnnotations.INSTANCES, SceneAnnotations.PERSON_KEYPOINTS)
                : List.of(SceneAnnotations.INSTANCES);
        for (SceneAnnotations kind : kinds) {
            for (String split : List.of("train", "test")) {
                files.put(kind + split, new AnnotationFile(kind, split));
            }
        }
    }

    private static String folder(String split) {
        return split.equals("train") ? "train2017" : "val2017";
    }

    @Override
    public Map<SceneAnnotations, PictureObjects> files(String split, int index, DrawnScene scene, byte[] jpeg) throws IOException {
        SceneLayout.write(root.resolve(SceneReader.key(SceneAnnotations.INSTANCES, split, index)), jpeg);
        Map<SceneAnnotations, PictureObjects> all = new HashMap<>();
        kinds.forEach(kind -> all.put(kind, objects.of(scene, kind, split, index)));
        return all;
    }

    @Override
    public void list(String split, int index, Map<SceneAnnotations, PictureObjects> row) throws IOException {
        String key = SceneReader.key(SceneAnnotations.INSTANCES, split, index);
        for (SceneAnnotations kind : kinds) {
            files.get(kind + split).add(row.get(kind), key.substring(key.indexOf('/') + 1));
        }
    }

    @Override
    public void finish() throws IOException {
        for (AnnotationFile file : files.values()) {
            file.finish();
        }
    }
}
