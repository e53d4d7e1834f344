package org.equirepro.vision;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;

/** Writers of small dense data sets in the layouts in which the real ones are published. */
public final class DenseData {

    public static final int WIDTH = 24;
    public static final int HEIGHT = 16;

    private DenseData() {}

    public static byte[] zip(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    public static byte[] picture(long seed) {
        return PictureDecoder.png(TestData.noise(WIDTH, HEIGHT, seed));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * COCO of one year with 80 in place of 80 categories: ids 1, 3 and 90. Training pictures 9, 25 and 30, the last without
     * objects; validation picture 139. Annotations stand before images, as some tools write them, and licenses are missing.
     */
    public static Map<String, byte[]> coco(int year) {
        Map<String, byte[]> files = new TreeMap<>();
        for (String task : List.of("instances", "person_keypoints")) {
            boolean points = task.equals("person_keypoints");
            files.put("annotations/" + task + "_train" + year + ".json", utf8(cocoJson(year, List.of(25, 9, 30), List.of(
                    annotation(7, 25, 90, "[[2,2,10,2,10,9,2,9]]", 0, points), annotation(3, 9, 1, "[[1,1,2,2]]", 0, points),
                    annotation(5, 25, 1, "{\"size\":[16,24],\"counts\":[20,30,334]}", 1, points),
                    annotation(6, 25, 3, "[[3,3,8,3,8,8],[10,10,15,10,15,15],[1,1]]", 0, points)), points)));
            files.put("annotations/" + task + "_val" + year + ".json", utf8(cocoJson(year, List.of(139),
                    List.of(annotation(11, 139, 3, "{\"size\":[16,24],\"counts\":\"0P<\"}", 1, points)), points)));
        }
        for (int id : new int[] {9, 25, 30}) {
            files.put("train" + year + "/" + name(id), picture(id));
        }
        files.put("val" + year + "/" + name(139), picture(139));
        return files;
    }

    private static String name(int id) {
        return String.format("%012d.jpg", id);
    }

    private static String annotation(int id, int image, int category, String mask, int crowd, boolean points) {
        String keypoints = points ? ",\"num_keypoints\":2,\"keypoints\":[3,4,2,5,6,1,0,0,0]" : "";
        return "{\"segmentation\":" + mask + ",\"area\":30.5,\"iscrowd\":" + crowd + ",\"image_id\":" + image
                + ",\"bbox\":[2.5,3,7,8.25],\"category_id\":" + category + ",\"id\":" + id + keypoints + "}";
    }

    private static String cocoJson(int year, List<Integer> images, List<String> annotations, boolean points) {
        List<String> rows = new ArrayList<>();
        for (int id : images) {
            rows.add("{\"license\":4,\"file_name\":\"" + name(id) + "\",\"height\":" + HEIGHT + ",\"width\":" + WIDTH + ",\"id\":"
                    + id + "}");
        }
        String keypoints = points ? ",\"keypoints\":[\"nose\",\"left_eye\",\"right_eye\"],\"skeleton\":[[1,2]]" : "";
        return "{\"info\":{\"year\":" + year + "},\"annotations\":[" + String.join(",", annotations) + "],\"images\":["
                + String.join(",", rows) + "],\"categories\":[{\"id\":90,\"name\":\"toothbrush\"" + keypoints
                + "},{\"id\":1,\"name\":\"person\"" + keypoints + "},{\"id\":3,\"name\":\"car\"" + keypoints + "}]}";
    }

    /** ADE20K with two training pictures and one for validation; every label map counts up from {@code 0}. */
    public static Map<String, byte[]> ade() {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : List.of("training/ADE_train_00000001", "training/ADE_train_00000002", "validation/ADE_val_00000001")) {
            byte[] labels = new byte[WIDTH * HEIGHT];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = (byte) (i % 151);
            }
            files.put("ADEChallengeData2016/images/" + name + ".jpg", picture(name.hashCode()));
            files.put("ADEChallengeData2016/annotations/" + name + ".png",
                    PictureDecoder.png(new LabelMap(WIDTH, HEIGHT, labels)));
        }
        return files;
    }

    /** MPII with two persons on one training picture, and one on one for validation, whose last joint is not given. */
    public static Map<String, byte[]> mpii() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("annot/train.json", utf8("[" + person("b.jpg", 16) + "," + person("a.jpg", 16) + "," + person("b.jpg", 3) + "]"));
        files.put("annot/valid.json", utf8("[" + person("c.jpg", 15) + "]"));
        for (String name : List.of("a.jpg", "b.jpg", "c.jpg")) {
            files.put("images/" + name, picture(name.hashCode()));
        }
        return files;
    }

    private static String person(String image, int visible) {
        List<String> joints = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            joints.add("[" + (i + 1) + "," + (i + 2.5) + "]");
            seen.add(i < visible ? "1" : "0");
        }
        return "{\"joints_vis\":[" + String.join(",", seen) + "],\"joints\":[" + String.join(",", joints) + "],\"image\":\"" + image
                + "\",\"scale\":0.05,\"center\":[13,9]}";
    }

    /** Writes a tree. */
    public static Path tree(Path root, Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            TestData.put(root, file.getKey(), file.getValue());
        }
        return root;
    }
}
