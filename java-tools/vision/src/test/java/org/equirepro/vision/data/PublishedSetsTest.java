package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets that the tests write in the published forms. */
final class PublishedSetsTest {

    @TempDir
    private Path folder;
    private int runs;

    private Path prepare(String kind, String more, Path source) {
        Path out = folder.resolve("out" + runs++);
        Preparation.run(Settings.parseJson("config.json", "{\"dataset\":\"d\",\"kind\":\"" + kind + "\",\"subset\":true" + more + "}"),
                source, out);
        return out;
    }

    private ShardSet shards(Layout layout, String more) throws IOException {
        Path source = Layout.write(folder.resolve("source" + runs), layout.packed());
        return ShardSet.open(prepare(layout.kind(), more, source));
    }

    /** {@code split key label} of all pictures. */
    private static List<String> rows(ShardSet set) {
        List<String> rows = new ArrayList<>();
        for (String split : List.of("train", "val", "test")) {
            if (set.splits().contains(split)) {
                Split s = set.split(split);
                IntStream.range(0, s.size()).forEach(i -> rows.add(split + " " + s.key(i) + " " + s.label(i)));
            }
        }
        return rows;
    }

    private void assertSet(Layout layout, String more, List<String> classes, String... rows) throws IOException {
        try (ShardSet set = shards(layout, more)) {
            assertEquals(classes, set.classes());
            assertEquals(List.of(rows), rows(set));
            Split train = set.split("train");
            assertTrue(layout.unpacked().values().stream().anyMatch(bytes -> java.util.Arrays.equals(bytes, train.encoded(0))),
                    "pictures are kept as they are");
        }
    }

