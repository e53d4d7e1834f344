package org.equirepro.vision.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.equirepro.base.UserError;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.KeypointLayout;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.image.PictureDecoder;

/**
 * MPII Human Pose (Andriluka et al. 2014) with the split for training and validation that everyone reports on: the pictures
 * ({@code mpii_human_pose_v1.tar.gz} or its folder {@code images}) and its two lists as JSON, {@code mpii_train.json} and
 * {@code mpii_val.json}, or {@code annot/train.json} and {@code annot/valid.json}. Validation becomes the split {@code test}. A
 * row of a list is one person: {@code image}, {@code center}, {@code scale} (height over 200 pixels), {@code joints} and
 * {@code joints_vis}, with pixels counted from 1; in the member {@code json} they count from 0, and a joint is visible (2) or not
 * given (0). The box is the square of 200 times the scale about the centre. Boxes of the heads, the measure of PCKh, come from
 * {@code mpii_gt_val.mat} or {@code annot/gt_valid.mat} where it is there.
 *
 * <p>Keys of the configuration: {@code max_pictures}, {@code test_max_pictures}.
 */
final class MpiiReader {

    private static final int JOINTS = KeypointLayout.MPII_PERSON.names().size();
    private static final double SCALE = 200;

    private MpiiReader() {}

    /** Takes the source over. */
    static Reader open(Source source) throws IOException {
        Part pictures = source.part("images/([^/]+\\.jpg)", "mpii_human_pose_v1\\.tar\\.gz");
        Part lists = source.part("((?:mpii_|annot/)(?:train|val|valid)\\.json)", "mpii_annotations\\.tar");
        Part heads = source.optional("((?:mpii_gt_val|annot/gt_valid)\\.mat)", "mpii_annotations\\.tar");
        DenseReader reader = new DenseReader(source, List.of("person"), "json");
        for (String split : List.of("train", "test")) {
            List<String> names = split.equals("train") ? List.of("mpii_train.json", "annot/train.json")
                    : List.of("mpii_val.json", "annot/valid.json");
            String list = names.stream().filter(lists::has).findFirst().orElseThrow(() -> UserError.missing(
                    source.path().resolve(names.get(0)), "no such file, nor " + names.get(1) + "; get it from "
                            + Published.of("mpii").page()));
            JsonNode rows = rows(lists, list);
            source.published().requireCount(source.path(), split, "persons", rows.size());
            double[] boxes = split.equals("test") && !heads.names().isEmpty() ? heads(heads, rows.size()) : new double[0];
            Map<String, List<Instance>> persons = persons(lists.path(list), rows, boxes);
            for (String image : persons.keySet()) {
                if (!pictures.has(image)) {
                    throw UserError.missing(pictures.path("images/" + image), "no such picture, but " + lists.path(list)
                            + " lists it");
                }
            }
            persons.entrySet().stream().limit(DenseReader.most(source.config(), split)).forEach(picture -> reader.add(
                    picture.getKey(), split, () -> pictures.read(picture.getKey()),
                    () -> json(picture.getKey(), pictures.read(picture.getKey()), picture.getValue())));
            reader.fact(split + " objects", Integer.toString(rows.size()));
        }
        return reader;
    }

    private static JsonNode rows(Part lists, String list) {
        try {
            JsonNode rows = new ObjectMapper().readTree(lists.bytes(list));
            if (rows != null && rows.isArray()) {
                return rows;
            }
            throw UserError.badData(lists.path(list), "is not a list of persons");
        } catch (IOException e) {
            throw UserError.badData(lists.path(list), "damaged or truncated JSON (" + e.getMessage() + ")", e);
        }
    }

    /** Two corners by person, x0, y0, x1, y1, pixels counted from 1. */
    private static double[] heads(Part files, int persons) {
        String name = files.names().get(0);
        Path path = files.path(name);
        double[] boxes = Mat.read(path, files.bytes(name)).get("headboxes_src").doubles(); // [2 corners, x and y, persons] by column
        if (boxes.length != 4 * persons) {
            throw UserError.badData(path, "headboxes_src has " + boxes.length + " numbers for " + persons + " persons");
        }
        for (int i = 0; i < boxes.length; i += 4) {
            double y0 = boxes[i + 2];
            boxes[i + 2] = boxes[i + 1];
            boxes[i + 1] = y0;
        }
        return boxes;
    }

    /** By name of the picture; ids are the rows of the list. {@code heads} has four numbers a row, or none. */
    private static Map<String, List<Instance>> persons(Path list, JsonNode rows, double[] heads) {
        Map<String, List<Instance>> persons = new TreeMap<>();
        for (int row = 0; row < rows.size(); row++) {
            String image = rows.get(row).path("image").asText();
            if (image.isEmpty()) {
                throw UserError.badData(list, "row " + row + " names no image");
            }
            Optional<BoundingBox> head = heads.length == 0 ? Optional.empty() : Optional.of(new BoundingBox(heads[4 * row] - 1,
                    heads[4 * row + 1] - 1, heads[4 * row + 2] - heads[4 * row], heads[4 * row + 3] - heads[4 * row + 1]));
            persons.computeIfAbsent(image, i -> new ArrayList<>()).add(person(list, rows.get(row), row, head));
        }
        return persons;
    }

    private static Instance person(Path file, JsonNode node, int row, Optional<BoundingBox> head) {
        JsonNode joints = node.path("joints");
        JsonNode visible = node.path("joints_vis");
        if (joints.size() != JOINTS || visible.size() != JOINTS) {
            throw UserError.badData(file, "row " + row + " has " + joints.size() + " joints, not " + JOINTS);
        }
        double[] keypoints = new double[3 * JOINTS];
        for (int i = 0; i < JOINTS; i++) {
            if (visible.get(i).asDouble() > 0) {
                keypoints[3 * i] = number(file, row, joints.get(i).path(0)) - 1;
                keypoints[3 * i + 1] = number(file, row, joints.get(i).path(1)) - 1;
                keypoints[3 * i + 2] = 2;
            }
        }
        double side = SCALE * number(file, row, node.path("scale"));
        BoundingBox box = new BoundingBox(number(file, row, node.path("center").path(0)) - 1 - side / 2,
                number(file, row, node.path("center").path(1)) - 1 - side / 2, side, side);
        return new Instance(row, 0, 1, box, box.area(), false, false, Optional.empty(), keypoints, head);
    }

    private static double number(Path file, int row, JsonNode value) {
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw UserError.badData(file, "row " + row + ": joints, center and scale must be numbers");
        }
        return value.asDouble();
    }

    /** The lists do not say how large the pictures are; their headers do. */
    private static byte[] json(String name, byte[] picture, List<Instance> persons) {
        PictureDecoder.Size size = PictureDecoder.size(name, picture);
        return new PictureObjects(persons.get(0).id(), size.width(), size.height(), persons).toBytes();
    }
}
