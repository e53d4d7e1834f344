package org.equirepro.evaluation.probes;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.vision.data.Preparation;

/** A data set in 3DIEBench's layout whose pictures show their latents plainly: two bands of hue, and bars as the pose. */
final class TinyObjects {

    private static final int SIDE = 16;

    private TinyObjects() {}

    /** So many objects of each class, a quarter of them for the test. */
    static Path shards(Path folder, int objects, int views) throws IOException {
        Path source = folder.resolve("source");
        for (int c = 0; c < TinyData.CLASSES; c++) {
            for (int o = 0; o < objects; o++) {
                Path object = Files.createDirectories(source.resolve("0000000" + c + "/obj" + o));
                for (int v = 0; v < views; v++) {
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
        Path shards = folder.resolve("objects");
        Preparation.run(Settings.parseJson("objects", "{\"dataset\": \"objects\", \"kind\": \"3diebench\", "
                + "\"test_fraction\": 0.25, \"split_seed\": 1}"), source, shards);
        return shards;
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
}
