package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
        Preparation.run(Settings.parseJson("config.json", json), source, folder.resolve("out"));
        return ShardSet.open(folder.resolve("out"));
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
