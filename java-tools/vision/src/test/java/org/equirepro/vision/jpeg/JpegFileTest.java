package org.equirepro.vision.jpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;

/** With files of the JDK's writer; other writers' files are in OddImagesTest. */
final class JpegFileTest {

    private static final int WIDTH = 83;
    private static final int HEIGHT = 50;

    private static byte[] write(int type, boolean progressive, float quality) throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
        Random random = new Random(3);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int wave = (int) (100 + 80 * Math.sin(x * 0.13) * Math.cos(y * 0.21));
                image.setRGB(x, y, (wave + random.nextInt(40)) << 16 | (255 - wave) << 8 | (x * 3 + y) & 255);
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam options = writer.getDefaultWriteParam();
        options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        options.setCompressionQuality(quality);
        options.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), options);
        }
        writer.dispose();
        return out.toByteArray();
    }

    private static byte[] whole(byte[] jpeg) {
        JpegFile file = JpegFile.open(jpeg);
        return file.rgb(0, 0, file.width(), file.height());
    }

    @Test
    void pixelsAreThoseOfLibjpegWhateverTheQualityAndOrderOfCoding() throws IOException {
        for (float quality : new float[] {0.1f, 0.75f, 1}) {
            byte[] expected = new byte[3 * WIDTH * HEIGHT];
            BufferedImage read = ImageIO.read(new ByteArrayInputStream(write(BufferedImage.TYPE_INT_RGB, false, quality)));
            for (int i = 0; i < WIDTH * HEIGHT; i++) {
                int rgb = read.getRGB(i % WIDTH, i / WIDTH);
                expected[3 * i] = (byte) (rgb >> 16);
                expected[3 * i + 1] = (byte) (rgb >> 8);
                expected[3 * i + 2] = (byte) rgb;
            }
            assertArrayEquals(expected, whole(write(BufferedImage.TYPE_INT_RGB, false, quality)), "baseline " + quality);
            assertArrayEquals(expected, whole(write(BufferedImage.TYPE_INT_RGB, true, quality)), "progressive " + quality);
        }
    }

    @Test
    void aRegionHasThePixelsOfTheWhole() throws IOException {
        Random random = new Random(1);
        for (int type : new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY}) {
            for (boolean progressive : new boolean[] {false, true}) {
                JpegFile file = JpegFile.open(write(type, progressive, 0.9f));
                byte[] all = file.rgb(0, 0, WIDTH, HEIGHT);
                for (int i = 0; i < 60; i++) {
                    int width = 1 + random.nextInt(WIDTH);
                    int height = 1 + random.nextInt(HEIGHT);
                    int left = random.nextInt(WIDTH - width + 1);
                    int top = random.nextInt(HEIGHT - height + 1);
                    byte[] part = file.rgb(left, top, width, height);
                    for (int y = 0; y < height; y++) {
                        int at = 3 * ((top + y) * WIDTH + left);
                        assertArrayEquals(Arrays.copyOfRange(all, at, at + 3 * width),
                                Arrays.copyOfRange(part, 3 * y * width, 3 * (y + 1) * width));
                    }
                }
            }
        }
    }

    @Test
    void theReducedSamplesOfARegionAreThoseOfTheWhole() throws IOException {
        Random random = new Random(2);
        for (boolean progressive : new boolean[] {false, true}) {
            JpegFile file = JpegFile.open(write(BufferedImage.TYPE_INT_RGB, progressive, 0.9f));
            for (int eighths = 1; eighths <= 8; eighths++) {
                Samples[] whole = file.reduced(0, 0, WIDTH, HEIGHT, WIDTH * eighths / 8, HEIGHT * eighths / 8);
                for (int i = 0; i < 40; i++) {
                    int width = 16 + random.nextInt(WIDTH - 15);
                    int height = 16 + random.nextInt(HEIGHT - 15);
                    int left = random.nextInt(WIDTH - width + 1);
                    int top = random.nextInt(HEIGHT - height + 1);
                    // of the luma only: half of the colours' resolution leaves another number of eighths
                    Samples part = file.reduced(left, top, width, height, width * eighths / 8, height * eighths / 8)[0];
                    double scale = whole[0].width() / WIDTH;
                    if (part.width() == width * scale) {
                        int[] expected = new int[whole[0].columns()];
                        int[] found = new int[part.columns()];
                        for (int y = 0; y < part.rows(); y++) {
                            whole[0].row((int) (top * scale) + y, expected);
                            part.row(y, found);
                            int first = (int) (left * scale);
                            assertArrayEquals(Arrays.copyOfRange(expected, first, first + found.length), found);
                        }
                        assertEquals(left * scale - Math.floor(left * scale), part.left());
                        assertEquals(top * scale - Math.floor(top * scale), part.top());
                    }
                }
            }
        }
    }

    @Test
    void noComponentIsReducedBelowTheWantedSize() throws IOException {
        JpegFile file = JpegFile.open(write(BufferedImage.TYPE_INT_RGB, false, 0.9f));
        Samples[] samples = file.reduced(3, 5, 64, 40, 40, 25);
        assertEquals(40, samples[0].width()); // five eighths
        assertEquals(25, samples[0].height());
        assertEquals(32, samples[1].width()); // colours have half, all of which is needed
        Samples[] small = file.reduced(3, 5, 64, 40, 8, 5);
        assertEquals(8, small[0].width());
        assertEquals(8, small[1].width()); // one eighth and two
        assertThrows(IllegalArgumentException.class, () -> file.reduced(20, 0, 64, 40, 8, 5));
    }

    @Test
    void anEighthIsTheMeanOfABlock() throws IOException {
        JpegFile file = JpegFile.open(write(BufferedImage.TYPE_BYTE_GRAY, false, 0.95f));
        byte[] full = file.rgb(0, 0, WIDTH, HEIGHT);
        Samples eighth = file.reduced(0, 0, WIDTH, HEIGHT, 1, 1)[0];
        int[] row = new int[eighth.columns()];
        for (int by = 0; by < HEIGHT / 8; by++) {
            eighth.row(by, row);
            for (int bx = 0; bx < WIDTH / 8; bx++) {
                double sum = 0;
                for (int i = 0; i < 64; i++) {
                    sum += (full[3 * ((8 * by + i / 8) * WIDTH + 8 * bx + i % 8)] & 0xFF) / 64.0;
                }
                assertEquals(sum, row[bx], 1.5);
            }
        }
    }

    @Test
    void anEndMarkerInsideOfTheHeaderIsNotThePicturesEnd() throws IOException {
        byte[] jpeg = write(BufferedImage.TYPE_INT_RGB, false, 0.8f);
        byte[] thumbnail = {(byte) 0xFF, (byte) 0xE1, 0, 6, (byte) 0xFF, (byte) 0xD9, 0, 0};
        byte[] cut = new byte[jpeg.length / 2 + thumbnail.length];
        System.arraycopy(jpeg, 0, cut, 0, 2);
        System.arraycopy(thumbnail, 0, cut, 2, thumbnail.length);
        System.arraycopy(jpeg, 2, cut, 2 + thumbnail.length, cut.length - 2 - thumbnail.length);
        assertTrue(assertThrows(JpegException.class, () -> JpegFile.open(cut)).getMessage().contains("truncated"));
    }

    @Test
    void moreBlocksThanBitsAreRefusedBeforeMemoryIsTaken() throws IOException {
        byte[] jpeg = write(BufferedImage.TYPE_INT_RGB, false, 0.8f);
        int frame = 0;
        while (!(jpeg[frame] == (byte) 0xFF && jpeg[frame + 1] == (byte) 0xC0)) {
            frame++;
        }
        Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0x7F); // 32639 x 32639
        JpegFile file = JpegFile.open(jpeg);
        assertTrue(assertThrows(JpegException.class, () -> file.decode(0, 0, 32639, 32639, row -> { })).getMessage()
                .contains("truncated"));
    }

    @Test
    void damagedBytesEndInAPictureOrARefusal() throws IOException {
        Random random = new Random(7);
        int refused = 0;
        for (boolean progressive : new boolean[] {false, true}) {
            byte[] jpeg = write(BufferedImage.TYPE_INT_RGB, progressive, 0.5f);
            for (int i = 0; i < 1500; i++) {
                byte[] damaged = jpeg.clone();
                for (int k = 0; k <= random.nextInt(4); k++) {
                    damaged[2 + random.nextInt(jpeg.length - 2)] = (byte) random.nextInt();
                }
                try {
                    JpegFile file = JpegFile.open(damaged);
                    if ((long) file.width() * file.height() < 1 << 22 && file.width() > 0 && file.height() > 0) {
                        file.reduced(0, 0, file.width(), file.height(), 1 + i % 80, 1 + i % 50);
                        file.rgb(0, 0, file.width(), file.height());
                    }
                } catch (JpegException e) {
                    refused++;
                }
            }
        }
        assertTrue(refused > 100, refused + " refused");
    }
}
