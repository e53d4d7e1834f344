package org.equirepro.vision.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Preparation;
import org.equirepro.vision.data.Sample;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenderedReaderTest {

    @TempDir
    Path folder;

    private static Settings solids(int seed) {
        return Settings.parseJson("solids",
                "{\"kind\":\"render-3d\",\"classes\":3,\"objects_per_class\":5,\"views\":12,\"size\":32,"
                + "\"test_fraction\":0.2,\"seed\":" + seed + "}");
    }

    private static Settings pictures() {
        return Settings.parseJson("pictures", "{\"kind\":\"render-pictures\",\"classes\":12,\"train_per_class\":3,"
                + "\"test_per_class\":2,\"size\":48,\"seed\":1}");
    }

    private static List<Sample> all(Settings settings) {
        List<Sample> samples = new ArrayList<>();
        RenderedReader.of(settings).samples().forEachRemaining(samples::add);
        return samples;
    }

    @Test
    void givesEveryViewOfEveryObjectInTheOrderOfKeys() {
        List<Sample> samples = all(solids(1));
        assertEquals(3 * 5 * 12, samples.size());
        assertEquals(List.of("90000001", "90000002", "90000003"), RenderedReader.of(solids(1)).classes());
        Set<String> train = new HashSet<>();
        Set<String> test = new HashSet<>();
        for (int i = 0; i < samples.size(); i++) {
            Sample s = samples.get(i);
            (s.split().equals("test") ? test : train).add(s.group());
            assertEquals(s.group() + "/image_" + s.view() + ".jpg", s.key());
            assertEquals(RenderedReader.of(solids(1)).classes().get(s.label()), s.group().substring(0, 8));
            assertEquals(7, s.latents().length);
            if (i > 0 && samples.get(i - 1).split().equals(s.split())) {
                assertTrue(samples.get(i - 1).key().compareTo(s.key()) < 0, s.key());
            }
        }
        assertEquals(12, train.size());
        assertEquals(3, test.size());
        train.retainAll(test);
        assertEquals(Set.of(), train, "an object is in one split only");
    }

    @Test
    void theSeedDecidesTheBytes() throws IOException {
        List<Sample> first = all(solids(1));
        List<Sample> again = all(solids(1));
        List<Sample> other = all(solids(2));
        for (int i : new int[] {0, 50, 179}) {
            byte[] bytes = first.get(i).bytes().get();
            assertArrayEquals(bytes, again.get(i).bytes().get());
            assertTrue(!Arrays.equals(bytes, other.get(i).bytes().get()));
            Picture picture = PictureDecoder.decode(first.get(i).key(), bytes);
            assertEquals(32, picture.width());
            assertEquals(32, picture.height());
        }
    }

    @Test
    void morePicturesOfMoreClassesDoNotChangeThoseThereWere() throws IOException {
        Settings more = Settings.parseJson("more",
                "{\"kind\":\"render-3d\",\"classes\":5,\"objects_per_class\":7,\"views\":20,\"size\":32,"
                + "\"test_fraction\":0,\"seed\":1}");
        Sample known = all(solids(1)).get(17);
        Sample same = all(more).stream().filter(s -> s.key().equals(known.key())).findFirst().orElseThrow();
        assertArrayEquals(known.latents(), same.latents());
        assertArrayEquals(known.bytes().get(), same.bytes().get());
    }

    @Test
    void picturesAreColourfulTexturedAndAllDifferent() throws IOException {
        List<Sample> samples = all(pictures());
        assertEquals(12 * 5, samples.size());
        assertEquals("chair", RenderedReader.of(pictures()).classes().get(0));
        Set<String> seen = new HashSet<>();
        double texture = 0;
        double saturation = 0;
        for (Sample s : samples) {
            assertEquals(0, s.latents().length);
            byte[] rgb = PictureDecoder.decode(s.key(), s.bytes().get()).rgb();
            seen.add(org.equirepro.base.Hashes.sha256(rgb));
            for (int i = 3; i < rgb.length; i += 3) {
                int r = rgb[i] & 255;
                int g = rgb[i + 1] & 255;
                int b = rgb[i + 2] & 255;
                texture += Math.abs(g - (rgb[i - 2] & 255)) / (48.0 * 48 * samples.size());
                saturation += (Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b))) / (48.0 * 48 * samples.size());
            }
        }
        assertEquals(samples.size(), seen.size());
        assertTrue(texture > 3, "neighbours differ by " + texture);
        assertTrue(saturation > 15, "channels differ by " + saturation);
    }

    @Test
    void theTreeIsLaidOutAs3DieBench() throws IOException {
        Path tree = folder.resolve("tree");
        TreeWriter.write(solids(1), tree);
        int files = 0;
        for (Sample s : all(solids(1))) {
            assertArrayEquals(s.bytes().get(), Files.readAllBytes(tree.resolve(s.key())));
            ByteBuffer latents = npy(tree.resolve(s.key().replace("image_", "latent_").replace(".jpg", ".npy")), "<f8", 7);
            for (double expected : s.latents()) {
                assertEquals(expected, latents.getDouble());
            }
            files += 2;
        }
        try (var found = Files.walk(tree)) {
            assertEquals(files + 5, found.filter(Files::isRegularFile).count());
        }
        for (String split : List.of("train", "val")) {
            int count = split.equals("train") ? 12 : 3;
            ByteBuffer labels = npy(tree.resolve(split + "_labels.npy"), "<i8", count);
            ByteBuffer names = npy(tree.resolve(split + "_images.npy"), "<U43", count);
            for (int i = 0; i < count; i++) {
                byte[] text = new byte[4 * 43];
                names.get(text);
                String name = new String(text, Charset.forName("UTF-32LE"));
                assertTrue(name.matches("/9000000[123]/[0-9a-f]{32}/"), name);
                assertEquals(labels.getLong(), name.charAt(8) - '1');
                assertEquals(32, ImageIO.read(tree.resolve(name.substring(1)).resolve("image_0.jpg").toFile()).getWidth());
            }
        }
        assertTrue(Files.readString(tree.resolve("classes.csv")).startsWith("synset,name\n90000001,chair\n"));
        assertThrows(UserError.class, () -> TreeWriter.write(solids(1), tree), "an existing folder is kept");
    }

    @Test
    void theTreeReadAs3DieBenchGivesTheSameSamples() throws IOException {
        TreeWriter.write(solids(1), folder.resolve("tree"));
        Settings config = Settings.parseJson("read", "{\"dataset\":\"solids\",\"kind\":\"3diebench\",\"subset\":true}");
        Preparation.run(config, folder.resolve("tree"), folder.resolve("shards"));
        try (ShardSet set = ShardSet.open(folder.resolve("shards"))) {
            assertEquals(RenderedReader.of(solids(1)).classes(), set.classes());
            Map<String, Integer> next = new HashMap<>();
            for (Sample s : all(solids(1))) {
                Split split = set.split(s.split());
                int i = next.merge(s.split(), 1, Integer::sum) - 1;
                assertEquals(s.key(), split.key(i));
                assertEquals(s.label(), split.label(i));
                assertEquals(s.group(), split.groupName(split.group(i)));
                assertEquals(s.view(), split.view(i));
                assertArrayEquals(s.latents(), split.latents(i));
                assertArrayEquals(s.bytes().get(), split.encoded(i));
            }
            assertEquals(next.get("train"), set.split("train").size());
            assertEquals(next.get("test"), set.split("test").size());
        }
    }

    @Test
    void npyPadsShorterTexts() throws IOException {
        Path file = Files.write(folder.resolve("texts.npy"), NpyBytes.ofTexts(List.of("ab", "é")));
        ByteBuffer data = npy(file, "<U2", 2);
        assertArrayEquals(new int[] {'a', 'b', 'é', 0}, new int[] {data.getInt(), data.getInt(), data.getInt(), data.getInt()});
    }

    @Test
    void aContactSheetShowsThePicturesInRows() throws IOException {
        List<Picture> pictures = new ArrayList<>();
        for (Sample s : all(solids(1)).subList(0, 5)) {
            pictures.add(PictureDecoder.decode(s.key(), s.bytes().get()));
        }
        ContactSheet.write(folder.resolve("sheet.png"), pictures, 3);
        Picture sheet = PictureDecoder.decode("sheet", Files.readAllBytes(folder.resolve("sheet.png")));
        assertEquals(3 * 34 + 2, sheet.width());
        assertEquals(2 * 34 + 2, sheet.height());
        assertEquals(pictures.get(4).value(5, 9, 1), sheet.value(2 + 34 + 5, 2 + 34 + 9, 1));
        assertEquals(255, sheet.value(2 + 68 + 5, 2 + 34 + 9, 1), "an empty place is white");
    }

    @Test
    void wrongSettingsAreNamed() {
        for (String[] wrong : new String[][] {{"\"classes\":3", "\"classes\":99", "classes"}, {"0.2", "1.5", "test_fraction"},
            {"render-3d", "render-4d", "kind"}, {",\"views\":12", "", "views"},
            {"\"objects_per_class\":5", "\"objects_per_class\":1", "objects_per_class"}}) {
            String text = solids(1).canonical().replace(wrong[0], wrong[1]);
            UserError error = assertThrows(UserError.class, () -> RenderedReader.of(Settings.parseJson("conf", text)));
            assertTrue(error.getMessage().startsWith("conf: " + wrong[2]), error.getMessage());
            assertEquals(ExitCode.USAGE, error.exitCode());
        }
        assertThrows(UserError.class, () -> TreeWriter.write(pictures(), folder.resolve("none")));
        assertTrue(Files.notExists(folder.resolve("none")));
    }

    /** The data of a one-dimensional array after checking its header. */
    private static ByteBuffer npy(Path file, String type, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        bytes.get(magic);
        assertArrayEquals(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, magic);
        byte[] header = new byte[bytes.getShort()];
        bytes.get(header);
        String text = new String(header, StandardCharsets.US_ASCII);
        assertEquals("{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + count + ",), }", text.strip());
        assertEquals(0, bytes.position() % 64);
        assertTrue(text.endsWith("\n"));
        int width = type.startsWith("<U") ? 4 * Integer.parseInt(type.substring(2)) : 8;
        assertEquals(count * width, bytes.remaining());
        return bytes;
    }
}