    @Test
    void archivesAndWhatTheyUnpackToGiveTheSameShards() throws IOException {
        for (Layout layout : Layouts.all()) {
            Path packed = prepare(layout.kind(), "", Layout.write(folder.resolve("packed" + runs), layout.packed()));
            Path unpacked = prepare(layout.kind(), "", Layout.write(folder.resolve("unpacked" + runs), layout.unpacked()));
            try (Stream<Path> files = Files.list(packed)) {
                for (Path file : files.filter(f -> !f.endsWith("receipt.json")).toList()) {
                    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(unpacked.resolve(file.getFileName())),
                            layout.kind() + " " + file.getFileName());
                }
            }
            try (Stream<Path> left = Files.list(unpacked)) {
                assertTrue(left.noneMatch(f -> f.getFileName().toString().startsWith(".")), "nothing temporary is left");
            }
        }
    }

    @Test
    void food101() throws IOException {
        assertSet(Layouts.food101(), "", List.of("apple_pie", "waffles"), "train apple_pie/2.jpg 0", "train waffles/3.jpg 1",
                "test apple_pie/1.jpg 0", "test waffles/4.jpg 1");
    }

    @Test
    void oxfordPets() throws IOException {
        assertSet(Layouts.pets(), "", List.of("Bengal", "great_pyrenees"), "train Bengal_1.jpg 0", "train great_pyrenees_20.jpg 1",
                "test Bengal_2.jpg 0", "test great_pyrenees_1.jpg 1");
    }

    @Test
    void aircraftHasLabelsOfThreeLevels() throws IOException {
        assertSet(Layouts.aircraft(), "", List.of("707-320", "F/A-18 C"), "train 0000000.jpg 1", "train 0000010.jpg 0",
                "val 0000001.jpg 1", "val 0000011.jpg 0", "test 0000002.jpg 1", "test 0000012.jpg 0");
        assertSet(Layouts.aircraft(), ",\"labels\":\"manufacturer\",\"join_val\":true", List.of("Boeing", "McDonnell Douglas"),
                "train 0000000.jpg 1", "train 0000001.jpg 1", "test 0000002.jpg 1");
        UserError error = assertThrows(UserError.class, () -> shards(Layouts.aircraft(), ",\"labels\":\"engine\""));
        assertEquals(ExitCode.USAGE, error.exitCode());
    }

    @Test
    void theBannerOfAircraftCanBeCutOff() throws IOException {
        Layout small = Layouts.aircraft();
        assertTrue(assertThrows(UserError.class, () -> shards(small, ",\"crop_banner\":true")).getMessage().contains("6 rows"));
        Map<String, byte[]> files = new TreeMap<>(small.unpacked());
        Picture whole = org.equirepro.vision.TestData.noise(5, 32, 3);
        files.replaceAll((name, bytes) -> name.endsWith(".jpg") ? PictureDecoder.png(whole) : bytes);
        Path source = Layout.write(folder.resolve("tall"), files);
        try (ShardSet set = ShardSet.open(prepare("fgvc-aircraft", ",\"crop_banner\":true", source))) {
            Picture cut = set.split("train").picture(0);
            assertEquals("0000000.png", set.split("train").key(0));
            assertEquals(12, cut.height());
            assertArrayEquals(java.util.Arrays.copyOf(whole.rgb(), 3 * 5 * 12), cut.rgb());
        }
    }

    @Test
    void flowers102() throws IOException {
        assertSet(Layouts.flowers(), "", List.of("1", "2", "3"), "train image_00001.jpg 2", "train image_00004.jpg 1",
                "val image_00002.jpg 0", "test image_00003.jpg 2");
    }

    @Test
    void stanfordCars() throws IOException {
        assertSet(Layouts.cars(), "", List.of("AM General Hummer SUV 2000", "Acura RL"), "train cars_train/00001.jpg 1",
                "train cars_train/00002.jpg 0", "test cars_test/00001.jpg 1");
    }

    @Test
    void texturesHavePartitions() throws IOException {
        assertSet(Layouts.textures(), "", List.of("banded", "polka-dotted"), "train banded/banded_0001.jpg 0",
                "val banded/banded_0002.jpg 0", "test polka-dotted/polka-dotted_0001.jpg 1");
        assertSet(Layouts.textures(), ",\"partition\":10", List.of("banded", "polka-dotted"),
                "train polka-dotted/polka-dotted_0001.jpg 1", "val banded/banded_0002.jpg 0", "test banded/banded_0001.jpg 0");
        assertTrue(assertThrows(UserError.class, () -> shards(Layouts.textures(), ",\"partition\":11")).getMessage()
                .contains("partition must be 1 to 10"));
    }

    @Test
    void sun397HasClassesOfTwoAndThreeLevels() throws IOException {
        assertSet(Layouts.sun397(), "", List.of("a/abbey", "b/bakery/shop"), "train b/bakery/shop/sun_b2.jpg 1",
                "test a/abbey/sun_a1.jpg 0", "test b/bakery/shop/sun_b1.jpg 1");
    }

    @Test
    void caltech101IsDrawnBySeed() throws IOException {
        try (ShardSet a = shards(Layouts.caltech101(), ",\"train_per_class\":3");
                ShardSet again = shards(Layouts.caltech101Old(), ",\"train_per_class\":3");
                ShardSet other = shards(Layouts.caltech101(), ",\"train_per_class\":3,\"split_seed\":1");
                ShardSet objects = shards(Layouts.caltech101(), ",\"background\":false")) {
            assertEquals(List.of("BACKGROUND_Google", "ant", "brain"), a.classes());
            assertEquals(9, a.split("train").size());
            assertEquals(6, a.split("test").size());
            assertEquals(rows(a), rows(again));
            assertTrue(!rows(a).equals(rows(other)), "the seed matters");
            assertEquals(List.of("ant", "brain"), objects.classes());
            assertEquals(8, objects.split("train").size(), "a class of five pictures keeps one for testing");
        }
    }

    @Test
    void imageNetLabelsAreTheRanksOfTheWordNetIds() throws IOException {
        List<String> classes = List.of("n01440764", "n01484850");
        String[] rows = {"train train/n01440764/n01440764_10026.JPEG 0", "train train/n01440764/n01440764_3.JPEG 0",
            "train train/n01484850/n01484850_17.JPEG 1", "test val/ILSVRC2012_val_00000001.JPEG 0",
            "test val/ILSVRC2012_val_00000002.JPEG 1", "test val/ILSVRC2012_val_00000003.JPEG 0"};
        assertSet(Layouts.imagenet(), "", classes, rows);
        Map<String, byte[]> sorted = new TreeMap<>(); // val in folders, as many have it, and no development kit
        Layouts.imagenet().unpacked().forEach((name, bytes) -> {
            String folderName = name.endsWith("2.JPEG") ? "val/n01484850/" : "val/n01440764/";
            sorted.put(name.replace("val/", folderName), bytes);
        });
        sorted.keySet().removeIf(name -> name.contains("devkit"));
        try (ShardSet set = ShardSet.open(prepare("imagenet", "", Layout.write(folder.resolve("sorted"), sorted)))) {
            assertEquals(List.of(rows), rows(set));
        }
        Map<String, byte[]> kaggle = new TreeMap<>(); // the same, flat and with Kaggle's list
        Layouts.imagenet().unpacked().forEach((name, bytes) -> kaggle.put("ILSVRC/Data/CLS-LOC/" + name, bytes));
        kaggle.keySet().removeIf(name -> name.contains("devkit"));
        kaggle.put("LOC_val_solution.csv", Layout.text("ImageId,PredictionString", "ILSVRC2012_val_00000002,n01484850 85 1 499 272",
                "ILSVRC2012_val_00000001,n01440764 1 2 3 4 n01440764 5 6 7 8", "ILSVRC2012_val_00000003,n01440764 0 0 9 9"));
        try (ShardSet set = ShardSet.open(prepare("imagenet", "", Layout.write(folder.resolve("kaggle"), kaggle)))) {
            assertEquals(List.of(rows), rows(set));
        }
        Map<String, byte[]> noKit = new TreeMap<>(Layouts.imagenet().packed());
        noKit.keySet().removeIf(name -> name.contains("devkit"));
        Path source = Layout.write(folder.resolve("no-kit"), noKit);
        UserError error = assertThrows(UserError.class, () -> prepare("imagenet", "", source));
        assertEquals(ExitCode.MISSING_INPUT, error.exitCode());
        assertTrue(error.getMessage().contains("ILSVRC2012_devkit_t12.tar.gz") && error.getMessage().contains("image-net.org"),
                error.getMessage());
    }

    @Test
    void inaturalist2018() throws IOException {
        assertSet(Layouts.inaturalist(), "", List.of("zero", "1", "two"), "train train_val2018/Aves/2/b.jpg 2",
                "train train_val2018/Fungi/0/c.jpg 0", "test train_val2018/Aves/2/a.jpg 2");
    }

    @Test
    void places365() throws IOException {
        assertSet(Layouts.places365(), "", List.of("a/airfield", "b/bakery/shop"), "train train/a/airfield/00000001.jpg 0",
                "train train/b/bakery/shop/00000001.jpg 1", "test val/Places365_val_00000001.jpg 1");
        assertTrue(assertThrows(UserError.class, () -> shards(Layouts.places365(), ",\"size\":\"large\"")).getMessage()
                .contains("data_large"));
    }

    @Test
    void voc2007HasSeveralLabelsAPicture() throws IOException {
        try (ShardSet set = shards(Layouts.voc2007(), "")) {
            assertEquals(20, set.classes().size());
            assertEquals(List.of("train 000007.jpg 14", "val 000005.jpg 11", "test 000001.jpg 7"), rows(set));
            byte[] train = MultiLabels.of(set.split("train"), 20)[0];
            assertEquals(MultiLabels.PRESENT, train[14], "one person is not difficult");
            assertEquals(MultiLabels.PRESENT, train[8]);
            assertEquals(2, IntStream.range(0, 20).filter(c -> train[c] != MultiLabels.ABSENT).count());
            assertEquals(MultiLabels.DIFFICULT, MultiLabels.of(set.split("val"), 20)[0][14]);
            assertEquals(MultiLabels.DIFFICULT, MultiLabels.of(set.split("test"), 20)[0][7]);
        }
        try (ShardSet set = shards(Layouts.voc2007(), ",\"join_val\":true")) {
            assertEquals(2, set.split("train").size());
        }
    }

    @Test
    void cifar100HasFineAndCoarseLabels() throws IOException {
        for (String level : List.of("fine", "coarse")) {
            try (ShardSet set = shards(Layouts.cifar100(), ",\"labels\":\"" + level + "\"")) {
                assertEquals(level.equals("fine") ? 100 : 20, set.classes().size());
                Split train = set.split("train");
                assertEquals(level.equals("fine") ? List.of(11, 99, 0) : List.of(4, 3, 0),
                        IntStream.range(0, 3).mapToObj(train::label).toList());
                assertEquals((31 + 2 + 1024 + 5) % 256, train.picture(1).value(5, 0, 1));
            }
        }
    }

    @Test
    void anIncompleteSetIsRefusedUnlessItIsMeantAsASubset() throws IOException {
        for (Layout layout : Layouts.all()) {
            Path source = Layout.write(folder.resolve("part" + runs++), layout.unpacked());
            source.toFile().listFiles(f -> f.getName().endsWith(".mat") && f.delete());
            UserError error = assertThrows(UserError.class, () -> Preparation.run(Settings.parseJson("config.json",
                    "{\"dataset\":\"d\",\"kind\":\"" + layout.kind() + "\"}"), source, folder.resolve("refused")), layout.kind());
            assertTrue(error.getMessage().startsWith(source + ": ") && error.getMessage().contains("http"), error.getMessage());
            assertTrue(Files.notExists(folder.resolve("refused")));
        }
    }

    @Test
    void anArchiveThatIsNotThePublishedOneIsRefusedBeforeItIsUnpacked() throws IOException {
        Path source = Layout.write(folder.resolve("source"), Map.of("food-101.tar.gz", new byte[100]));
        UserError error = assertThrows(UserError.class, () -> Preparation.run(Settings.parseJson("config.json",
                "{\"dataset\":\"d\",\"kind\":\"food101\"}"), source, folder.resolve("out")));
        assertEquals(source.resolve("food-101.tar.gz") + ": has 100 bytes, the published archive 4996278331; fetch it again from "
                + "http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz, or set subset: true if it is meant to differ",
                error.getMessage());
        Path file = source.resolve("x.tar");
        Files.write(file, new byte[100]);
        Published wrong = new Published("X", "http://x", "", 0, Map.of(), Map.of("x.tar",
                new Published.Archive("", 100, "6d0bb00954ceb7fbee436bb55a8397a9", "")));
        wrong.verified(file);
        Files.write(file, new byte[] {1}, java.nio.file.StandardOpenOption.APPEND);
        assertTrue(assertThrows(UserError.class, () -> wrong.verified(file)).getMessage().contains("has 101 bytes"));
        byte[] other = new byte[100];
        other[7] = 1;
        Files.write(file, other);
        assertTrue(assertThrows(UserError.class, () -> wrong.verified(file)).getMessage().contains("another checksum"));
    }

    @Test
    void aPictureThatALIstNamesMustBeThere() throws IOException {
        Map<String, byte[]> files = new TreeMap<>(Layouts.food101().unpacked());
        files.remove("food-101/images/waffles/4.jpg");
        Path source = Layout.write(folder.resolve("source"), files);
        UserError error = assertThrows(UserError.class, () -> Preparation.run(Settings.parseJson("config.json",
                "{\"dataset\":\"d\",\"kind\":\"food101\"}"), source, folder.resolve("out")));
        assertTrue(error.getMessage().contains("101 classes"), error.getMessage());
        try (ShardSet set = ShardSet.open(prepare("food101", "", source))) {
            assertEquals(1, set.split("test").size());
        }
    }

    @Test
    void everyKindWithASourceHasATableOfWhatIsPublished() {
        for (String kind : Readers.kinds()) {
            if (!kind.equals("imagefolder") && !kind.startsWith("render-")) {
                Published published = Published.of(kind);
                assertTrue(published.page().startsWith("http") && !published.title().isEmpty() && !published.licence().isEmpty()
                        && !published.counts().isEmpty() && !published.archives().isEmpty(), kind);
                published.archives().forEach((name, archive) -> assertTrue(archive.md5().matches("([0-9a-f]{32})?")
                        && archive.sha256().matches("([0-9a-f]{64})?") && archive.url().startsWith("http"), kind + " " + name));
            }
        }
    }

    @Test
    void everyKindHasASchemaAndStudiesMayNameIt() throws IOException {
        Path schemas = Path.of(System.getProperty("equirepro.home"), "conf", "schema");
        List<String> named = new ArrayList<>();
        Settings.read(schemas.resolve("study.json")).at("properties").at("datasets").at("additionalProperties").at("properties")
                .at("kind").texts("enum").forEach(named::add);
        java.util.Collections.sort(named);
        assertEquals(Readers.kinds(), named);
        for (String kind : named) {
            Settings properties = Settings.read(schemas.resolve("dataset-" + kind + ".json")).at("properties");
            assertEquals(kind, properties.at("kind").text("const"));
        }
    }

    @Test
    void theDocumentNamesEveryFileWithItsChecksum() throws IOException {
        String text = Files.readString(Path.of(System.getProperty("equirepro.home"), "docs", "data-sets.md"));
        for (String kind : Readers.kinds()) {
            Published published = Published.of(kind);
            assertTrue(published.title().isEmpty() || text.contains("| `" + kind + "` | [" + published.title() + "]("), kind);
            published.archives().forEach((name, archive) -> assertTrue(text.lines().anyMatch(line -> line.startsWith("| `" + kind
                    + "` | [" + name + "](") && (archive.md5().isEmpty() ? line.contains(archive.sha256()) : line.contains(archive.md5()))),
                    kind + " " + name));
        }
    }
}
