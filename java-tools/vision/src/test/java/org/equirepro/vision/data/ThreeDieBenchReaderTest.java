package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ThreeDieBenchReaderTest {

    @TempDir
    private Path folder;

    /** Two synsets, three objects each, four views. */
    private Path tree() throws IOException {
        Path root = folder.resolve("set");
        for (int o = 0; o < 6; o++) {
            for (int v = 0; v < 4; v++) {
                String object = "3DIEBench/0" + (o / 3) + "/obj" + o;
                TestData.put(root, object + "/image_" + v + ".jpg", TestData.png(10 * o + v));
                TestData.put(root, object + "/latent_" + v + ".npy", o == 0 ? TestData.npy(o + 0.1f, v, 0, 0, 0, 0, 1f)
                        : TestData.npy(o + 0.1, v, 0, 0, 0, 0, 1));
            }
        }
        return root;
    }

    private ShardSet prepare(Path root, String more) {
        Path out = folder.resolve("out");
        Preparation.run(Settings.parseJson("config.json", "{\"dataset\":\"d\",\"kind\":\"3diebench\",\"subset\":true" + more + "}"), root, out);
        return ShardSet.open(out);
    }

    @Test
    void publishedListDecidesTheSplit() throws IOException {
        Path root = tree();
        Files.write(root.resolve("val_images.npy"), TestData.npy("/00/obj1/", "/01/obj5/"));
        try (ShardSet set = prepare(root, "")) {
            Split train = set.split("train");
            Split test = set.split("test");
            assertEquals(16, train.size());
            assertEquals(8, test.size());
            assertEquals("00/obj1/image_0.jpg", test.key(0));
            assertEquals(2, test.groups());
            assertEquals("01/obj5", test.groupName(test.group(7)));
            assertArrayEquals(new int[] {4, 5, 6, 7}, test.members(1));
            assertEquals(1, test.label(7));
            assertEquals(3, test.view(7));
            assertArrayEquals(new double[] {5.1, 3, 0, 0, 0, 0, 1}, test.latents(7));
            assertArrayEquals(new double[] {0.1f, 2, 0, 0, 0, 0, 1}, train.latents(2));
            assertEquals(7, set.latents());
        }
    }

    @Test
    void theArchiveAndTheListMayLieInOneFolder() throws IOException {
        java.util.Map<String, byte[]> files = new java.util.TreeMap<>();
        try (SourceTree tree = SourceTree.open(tree(), folder)) {
            for (String file : tree.files()) {
                files.put(file, tree.read(file));
            }
        }
        Path fetched = folder.resolve("fetched");
        TestData.put(fetched, "3DIEBench.tar.gz", TestData.gzip(TestData.tar(files)));
        TestData.put(fetched, "val_images.npy", TestData.npy("/00/obj1/"));
        try (ShardSet set = prepare(fetched, "")) {
            assertEquals(20, set.split("train").size());
            assertEquals("00/obj1/image_3.jpg", set.split("test").key(3));
        }
    }

    @Test
    void drawsWholeObjects() throws IOException {
        try (ShardSet set = prepare(tree(), ",\"test_fraction\":0.34,\"max_views\":2,\"max_per_class\":1")) {
            assertEquals(4, set.split("train").size()); // one object a class, two views
            assertEquals(4, set.split("test").size());
            assertEquals(2, set.split("test").groups());
        }
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Path root = tree();
        assertTrue(assertThrows(UserError.class, () -> prepare(root, "")).getMessage().contains("val_list or test_fraction"));
        UserError error = assertThrows(UserError.class, () -> prepare(root, ",\"val_list\":\"no.npy\""));
        assertEquals(ExitCode.MISSING_INPUT, error.exitCode());
        Files.write(root.resolve("l.npy"), TestData.npy("/00/obj9/"));
        assertTrue(assertThrows(UserError.class, () -> prepare(root,
                ",\"val_list\":\"l.npy\"")).getMessage().contains("/00/obj9/"));
        Path latent = root.resolve("3DIEBench/00/obj1/latent_2.npy");
        Files.write(latent, TestData.npy(1.0, 2.0));
        error = assertThrows(UserError.class, () -> prepare(root, ",\"test_fraction\":0.5"));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().startsWith(latent + ": must hold 7"), error.getMessage());
        Files.delete(latent);
        error = assertThrows(UserError.class, () -> prepare(root, ",\"test_fraction\":0.5"));
        assertTrue(error.getMessage().contains("image_2.jpg: has no latent_2.npy"), error.getMessage());
    }

    @Test
    void arraysAreCheckedByByte() {
        Path file = Path.of("x.npy");
        assertArrayEquals(new String[] {"ab", "c"}, Npy.read(file, TestData.npy("ab", "c")).strings());
        byte[] longs = TestData.npy("<i8", "(2,)", new byte[] {5, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1});
        assertArrayEquals(new long[] {5, -1}, Npy.read(file, longs).longs());
        byte[] good = TestData.npy(1.0, 2.0);
        for (int cut : new int[] {1, 8, good.length - 20, good.length - 5}) {
            UserError error = assertThrows(UserError.class, () -> Npy.read(file,
                    java.util.Arrays.copyOf(good, good.length - cut)));
            assertTrue(error.getMessage().startsWith("x.npy: "), error.getMessage());
        }
        assertThrows(UserError.class, () -> Npy.read(file, TestData.npy("|O", "(2,)", new byte[16])));
        assertThrows(UserError.class, () -> Npy.read(file, TestData.npy("ab", "c")).doubles());
    }

    /** The published list of training objects is lost; it is all objects that the list for validation leaves. */
    @Test
    void thePublishedNumbersOfObjectsMustBeThere() throws IOException {
        Path root = tree();
        Files.write(root.resolve("val_images.npy"), TestData.npy("/00/obj1/"));
        UserError error = assertThrows(UserError.class, () -> Preparation.run(Settings.parseJson("config.json",
                "{\"dataset\":\"d\",\"kind\":\"3diebench\"}"), root, folder.resolve("out")));
        assertTrue(error.getMessage().startsWith(root + ": 3DIEBench has 55 classes, found 2"), error.getMessage());
        for (int o = 0; o < 55; o++) {
            for (int v = 0; v < 2; v++) {
                TestData.put(root, String.format("3DIEBench/%02d/more/image_%d.jpg", o, v), TestData.png(v));
                TestData.put(root, String.format("3DIEBench/%02d/more/latent_%d.npy", o, v), TestData.npy(0f, 0, 0, 0, 0, 0, 0));
            }
        }
        error = assertThrows(UserError.class, () -> Preparation.run(Settings.parseJson("config.json",
                "{\"dataset\":\"d\",\"kind\":\"3diebench\"}"), root, folder.resolve("out")));
        assertTrue(error.getMessage().contains("3DIEBench has 41,920 objects for train, found 60; get what is missing from "
                + "https://github.com/facebookresearch/SIE"), error.getMessage());
    }
}
