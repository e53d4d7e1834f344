package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.DenseData;
import org.equirepro.vision.Fixtures;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.dense.Polygons;
import org.equirepro.vision.dense.Rle;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DenseReadersTest {

    @TempDir
    private Path folder;

    private ShardSet prepare(String json, Path source, String out) {
        Preparation.run(Settings.parseJson("config.json", json), source, folder.resolve(out));
        ShardSet set = ShardSet.open(folder.resolve(out));
        set.verify();
        return set;
    }

    private static PictureObjects objects(Split split, int i) {
        return PictureObjects.parse(split.key(i), split.member(i, "json").orElseThrow());
    }

    private static Map<String, byte[]> below(Map<String, byte[]> files, String prefix) {
        return files.entrySet().stream().filter(f -> f.getKey().startsWith(prefix))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
    }

    private Path cocoZips(int year) throws IOException {
        Map<String, byte[]> files = DenseData.coco(year);
        return DenseData.tree(folder.resolve("zips"), Map.of(
                "annotations_trainval" + year + ".zip", DenseData.zip(below(files, "annotations/")),
                "train" + year + ".zip", DenseData.zip(below(files, "train" + year + "/")),
                "val" + year + ".zip", DenseData.zip(below(files, "val" + year + "/"))));
    }

    @Test
    void cocoAsFetchedAndUnpackedGiveTheSameShards() throws IOException {
        Path tree = DenseData.tree(folder.resolve("tree"), DenseData.coco(2017));
        try (ShardSet unpacked = prepare("{\"kind\":\"coco\",\"subset\":true}", tree, "a");
                ShardSet zips = prepare("{\"kind\":\"coco\",\"subset\":true}", cocoZips(2017), "b")) {
            for (String file : List.of("index.csv", "train-00000.tar", "test-00000.tar", "classes.txt")) {
                assertArrayEquals(Files.readAllBytes(folder.resolve("a").resolve(file)),
                        Files.readAllBytes(folder.resolve("b").resolve(file)), file);
            }
            assertEquals(List.of("json"), unpacked.members());
            assertEquals("1,3,90", zips.receipt().at("source").text("category_ids"));
        }
        try (var left = Files.list(folder.resolve("a"))) {
            assertEquals(5, left.count(), "what was spooled is gone");
        }
    }

    @Test
    void cocoObjectsComeWithTheirPictures() throws IOException {
        try (ShardSet set = prepare("{\"kind\":\"coco\",\"year\":2014,\"subset\":true}", cocoZips(2014), "a")) {
            assertEquals(List.of("person", "car", "toothbrush"), set.classes(), "in the order of the ids");
            Split train = set.split("train");
            assertEquals(3, train.size());
            assertEquals("train2014/000000000009.jpg", train.key(0));
            assertArrayEquals(DenseData.picture(25), train.encoded(1));
            PictureObjects first = objects(train, 0);
            assertEquals(1, first.objects().size());
            assertEquals(Optional.empty(), first.objects().get(0).mask(), "an outline of two points is none");
            PictureObjects second = objects(train, 1);
            assertEquals(25, second.imageId());
            assertEquals(List.of(7L, 5L, 6L), second.objects().stream().map(Instance::id).toList(), "in the order of the file");
            Instance brush = second.objects().get(0);
            assertEquals(2, brush.label());
            assertEquals(90, brush.category());
            assertEquals(new BoundingBox(2.5, 3, 7, 8.25), brush.box());
            assertEquals(30.5, brush.area());
            assertEquals(56, brush.mask().orElseThrow().toRle(16, 24).area());
            Instance crowd = second.objects().get(1);
            assertTrue(crowd.crowd());
            assertEquals(Rle.ofRuns(16, 24, new int[] {20, 30, 334}), crowd.mask().orElseThrow());
            assertEquals(2, ((Polygons) second.objects().get(2).mask().orElseThrow()).parts().size());
            assertEquals(0, objects(train, 2).objects().size(), "a picture without objects stays");
            assertEquals(384, objects(set.split("test"), 0).objects().get(0).mask().orElseThrow().toRle(16, 24).area());
        }
    }

    @Test
    void cocoKeypoints() throws IOException {
        try (ShardSet set = prepare("{\"kind\":\"coco\",\"annotations\":\"person_keypoints\",\"max_pictures\":2,\"subset\":true}",
                cocoZips(2017), "a")) {
            assertEquals(2, set.split("train").size());
            Instance object = objects(set.split("train"), 1).objects().get(0);
            assertArrayEquals(new double[] {3, 4, 2, 5, 6, 1, 0, 0, 0}, object.keypoints());
            assertEquals(2, object.labelledKeypoints());
        }
    }

    @Test
    void membersLieBesideTheirPictureInTheTar() throws IOException {
        prepare("{\"kind\":\"coco\",\"subset\":true}", cocoZips(2017), "a").close();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(folder.resolve("a/train-00000.tar")))) {
            List<String> names = new java.util.ArrayList<>();
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                names.add(entry.getName());
            }
            assertEquals(List.of("train2017/000000000009.jpg", "train2017/000000000009.json", "train2017/000000000025.jpg",
                    "train2017/000000000025.json", "train2017/000000000030.jpg", "train2017/000000000030.json"), names);
        }
    }

    /** Replaces a text in a file of the tree and expects bad data whose message has {@code says}. */
    private void refused(String file, String from, String to, String says) throws IOException {
        Map<String, byte[]> files = DenseData.coco(2017);
        String text = new String(files.get(file), StandardCharsets.UTF_8);
        assertTrue(text.contains(from), from);
        files.put(file, text.replace(from, to).getBytes(StandardCharsets.UTF_8));
        Path tree = DenseData.tree(folder.resolve("bad" + Math.abs((from + to).hashCode())), files);
        UserError error = assertThrows(UserError.class, () -> prepare("{\"kind\":\"coco\",\"subset\":true}", tree, "out"));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().contains(says), error.getMessage());
        assertTrue(Files.notExists(folder.resolve("out")));
    }

    @Test
    void damagedAnnotationsAreNamed() throws IOException {
        String train = "annotations/instances_train2017.json";
        refused(train, "\"image_id\":25", "\"image_id\":26", "annotation 7: its image 26 is not listed");
        refused(train, "\"category_id\":90", "\"category_id\":91", "annotation 7: its category 91 is not listed");
        refused(train, "\"bbox\":[2.5,3,7,8.25]", "\"bbox\":[2.5,3,7]", "annotation 7: bbox has 3 numbers");
        refused(train, "[20,30,334]", "[20,30,335]", "annotation 5: the runs of a mask have 385 pixels");
        refused(train, "[16,24]", "[24,16]", "annotation 5: its mask is of");
        refused(train, "[[2,2,10,2,10,9,2,9]]", "[[2,2,10,2,10,9,2,1e99]]", "annotation 7: an outline goes through");
        refused(train, "\"id\":30}", "\"id\":9}", "image 9: it is listed twice");
        refused(train, "\"height\":16", "\"height\":15", "train2017.json: annotation 5: its mask is of");
        refused(train, "]}", "", "truncated JSON");
        refused(train, "\"images\":", "\"pictures\":", "lists no images");
        refused("annotations/instances_val2017.json", "\"name\":\"car\"", "\"name\":\"bus\"", "has other categories");
        refused("annotations/instances_val2017.json", "\"width\":24", "\"width\":25", "annotation 11: its mask is of");
    }

    @Test
    void aPictureOfAnotherSizeIsRefusedUnlessAskedFor() throws IOException {
        Map<String, byte[]> files = DenseData.coco(2017);
        files.put("train2017/000000000030.jpg", org.equirepro.vision.TestData.png(1));
        Path tree = DenseData.tree(folder.resolve("tree"), files);
        UserError error = assertThrows(UserError.class, () -> prepare("{\"kind\":\"coco\",\"subset\":true}", tree, "a"));
        assertTrue(error.getMessage().contains("000000000030.jpg: has 8 x 6 pixels, its annotation says 24 x 16"),
                error.getMessage());
        prepare("{\"kind\":\"coco\",\"check_sizes\":false,\"subset\":true}", tree, "b").close();
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        Map<String, byte[]> files = DenseData.coco(2017);
        files.remove("train2017/000000000025.jpg");
        files.remove("train2017/000000000030.jpg");
        Path tree = DenseData.tree(folder.resolve("tree"), files);
        UserError error = assertThrows(UserError.class, () -> prepare("{\"kind\":\"coco\",\"subset\":true}", tree, "a"));
        assertEquals(ExitCode.MISSING_INPUT, error.exitCode());
        assertTrue(error.getMessage().contains("train2017/000000000025.jpg: no such picture, and 1 more of the 3"),
                error.getMessage());
        error = assertThrows(UserError.class, () -> prepare("{\"kind\":\"coco\",\"year\":2014,\"subset\":true}", tree, "a"));
        assertEquals(ExitCode.MISSING_INPUT, error.exitCode());
    }

    @Test
    void publishedCountsAreAskedFor() throws IOException {
        UserError error = assertThrows(UserError.class, () -> prepare("{\"kind\":\"coco\"}", DenseData.tree(folder.resolve("tree"),
                DenseData.coco(2017)), "a"));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().contains("COCO has 118,287 pictures for train, found 3"), error.getMessage());
        assertTrue(assertThrows(UserError.class, () -> prepare("{\"kind\":\"coco\",\"year\":2014}", cocoZips(2014), "a")).getMessage()
                .contains("annotations_trainval2014.zip: has "), "an archive of another size");
    }

    @Test
    void adeLabelsCountFromZeroAndOtherIsIgnored() throws IOException {
        Path tree = DenseData.tree(folder.resolve("ade"), DenseData.ade());
        Path zip = folder.resolve("ADEChallengeData2016.zip");
        Files.write(zip, DenseData.zip(DenseData.ade()));
        try (ShardSet set = prepare("{\"kind\":\"ade20k\",\"subset\":true}", tree, "a");
                ShardSet packed = prepare("{\"kind\":\"ade20k\",\"subset\":true}", zip, "b")) {
            assertEquals(150, set.classes().size());
            assertEquals("wall", set.classes().get(0));
            Split train = set.split("train");
            assertEquals(2, train.size());
            LabelMap map = PictureDecoder.labels("x", train.member(1, "png").orElseThrow());
            assertEquals(LabelMap.IGNORE, map.label(0, 0));
            assertEquals(0, map.label(1, 0));
            assertEquals(149, map.label(150 % DenseData.WIDTH, 150 / DenseData.WIDTH));
            assertArrayEquals(train.member(0, "png").orElseThrow(), packed.split("train").member(0, "png").orElseThrow());
        }
        Map<String, byte[]> files = DenseData.ade();
        files.put("ADEChallengeData2016/annotations/training/ADE_train_00000002.png", PictureDecoder.png(new LabelMap(1, 1,
                new byte[] {3})));
        Path bad = DenseData.tree(folder.resolve("bad"), files);
        assertTrue(assertThrows(UserError.class, () -> prepare("{\"kind\":\"ade20k\",\"subset\":true}", bad, "c")).getMessage()
                .contains("its label map says 1 x 1"));
        files.remove("ADEChallengeData2016/annotations/training/ADE_train_00000002.png");
        Path missing = DenseData.tree(folder.resolve("missing"), files);
        assertEquals(ExitCode.MISSING_INPUT, assertThrows(UserError.class,
                () -> prepare("{\"kind\":\"ade20k\",\"subset\":true}", missing, "c")).exitCode());
    }

    @Test
    void mpiiPersonsByPicture() throws IOException {
        try (ShardSet set = prepare("{\"kind\":\"mpii\",\"subset\":true}", DenseData.tree(folder.resolve("mpii"), DenseData.mpii()),
                "a")) {
            Split train = set.split("train");
            assertEquals(2, train.size());
            PictureObjects second = objects(train, 1);
            assertEquals(List.of(0L, 2L), second.objects().stream().map(Instance::id).toList());
            assertEquals(DenseData.WIDTH, second.width());
            Instance person = second.objects().get(0);
            assertEquals(new BoundingBox(7, 3, 10, 10), person.box(), "pixels count from 0");
            assertArrayEquals(new double[] {0, 1.5, 2}, java.util.Arrays.copyOf(person.keypoints(), 3));
            assertEquals(3, second.objects().get(1).labelledKeypoints());
            assertEquals(15, objects(set.split("test"), 0).objects().get(0).labelledKeypoints());
        }
    }

    @Test
    void headsOfMpiiPersonsComeFromTheirMatlabFile() throws IOException {
        Map<String, byte[]> files = DenseData.mpii();
        files.put("annot/gt_valid.mat", MatWriter.file("headboxes_src", new double[] {3, 11, 5, 25})); // x0, x1, y0, y1
        Path tree = DenseData.tree(folder.resolve("mpii"), files);
        try (ShardSet set = prepare("{\"kind\":\"mpii\",\"subset\":true}", tree, "a")) {
            assertEquals(Optional.of(new BoundingBox(2, 4, 8, 20)), objects(set.split("test"), 0).objects().get(0).head());
            assertEquals(Optional.empty(), objects(set.split("train"), 0).objects().get(0).head());
        }
        Files.write(tree.resolve("annot/gt_valid.mat"), MatWriter.file("headboxes_src", new double[8]));
        assertTrue(assertThrows(UserError.class, () -> prepare("{\"kind\":\"mpii\",\"subset\":true}", tree, "b")).getMessage()
                .contains("headboxes_src has 8 numbers for 1 persons"));
    }

    @Test
    void realPicturesOfAde() {
        Optional<Path> source = Fixtures.find("datasets/ade20k-real");
        if (source.isPresent()) {
            try (ShardSet set = prepare("{\"kind\":\"ade20k\",\"subset\":true}", source.get(), "a")) {
                assertEquals(2, set.split("test").size());
                assertEquals("chest of drawers", set.classes().get(44));
                LabelMap map = PictureDecoder.labels("x", set.split("test").member(0, "png").orElseThrow());
                assertEquals(683, map.width());
            }
        }
    }

    @Test
    void realPicturesOfCocoWithPersons() {
        Optional<Path> source = Fixtures.find("datasets/coco-keypoints-real");
        if (source.isPresent()) {
            try (ShardSet set = prepare("{\"kind\":\"coco\",\"test_annotations\":\"test_coco.json\"}", source.get(), "a")) {
                assertEquals(4, set.split("test").size());
                PictureObjects objects = objects(set.split("test"), 0);
                assertEquals(785, objects.imageId());
                assertEquals(17, objects.objects().get(0).keypoints().length / 3);
            }
        }
    }

    @Test
    void cocoInTheLayoutOfOtherTools() {
        Optional<Path> source = Fixtures.find("datasets/coco-tfds");
        if (source.isPresent()) {
            for (int year : new int[] {2014, 2017}) {
                String config = "{\"kind\":\"coco\",\"year\":" + year + ",\"subset\":true,\"check_sizes\":false}";
                try (ShardSet set = prepare(config, source.get(), "y" + year)) {
                    assertEquals(5, set.split("train").size());
                    assertEquals(2, set.split("test").size());
                    assertEquals(80, set.classes().size());
                }
            }
        }
    }
}
