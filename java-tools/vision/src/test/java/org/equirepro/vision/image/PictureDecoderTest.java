package org.equirepro.vision.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import org.equirepro.vision.TestData;
import org.junit.jupiter.api.Test;

/** With pictures that the JDK writes; those of other writers are in {@link OddImagesTest}. */
final class PictureDecoderTest {

    private static byte[] write(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, out));
        return out.toByteArray();
    }

    private static BufferedImage smooth(int type) {
        BufferedImage image = new BufferedImage(40, 24, type);
        for (int y = 0; y < 24; y++) {
            for (int x = 0; x < 40; x++) {
                image.setRGB(x, y, 0xFF000000 | (x * 6) << 16 | (y * 10) << 8 | (x + y));
            }
        }
        return image;
    }

    private static UserError refused(String name, byte[] bytes) {
        UserError error = assertThrows(UserError.class, () -> PictureDecoder.decode(name, bytes));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().startsWith(name + ": "), error.getMessage());
        return error;
    }

    @Test
    void jpegComesOutAsTheJdkReadsIt() throws IOException {
        byte[] jpeg = write(smooth(BufferedImage.TYPE_INT_RGB), "jpg");
        Picture picture = PictureDecoder.decode("a.jpg", jpeg);
        BufferedImage expected = ImageIO.read(new java.io.ByteArrayInputStream(jpeg));
        for (int y = 0; y < 24; y++) {
            for (int x = 0; x < 40; x++) {
                int rgb = picture.value(x, y, 0) << 16 | picture.value(x, y, 1) << 8 | picture.value(x, y, 2);
                assertEquals(expected.getRGB(x, y) & 0xFFFFFF, rgb, "at " + x + ", " + y);
            }
        }
    }

    @Test
    void greyJpegHasThreeEqualChannels() throws IOException {
        Picture picture = PictureDecoder.decode("a.jpg", write(smooth(BufferedImage.TYPE_BYTE_GRAY), "jpg"));
        for (int i = 0; i < picture.rgb().length; i += 3) {
            assertEquals(picture.rgb()[i], picture.rgb()[i + 1]);
            assertEquals(picture.rgb()[i], picture.rgb()[i + 2]);
        }
    }

    @Test
    void aCutJpegIsRefusedWhereverItIsCut() throws IOException {
        byte[] jpeg = write(smooth(BufferedImage.TYPE_INT_RGB), "jpg");
        for (int length = 1; length < jpeg.length - 1; length += 7) {
            refused("cut.jpg", Arrays.copyOf(jpeg, length));
        }
        byte[] hole = Arrays.copyOf(jpeg, jpeg.length - 60); // the middle is gone, the end marker is there
        hole[hole.length - 2] = (byte) 0xFF;
        hole[hole.length - 1] = (byte) 0xD9;
        String message = refused("hole.jpg", hole).getMessage();
        assertTrue(message.contains("truncated"), message + " of " + jpeg.length);
    }

    @Test
    void pngOfAnyKindBecomesRgb() throws IOException {
        Picture rgb = TestData.noise(9, 7, 3);
        assertArrayEquals(rgb.rgb(), PictureDecoder.decode("x.JPEG", PictureDecoder.png(rgb)).rgb(), "the bytes say what it is");

        BufferedImage alpha = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        alpha.setRGB(0, 0, 0x00FF8040);
        alpha.setRGB(1, 0, 0x80102030);
        assertArrayEquals(new byte[] {(byte) 255, (byte) 128, 64, 16, 32, 48}, PictureDecoder.decode("a.png",
                write(alpha, "png")).rgb());

        byte[] reds = {10, 20, 30, 40};
        byte[] others = {1, 2, 3, 4};
        BufferedImage palette = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(2, 4, reds, others,
                others));
        palette.getRaster().setSample(0, 0, 0, 3);
        palette.getRaster().setSample(2, 0, 0, 1);
        assertArrayEquals(new byte[] {40, 4, 4, 10, 1, 1, 20, 2, 2}, PictureDecoder.decode("p.png", write(palette, "png")).rgb());

        BufferedImage deep = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(1, 0, 0, 200);
        deep.getRaster().setSample(2, 0, 0, 40000);
        assertArrayEquals(new byte[] {0, 0, 0, (byte) 200, (byte) 200, (byte) 200, -1, -1, -1},
                PictureDecoder.decode("d.png", write(deep, "png")).rgb(), "16-bit grey is clipped as Pillow clips it");

        BufferedImage bits = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY);
        bits.getRaster().setSample(1, 0, 0, 1);
        assertArrayEquals(new byte[] {0, 0, 0, -1, -1, -1, 0, 0, 0}, PictureDecoder.decode("b.png", write(bits, "png")).rgb());
    }

    @Test
    void damagedPngIsRefused() {
        byte[] png = TestData.png(1);
        for (int length = 9; length < png.length; length += 5) {
            refused("cut.png", Arrays.copyOf(png, length));
        }
        for (int at = 16; at < png.length; at += 3) {
            byte[] damaged = png.clone();
            damaged[at] ^= 0x10;
            refused("damaged.png", damaged);
        }
    }

    @Test
    void otherContentIsNamed() {
        assertTrue(refused("e.jpg", new byte[0]).getMessage().contains("empty"));
        assertTrue(refused("h.jpg", "\n<!DOCTYPE html><p>404".getBytes()).getMessage().contains("HTML"));
        assertTrue(refused("g.png", "GIF89a....".getBytes()).getMessage().contains("GIF"));
        assertTrue(refused("w.jpg", "RIFF1234WEBPVP8 ".getBytes()).getMessage().contains("WebP"));
        assertTrue(refused("r.jpg", new byte[] {1, 2, 3}).getMessage().contains("unknown"));
    }
}
