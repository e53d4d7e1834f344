package org.equirepro.evaluation.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.equirepro.base.Draws;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Preparation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a tree in 3DIEBench's layout whose pictures show their latents plainly: two bands of hue, and bars as the pose. */
final class R2ThreeDieProbeTest {

    private static final int OBJECTS = 40;
    private static final int VIEWS = 6;
    private static final int SIDE = 16;

    @TempDir
    static Path folder;
    private static Path shards;
    private static Path encoder;

    @BeforeAll
    static void prepare() throws IOException {
        Path source = folder.resolve("source");
        for (int c = 0; c < 3; c++) {
            for (int o = 0; o < OBJECTS; o++) {
                Path object = Files.createDirectories(source.resolve("0000000" + c + "/obj" + o));
                for (int v = 0; v < VIEWS; v++) {
                    Draws draws = Draws.at(c, o, v, 0, "objects");
                    double[] latents = new double[7];
                    for (int k = 0; k < 7; k++) {
                        latents[k] = k < 3 ? draws.uniform(-1.5, 1.5) : draws.uniform(0, 0.5);
                    }
                    ImageIO.write(picture(c, latents), "png", object.resolve("image_" + v + ".png").toFile());
                    Files.write(object.resolve("latent_" + v + ".npy"), npy(latents));
                }
            }
        }
        shards = folder.resolve("objects");
        Preparation.run(Settings.parseJson("objects", "{\"dataset\": \"objects\", \"kind\": \"3diebench\", "
                + "\"test_fraction\": 0.25, \"split_seed\": 1}"), source, shards);
        encoder = TinyData.vit(folder.resolve("encoder"));
    }

    private static BufferedImage picture(int label, double[] latents) {
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int rgb = Color.HSBtoRGB((float) latents[y < 5 ? 3 : 6], 0.9f, 0.9f);
                if (y >= 10) {
                    int grey = (int) (128 + 80 * latents[Math.min(x / 5, 2)]);
                    rgb = grey << 16 | grey << 8 | grey;
                }
                if (y >= 13) {
                    rgb = x / 6 == label ? 0xFFFFFF : 0;
                }
                picture.setRGB(x, y, rgb);
            }
        }
        return picture;
    }

    /** Version 1.0 of the format, one dimension, float64. */
    private static byte[] npy(double[] values) {
        String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + values.length + ",), }";
        header = header + " ".repeat(117 - header.length()) + "\n";
        ByteBuffer bytes = ByteBuffer.allocate(10 + header.length() + 8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        bytes.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        for (double value : values) {
            bytes.putDouble(value);
        }
        return bytes.array();
    }

    private static Settings config(String features, String more) {
        return TinyData.config("{\"kind\": \"r2_3diebench\", \"features\": " + features + ", \"hidden\": [48], \"epochs\": 60, "
                + "\"batch\": 32, \"optimiser\": {\"name\": \"adam\", \"lr\": 0.003}" + more + "}");
    }

    @Test
    void plainLatentsAreReadFromTwoViews() throws IOException {
        Path out = folder.resolve("plain");
        Settings config = config("[\"whole\", \"equivariant\"]", ", \"standardise\": true, \"train_pairs\": 3");
        R2ThreeDieProbe.run(config, shards, encoder, Stores.NONE, out, RunOptions.unlimited(1));
        List<ResultRow> rows = ResultRow.read(out.resolve("result.csv"));
        assertEquals(2 * 5, rows.size());
        for (ResultRow row : rows) {
            assertEquals(30, row.samples());
            if (row.target().equals("class")) {
                assertTrue(row.value() > 60 && row.metric().equals("top1"), row.toString());
                assertEquals(100.0 / 3, row.floor(), 1e-9);
            } else if (row.target().equals("hue")) {
                assertTrue(row.value() > 0.3, row.toString());
                assertEquals(0, row.floor(), 0.1);
            } else {
                assertTrue(row.value() > row.floor() + 0.05, row.toString());
                assertTrue(row.floor() > 0.1, "the mean of w is not 0: " + row);
            }
        }
        assertEquals(Set.of("all", "floor_hue", "light_hue"), new HashSet<>(rows.stream()
                .filter(r -> r.target().equals("hue")).map(ResultRow::parameter).toList()));
        // class 1, quaternion 4, hues 2 for each of 30 objects and two kinds of features
        assertEquals(1 + 2 * 30 * 7, Files.readAllLines(out.resolve("predictions.csv")).size());
    }

    @Test
    void objectsNeedEnoughViews() {
        Settings config = config("[\"whole\"]", ", \"train_pairs\": 4");
        UserError error = assertThrows(UserError.class,
                () -> R2ThreeDieProbe.run(config, shards, encoder, Stores.NONE, folder.resolve("never"), RunOptions.unlimited(1)));
        assertEquals(ExitCode.USAGE, error.exitCode());
        assertTrue(error.getMessage().contains("has 6 views"), error.getMessage());
    }

    @Test
    void picturesWithoutLatentsAreRefused() throws IOException {
        Path pictures = TinyData.shards(folder.resolve("pictures"), 4, 2);
        UserError error = assertThrows(UserError.class, () -> R2ThreeDieProbe.run(config("[\"whole\"]", ""), pictures, encoder,
                Stores.NONE, folder.resolve("never"), RunOptions.unlimited(1)));
        assertTrue(error.getMessage().contains("several views"), error.getMessage());
    }
}
