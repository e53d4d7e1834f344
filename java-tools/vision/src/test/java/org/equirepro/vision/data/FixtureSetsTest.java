package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.Fixtures;
import org.equirepro.vision.image.Picture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small samples of published data sets in their own layouts, where they are at hand. */
final class FixtureSetsTest {

    @TempDir
    private Path folder;

    private ShardSet prepare(String json, Path source) {
        return prepareInto("out", json, source);
    }

    private ShardSet prepareInto(String out, String json, Path source) {
        Preparation.run(Settings.parseJson("config.json", json), source, folder.resolve(out));
        return ShardSet.open(folder.resolve(out));
    }

    @Test
    void cifar10() throws IOException {
        Optional<Path> source = Fixtures.find("datasets/cifar10");
        if (source.isPresent()) {
            try (ShardSet set = prepare("{\"kind\":\"cifar10\",\"subset\":true}", source.get())) {
                assertEquals(10, set.split("train").size());
                assertEquals(2, set.split("test").size());
                assertEquals("airplane", set.classes().get(0));
                byte[] raw = Files.readAllBytes(source.get().resolve("cifar-10-batches-bin/test_batch.bin"));
                Picture picture = set.split("test").picture(1);
                assertEquals(raw[3073], set.split("test").label(1));
                assertEquals(raw[3073 + 1 + 2048 + 37] & 0xFF, picture.value(5, 1, 2));
            }
        }
    }

