package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.DenseData;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VideoReaderTest {

    @TempDir
    private Path folder;

    private ShardSet prepare(String json, Path source, String out) {
        Preparation.run(Settings.parseJson("config.json", json), source, folder.resolve(out));
        ShardSet set = ShardSet.open(folder.resolve(out));
        set.verify();
        return set;
    }

    /** A PNG with a palette, as DAVIS has it, whose pixels count up to {@code most}. */
    private static byte[] palette(int most) throws IOException {
        byte[] ramp = new byte[256];
        for (int i = 0; i < 256; i++) {
            ramp[i] = (byte) (37 * i);
        }
        BufferedImage image = new BufferedImage(DenseData.WIDTH, DenseData.HEIGHT, BufferedImage.TYPE_BYTE_INDEXED,
                new IndexColorModel(8, 256, ramp, ramp, ramp));
        for (int i = 0; i < DenseData.WIDTH * DenseData.HEIGHT; i++) {
            image.getRaster().setSample(i % DenseData.WIDTH, i / DenseData.WIDTH, 0, i % (most + 1));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    private static Map<String, byte[]> davis() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (String video : List.of("camel", "bike-packing", "bike", "not-listed")) {
            for (int frame = 0; frame < 3; frame++) {
                String name = video + "/0000" + frame;
                files.put("DAVIS/JPEGImages/480p/" + name + ".jpg", DenseData.picture((video + frame).hashCode()));
                files.put("DAVIS/Annotations/480p/" + name + ".png", palette(2));
            }
        }
        files.put("DAVIS/ImageSets/2017/val.txt", "camel\nbike-packing\nbike\n".getBytes(StandardCharsets.UTF_8));
        files.put("DAVIS/ImageSets/2017/train.txt", "not-listed\n".getBytes(StandardCharsets.UTF_8));
        return files;
    }

    @Test
    void davisVideosAreGroupsOfFramesWithTheirObjects() throws IOException {
        Path tree = DenseData.tree(folder.resolve("davis"), davis());
        Path zips = DenseData.tree(folder.resolve("zips"), Map.of("DAVIS-2017-trainval-480p.zip", DenseData.zip(davis())));
        try (ShardSet set = prepare("{\"kind\":\"davis2017\",\"subset\":true}", tree, "a");
                ShardSet packed = prepare("{\"kind\":\"davis2017\",\"subset\":true}", zips, "b")) {
            Split test = set.split("test");
            assertEquals(9, test.size());
            assertEquals(List.of("bike-packing", "bike", "camel"), List.of(test.groupName(0), test.groupName(1), test.groupName(2)));
            assertArrayEquals(new int[] {3, 4, 5}, test.members(1));
            assertEquals("bike/00002.jpg", test.key(5));
            assertEquals(2, test.view(5));
            LabelMap map = PictureDecoder.labels("m", test.member(5, "png").orElseThrow());
            assertEquals(2, map.label(2, 0), "the number, not the colour");
            assertArrayEquals(Files.readAllBytes(folder.resolve("a/test-00000.tar")), Files.readAllBytes(folder.resolve("b/test-00000.tar")));
            assertEquals(9, packed.split("test").size());
        }
        try (ShardSet set = prepare("{\"kind\":\"davis2017\",\"subset\":true,\"max_videos\":2}", tree, "c")) {
            assertEquals(2, set.split("test").groups());
        }
    }

    @Test
    void vipHasTwentyClasses() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (int frame = 1; frame < 3; frame++) {
            String name = "videos7/00000000000" + frame;
            files.put("Images/" + name + ".jpg", DenseData.picture(frame));
            files.put("Annotations/Category_ids/" + name + ".png", palette(19));
            files.put("Annotations/Human_ids/" + name + ".png", palette(1));
        }
        files.put("lists/val_videos.txt", "videos7\nvideos8\n".getBytes(StandardCharsets.UTF_8));
        Path tree = DenseData.tree(folder.resolve("vip"), files);
        try (ShardSet set = prepare("{\"kind\":\"vip\",\"subset\":true}", tree, "a")) {
            assertEquals(20, set.classes().size());
            assertEquals("left-shoe", set.classes().get(19));
            assertEquals(2, set.split("test").size());
            assertEquals(19, PictureDecoder.labels("m", set.split("test").member(0, "png").orElseThrow()).label(19, 0));
        }
        UserError whole = assertThrows(UserError.class, () -> prepare("{\"kind\":\"vip\"}", tree, "b"));
        assertTrue(whole.getMessage().contains("VIP: persons in videos by parts has 50 videos for test, found 2"), whole.getMessage());
    }

    @Test
    void oddFilesAreRefusedInOneLine() throws IOException {
        Map<String, byte[]> files = davis();
        files.remove("DAVIS/Annotations/480p/camel/00001.png");
        refused(files, "no such label map, but its frame", ExitCode.MISSING_INPUT);
        files.put("DAVIS/Annotations/480p/camel/00001.png", DenseData.picture(3));
        refused(files, "is not a label map: it has colours", ExitCode.BAD_DATA);
        files.remove("DAVIS/ImageSets/2017/val.txt");
        refused(files, "has no ImageSets/2017/val.txt", ExitCode.MISSING_INPUT);
    }

    private void refused(Map<String, byte[]> files, String message, ExitCode code) throws IOException {
        Path tree = Files.createTempDirectory(folder, "refused");
        DenseData.tree(tree, files);
        UserError error = assertThrows(UserError.class, () -> prepare("{\"kind\":\"davis2017\",\"subset\":true}", tree,
                tree.getFileName() + "-out"));
        assertTrue(error.getMessage().contains(message), error.getMessage());
        assertEquals(code, error.exitCode());
        assertFalse(error.getMessage().contains("\n"));
    }

    @Test
    void drawnVideosMoveAndKeepTheirObjects() {
        String config = "{\"kind\":\"render-videos\",\"size\":48,\"videos\":3,\"frames\":4,\"seed\":5";
        try (ShardSet set = prepare(config + "}", null, "a"); ShardSet fewer = prepare(config.replace("\"videos\":3", "\"videos\":2") + "}", null, "b");
                ShardSet still = prepare(config + ",\"still\":true}", null, "c")) {
            Split test = set.split("test");
            assertEquals(12, test.size());
            assertEquals("video_00001/00002.jpg", test.key(6));
            assertArrayEquals(test.encoded(6), fewer.split("test").encoded(6), "whatever the number of videos");
            assertArrayEquals(still.split("test").encoded(4), still.split("test").encoded(7));
            assertArrayEquals(test.encoded(4), still.split("test").encoded(4), "they begin alike");
            for (int video = 0; video < 3; video++) {
                byte[] begin = map(test, 4 * video);
                byte[] end = map(test, 4 * video + 3);
                int objects = most(begin);
                assertTrue(objects >= 1 && objects <= 4, objects + " objects");
                for (int object = 1; object <= objects; object++) {
                    assertTrue(count(begin, object) >= 6, "object " + object + " of video " + video);
                }
                assertNotEquals(0, Arrays.mismatch(begin, end) + 1, "something moved");
                assertTrue(most(end) <= objects);
            }
        }
    }

    private static byte[] map(Split split, int frame) {
        return PictureDecoder.labels("m", split.member(frame, "png").orElseThrow()).labels();
    }

    private static int most(byte[] labels) {
        int most = 0;
        for (byte label : labels) {
            most = Math.max(most, label);
        }
        return most;
    }

    private static int count(byte[] labels, int label) {
        int n = 0;
        for (byte other : labels) {
            n += other == label ? 1 : 0;
        }
        return n;
    }
}
