package org.equirepro.reporting.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class EmbeddedTest {

    private static byte[] png(int width, int height) throws IOException {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random noise = new Random(3);
        for (int i = 0; i < width * height; i++) {
            int grey = 96 + 32 * (i % width * 3 / width) + noise.nextInt(8);
            picture.setRGB(i % width, i / width, grey << 16 | grey << 8 | grey);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", bytes);
        return bytes.toByteArray();
    }

    @Test
    void aSmallPictureStaysAsItIs() throws IOException {
        byte[] png = png(64, 64);
        String source = Embedded.source(png);
        assertTrue(source.startsWith("data:image/png;base64,"));
        assertArrayEquals(png, Base64.getDecoder().decode(source.substring(source.indexOf(',') + 1)));
    }

    @Test
    void aLargePictureBecomesASmallerOneThatLooksTheSame() throws IOException {
        byte[] png = png(900, 600);
        String source = Embedded.source(png);
        assertTrue(source.startsWith("data:image/jpeg;base64,"), source.substring(0, 30));
        byte[] jpeg = Base64.getDecoder().decode(source.substring(source.indexOf(',') + 1));
        assertTrue(jpeg.length < png.length / 2, jpeg.length + " of " + png.length);
        BufferedImage before = ImageIO.read(new ByteArrayInputStream(png));
        BufferedImage after = ImageIO.read(new ByteArrayInputStream(jpeg));
        assertEquals(900, after.getWidth());
        assertEquals(600, after.getHeight());
        double error = 0;
        for (int i = 0; i < 900 * 600; i++) {
            error += Math.abs((before.getRGB(i % 900, i / 900) & 0xFF) - (after.getRGB(i % 900, i / 900) & 0xFF));
        }
        assertTrue(error / (900 * 600) < 4, "levels of 255 in the mean: " + error / (900 * 600));
    }
}