    @Test
    void cifarWithDamage() throws IOException {
        Optional<Path> source = Fixtures.find("datasets/cifar-binary-edge");
        if (source.isEmpty()) {
            return;
        }
        Settings expected = Settings.read(source.get().resolve("expected.json"));
        Path set = folder.resolve("set");
        Files.createDirectories(set);
        for (String name : new String[] {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5",
                "test_batch"}) {
            Files.copy(source.get().resolve("data_batch_1.bin"), set.resolve(name + ".bin"));
        }
        try (ShardSet shards = prepare("{\"kind\":\"cifar10\",\"subset\":true}", set)) {
            Split test = shards.split("test");
            int[] labels = expected.integers("labels10");
            for (int i = 0; i < labels.length; i++) {
                assertEquals(labels[i], test.label(i));
                Picture picture = test.picture(i);
                for (int c = 0; c < 3; c++) {
                    int first = expected.node().get("first_pixel_rgb_per_image10").get(i).get(c).asInt();
                    assertEquals(first, picture.value(0, 0, c));
                }
            }
        }
        for (String[] bad : new String[][] {{"truncated_batch.bin", "truncated"}, {"bad_label_batch.bin", "label 11"},
                {"empty.bin", "empty"}}) {
            Files.copy(source.get().resolve(bad[0]), set.resolve("data_batch_4.bin"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            UserError error = assertThrows(UserError.class, () -> Preparation.run(Settings.parseJson("c",
                    "{\"kind\":\"cifar10\",\"subset\":true}"), set,
                    folder.resolve("bad")));
            assertEquals(ExitCode.BAD_DATA, error.exitCode());
            assertTrue(error.getMessage().contains("data_batch_4.bin: ") && error.getMessage().contains(bad[1]),
                    error.getMessage());
            assertTrue(Files.notExists(folder.resolve("bad")));
        }
    }

    @Test
    void cifarAsJpeg() throws IOException {
        Optional<Path> source = Fixtures.find("datasets/cifar10-real-jpeg");
        if (source.isPresent()) {
            try (ShardSet set = prepare("{\"kind\":\"imagefolder\"}", source.get())) {
                assertEquals(300, set.split("train").size());
                assertEquals(100, set.split("test").size());
                assertEquals(10, set.classes().size());
                assertEquals(32, set.split("train").picture(299).width());
            }
        }
    }

    @Test
    void threeDieBench() throws IOException {
        Optional<Path> source = Fixtures.find("datasets/3diebench-synthetic");
        if (source.isPresent()) {
            try (ShardSet set = prepare("{\"kind\":\"3diebench\",\"subset\":true,\"train_list\":\"images.npy\",\"val_list\":\""
                    + folder.resolve("val.npy") + "\"}", withOneHeldOut(source.get()))) {
                Split train = set.split("train");
                assertEquals(100, train.size());
                assertEquals(2, train.groups());
                assertEquals(50, set.split("test").size());
                assertEquals(3, set.classes().size());
                Path latent = source.get().resolve("3DIEBench").resolve(train.key(3).replace("image_", "latent_").replace(".jpg",
                        ".npy"));
                assertArrayEquals(Npy.read(latent, Files.readAllBytes(latent)).doubles(), train.latents(3));
            }
        }
    }

    private Path withOneHeldOut(Path source) throws IOException {
        Path images = source.resolve("images.npy");
        String[] names = Npy.read(images, Files.readAllBytes(images)).strings();
        assertEquals(3, names.length);
        Files.write(folder.resolve("val.npy"), org.equirepro.vision.TestData.npy(names[1]));
        return source;
    }

    @Test
    void publishedListsAreRead() throws IOException {
        Optional<Path> lists = Fixtures.find("datasets/3diebench-lists");
        if (lists.isPresent()) {
            Path images = lists.get().resolve("val_images.npy");
            Path labels = lists.get().resolve("val_labels.npy");
            assertEquals(200, Npy.read(images, Files.readAllBytes(images)).strings().length);
            assertEquals("/02691156/dc8d9003cde43b66c8727b27ee96a4b7/", Npy.read(images,
                    Files.readAllBytes(images)).strings()[0]);
            for (long label : Npy.read(labels, Files.readAllBytes(labels)).longs()) {
                assertTrue(label >= 0 && label < 55);
            }
        }
    }

    /** Number of pictures by split, and class name (or label) by key. */
    private void assertFixture(String name, String json, Map<String, Integer> sizes, Map<String, String> classes) throws IOException {
        Optional<Path> source = Fixtures.find("datasets/" + name);
        if (source.isPresent()) {
            assertSource(source.get(), json, sizes, classes);
        }
    }

    private void assertSource(Path source, String json, Map<String, Integer> sizes, Map<String, String> classes) throws IOException {
        Path out = folder.resolve("out" + source.getFileName() + json.hashCode());
        Preparation.run(Settings.parseJson("config.json", "{\"dataset\":\"d\",\"subset\":true," + json + "}"), source, out);
        try (ShardSet set = ShardSet.open(out)) {
            Map<String, Integer> found = new TreeMap<>();
            Map<String, String> labels = new TreeMap<>();
            for (String split : set.splits()) {
                Split s = set.split(split);
                found.put(split, s.size());
                for (int i = 0; i < s.size(); i++) {
                    labels.put(split + " " + s.key(i), set.classes().get(s.label(i)));
                }
            }
            assertEquals(new TreeMap<>(sizes), found, source.toString());
            classes.forEach((key, label) -> assertEquals(label, labels.get(key), key));
        }
    }

    @Test
    void setsOfPicturesAndLists() throws IOException {
        assertFixture("food101", "\"kind\":\"food101\"", Map.of("train", 4, "test", 4), Map.of("train apple_pie/001.jpg", "apple_pie",
                "test cheesecake/006.jpg", "cheesecake"));
        assertFixture("oxford_iiit_pet", "\"kind\":\"oxford-pets\"", Map.of("train", 5, "test", 5), Map.of("train image3_0.jpg",
                "image3", "test image4_1.jpg", "image4"));
        assertFixture("oxford_iiit_pet-real-format", "\"kind\":\"oxford-pets\"", Map.of("train", 6, "test", 3),
                Map.of("train Abyssinian_38.jpg", "Abyssinian", "test american_bulldog_75.jpg", "american_bulldog",
                        "test British_Shorthair_75.jpg", "British_Shorthair"));
        assertFixture("dtd", "\"kind\":\"dtd\"", Map.of("train", 2, "val", 1, "test", 3),
                Map.of("test polka-dotted/polka-dotted_0002.jpg", "polka-dotted"));
        assertFixture("sun397", "\"kind\":\"sun397\"", Map.of("train", 4, "test", 3),
                Map.of("train b/brewery/indoor/sun_f1c35340b6235f49d13ce27ad187b00b.jpg", "b/brewery/indoor",
                        "test m/motel/sun_b98369b50d09ffe8262ae3787b2b7552.jpg", "m/motel"));
        assertFixture("places365_small", "\"kind\":\"places365\"", Map.of("train", 2, "test", 2),
                Map.of("train train/b/bakery/shop/00002.jpg", "b/bakery/shop", "test val/00001.jpg", "11", "test val/00002.jpg", "33"));
        assertFixture("caltech101", "\"kind\":\"caltech101\"", Map.of("train", 3, "test", 3), Map.of());
        assertFixture("caltech101/v2022", "\"kind\":\"caltech101\"", Map.of("train", 3, "test", 3), Map.of());
        assertFixture("imagenet-real-sample", "\"kind\":\"imagefolder\",\"test_fraction\":0.5", Map.of("train", 6),
                Map.of("train n02096051/n02096051_Airedale.JPEG", "n02096051"));
    }

    @Test
    void setsWithMatlabLists() throws IOException {
        assertFixture("cars196", "\"kind\":\"stanford-cars\"", Map.of("train", 2, "test", 2), Map.of());
        assertFixture("oxford_flowers102", "\"kind\":\"flowers102\"", Map.of("train", 3, "val", 4, "test", 3),
                Map.of("train image_00003.jpg", "3", "val image_00010.jpg", "10", "test image_00004.jpg", "4"));
    }

    @Test
    void aircraftOfThreeLevels() throws IOException {
        Map<String, Integer> sizes = Map.of("train", 4, "val", 2, "test", 2);
        String kind = "\"kind\":\"fgvc-aircraft\"";
        assertFixture("fgvc_aircraft", kind, sizes, Map.of("train 0034310.jpg", "707-320", "test 0073905.jpg", "F/A-18"));
        assertFixture("fgvc_aircraft", kind + ",\"labels\":\"family\"", sizes, Map.of("train 0034310.jpg", "Boeing 707"));
        assertFixture("fgvc_aircraft", kind + ",\"labels\":\"manufacturer\",\"crop_banner\":true", sizes,
                Map.of("test 0073905.png", "McDonnell Douglas"));
        assertFixture("fgvc_aircraft", kind + ",\"join_val\":true", Map.of("train", 6, "test", 2), Map.of());
    }

    @Test
    void cifar100() throws IOException {
        assertFixture("cifar100", "\"kind\":\"cifar100\"", Map.of("train", 10, "test", 2), Map.of());
        assertFixture("cifar100", "\"kind\":\"cifar100\",\"labels\":\"coarse\"", Map.of("train", 10, "test", 2), Map.of());
        Optional<Path> edge = Fixtures.find("datasets/cifar-binary-edge");
        if (edge.isPresent()) {
            Settings expected = Settings.read(edge.get().resolve("expected.json"));
            Path set = folder.resolve("cifar100");
            Files.createDirectories(set);
            Files.copy(edge.get().resolve("train.bin"), set.resolve("train.bin"));
            Files.copy(edge.get().resolve("train.bin"), set.resolve("test.bin"));
            for (String level : new String[] {"fine", "coarse"}) {
                try (ShardSet shards = prepareInto("edge-" + level, "{\"kind\":\"cifar100\",\"subset\":true,\"labels\":\"" + level
                        + "\"}", set)) {
                    Split train = shards.split("train");
                    int[] labels = expected.integers(level + "100");
                    int[] sums = expected.integers("sum100");
                    for (int i = 0; i < labels.length; i++) {
                        assertEquals(labels[i], train.label(i));
                        int sum = 0;
                        for (byte b : train.picture(i).rgb()) {
                            sum += b & 0xFF;
                        }
                        assertEquals(sums[i], sum);
                    }
                }
            }
        }
    }

    /** The sample has no development kit; one of our own gives the ten validation pictures their labels. */
    @Test
    void imageNetAsTarsOfTars() throws IOException {
        Optional<Path> source = Fixtures.find("datasets/imagenet2012");
        if (source.isEmpty()) {
            return;
        }
        Path set = folder.resolve("imagenet");
        Files.createDirectories(set);
        for (String name : new String[] {"ILSVRC2012_img_train.tar", "ILSVRC2012_img_val.tar", "ILSVRC2012_img_test.tar"}) {
            Files.copy(source.get().resolve(name), set.resolve(name));
        }
        Layouts.imagenet().unpacked().forEach((name, bytes) -> {
            try {
                if (name.contains("devkit")) {
                    org.equirepro.vision.TestData.put(set, name, name.endsWith("ground_truth.txt")
                            ? "2\n1\n2\n2\n2\n2\n2\n1\n2\n1\n".getBytes() : bytes);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertSource(set, "\"kind\":\"imagenet\"", Map.of("train", 100, "test", 10),
                Map.of("train train/n01498041/n01498041_3.JPEG", "n01498041", "test val/ILSVRC2012_val_0000002.JPEG", "n01484850"));
    }

    @Test
    void voc2007() throws IOException {
        Optional<Path> source = Fixtures.find("datasets/voc");
        if (source.isPresent()) {
            try (ShardSet set = prepareInto("voc", "{\"kind\":\"voc2007\",\"subset\":true}", source.get())) {
                assertEquals(1, set.split("train").size());
                assertEquals(2, set.split("val").size());
                assertEquals(3, set.split("test").size());
                byte[] labels = MultiLabels.of(set.split("test"), 20)[2]; // 000005: a monitor and a train
                for (int c = 0; c < 20; c++) {
                    assertEquals(c >= 18 ? MultiLabels.PRESENT : MultiLabels.ABSENT, labels[c]);
                }
            }
        }
    }

    @Test
    void textsUnderPictureNamesAreRefused() {
        Optional<Path> source = Fixtures.find("datasets/imagefolder-odd");
        if (source.isPresent()) {
            UserError error = assertThrows(UserError.class, () -> prepare("{\"kind\":\"imagefolder\",\"test_fraction\":0.5}",
                    source.get()));
            assertEquals(ExitCode.BAD_DATA, error.exitCode());
            assertTrue(error.getMessage().contains("is not a JPEG or PNG picture"), error.getMessage());
        }
    }
}
