package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.DenseData;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DepthReaderTest {

    private static final String DRIVE = "2011_09_26_drive_0002_sync";

    @TempDir
    private Path folder;

    private ShardSet prepare(String json, Path source, String out) {
        Preparation.run(Settings.parseJson("config.json", json), source, folder.resolve(out));
        ShardSet set = ShardSet.open(folder.resolve(out));
        set.verify();
        return set;
    }

    private static byte[] lines(String... lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Depth that grows from 0 by a metre a pixel, in millimetres. */
    private static byte[] depth() {
        float[] metres = new float[DenseData.WIDTH * DenseData.HEIGHT];
        for (int i = 0; i < metres.length; i++) {
            metres[i] = i;
        }
        return new DepthMap(DenseData.WIDTH, DenseData.HEIGHT, metres).png();
    }

    private static Map<String, byte[]> nyu() {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            files.put("sync/kitchen_0028b/rgb_0004" + i + ".jpg", DenseData.picture(i));
            files.put("sync/kitchen_0028b/sync_depth_0004" + i + ".png", depth());
        }
        files.put("official_splits/test/bathroom/rgb_00045.jpg", DenseData.picture(7));
        files.put("official_splits/test/bathroom/sync_depth_00045.png", depth());
        files.put("nyudepthv2_train_files_with_gt.txt", lines("/kitchen_0028b/rgb_00042.jpg /kitchen_0028b/sync_depth_00042.png 518.8579",
                "/kitchen_0028b/rgb_00040.jpg /kitchen_0028b/sync_depth_00040.png 518.8579"));
        files.put("nyudepthv2_test_files_with_gt.txt", lines("bathroom/rgb_00045.jpg bathroom/sync_depth_00045.png 518.8579"));
        return files;
    }

    private static Map<String, byte[]> kitti() {
        Map<String, byte[]> files = new TreeMap<>();
        String date = "2011_09_26/" + DRIVE + "/image_02/data/";
        String ground = DRIVE + "/proj_depth/groundtruth/image_02/";
        for (int i = 5; i < 8; i++) {
            files.put("raw/" + date + "000000000" + i + ".png", DenseData.picture(i));
            files.put("raw/" + date.replace("image_02", "image_03") + "000000000" + i + ".png", DenseData.picture(9));
        }
        files.put("gts/train/" + ground + "0000000005.png", depth());
        files.put("gts/val/" + ground + "0000000006.png", depth());
        files.put("kitti_eigen_train_files_with_gt.txt", lines(date + "0000000005.png " + ground + "0000000005.png 721.5377"));
        files.put("kitti_eigen_test_files_with_gt.txt", lines(date + "0000000007.png None 721.5377", date + "0000000006.png " + ground
                + "0000000006.png 721.5377"));
        return files;
    }

    @Test
    void nyuByItsListsInMillimetres() throws IOException {
        Path tree = DenseData.tree(folder.resolve("nyu"), nyu());
        try (ShardSet set = prepare("{\"kind\":\"nyu-depth-v2\",\"subset\":true}", tree, "a")) {
            Split train = set.split("train");
            assertEquals(List.of("kitchen_0028b/rgb_00040.jpg", "kitchen_0028b/rgb_00042.jpg"), List.of(train.key(0), train.key(1)));
            assertEquals(2, train.size(), "what no list names is no part");
            assertArrayEquals(DenseData.picture(2), train.encoded(1));
            assertArrayEquals(depth(), train.member(1, "depth").orElseThrow(), "the file as it is");
            assertEquals(List.of("depth"), set.members());
            assertEquals("bathroom/rgb_00045.jpg", set.split("test").key(0));
        }
    }

    @Test
    void kittisDepthCountsIn256thsAndPicturesWithoutItAreLeftOut() throws IOException {
        Path tree = DenseData.tree(folder.resolve("kitti"), kitti());
        try (ShardSet set = prepare("{\"kind\":\"kitti-eigen\",\"subset\":true}", tree, "a")) {
            assertEquals(List.of("depth256"), set.members());
            Split test = set.split("test");
            assertEquals(1, test.size());
            assertArrayEquals(DenseData.picture(6), test.encoded(0));
            DepthMap depth = DepthMap.Unit.KITTI.decode("k", test.member(0, "depth256").orElseThrow());
            assertEquals(65_535 / 256f, depth.metres()[100], "16 bits without a sign");
            assertEquals(33_000 / 256f, depth.metres()[33]);
        }
    }

    @Test
    void archivesGiveTheSameShards() throws IOException {
        Map<String, byte[]> files = kitti();
        Path tree = DenseData.tree(folder.resolve("tree"), files);
        Map<String, byte[]> raw = new TreeMap<>();
        Map<String, byte[]> truth = new TreeMap<>();
        Map<String, byte[]> packed = new TreeMap<>();
        files.forEach((name, bytes) -> {
            if (name.startsWith("raw/")) {
                raw.put(name.substring(4), bytes);
            } else if (name.startsWith("gts/")) {
                truth.put(name.substring(4), bytes);
            } else {
                packed.put(name, bytes);
            }
        });
        packed.put(DRIVE + ".zip", DenseData.zip(raw));
        packed.put("data_depth_annotated.zip", DenseData.zip(truth));
        Path zips = DenseData.tree(folder.resolve("zips"), packed);
        try (ShardSet a = prepare("{\"kind\":\"kitti-eigen\",\"subset\":true}", tree, "a");
                ShardSet b = prepare("{\"kind\":\"kitti-eigen\",\"subset\":true}", zips, "b")) {
            assertEquals(1, a.split("train").size() * b.split("train").size());
            assertArrayEquals(Files.readAllBytes(folder.resolve("a/test-00000.tar")), Files.readAllBytes(folder.resolve("b/test-00000.tar")));
        }
    }

    @Test
    void oddFilesAreRefusedInOneLine() throws IOException {
        Map<String, byte[]> files = nyu();
        refused(files, false, "NYU Depth v2 has 24,231 pictures with depth for train, found 2", ExitCode.BAD_DATA);
        files.put("sync/kitchen_0028b/sync_depth_00042.png",
                PictureDecoder.png(new LabelMap(DenseData.WIDTH, DenseData.HEIGHT, new byte[DenseData.WIDTH * DenseData.HEIGHT])));
        refused(files, true, "is not a depth map: not a grey PNG of 16 bits", ExitCode.BAD_DATA);
        files.put("sync/kitchen_0028b/sync_depth_00042.png", new DepthMap(1, 1, new float[] {1}).png());
        refused(files, true, "its depth map says 1 x 1", ExitCode.BAD_DATA);
        files.put("nyudepthv2_train_files_with_gt.txt", lines("a/rgb_1.jpg a/sync_depth_1.png 5", "a/rgb_1.jpg a/sync_depth_2.png 5"));
        refused(files, true, "has two depth maps for a/rgb_1.jpg", ExitCode.BAD_DATA);
        files.put("nyudepthv2_train_files_with_gt.txt", lines("a/rgb_1.jpg"));
        refused(files, true, "has the line 'a/rgb_1.jpg', which should have 2 words", ExitCode.BAD_DATA);
        files.remove("nyudepthv2_train_files_with_gt.txt");
        refused(files, true, "has no nyudepthv2_train_files_with_gt.txt", ExitCode.MISSING_INPUT);
    }

    private void refused(Map<String, byte[]> files, boolean subset, String message, ExitCode code) throws IOException {
        Path tree = Files.createTempDirectory(folder, "refused");
        DenseData.tree(tree, files);
        UserError error = assertThrows(UserError.class, () -> prepare("{\"kind\":\"nyu-depth-v2\",\"subset\":" + subset + "}", tree,
                tree.getFileName() + "-out"));
        assertTrue(error.getMessage().contains(message), error.getMessage());
        assertEquals(code, error.exitCode());
        assertFalse(error.getMessage().contains("\n"));
    }
}
