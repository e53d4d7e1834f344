package org.equirepro.vision.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import org.junit.jupiter.api.Test;

/** Reduced decoding stays near to full decoding, whatever the scale, the colours' resolution and the box. */
final class ReducedCropTest {

    private static final int WIDTH = 403;
    private static final int HEIGHT = 301;

    /** Waves of several lengths and sharp edges; {@code h} x {@code v} pixels to a sample of colour, 0 for a grey file. */
    private static byte[] jpeg(int h, int v) throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, h == 0 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int wave = (int) (60 * Math.sin(x * 0.05 + y * 0.02) + 25 * Math.sin(x * 0.31) * Math.cos(y * 0.23));
                int disc = Math.hypot(x - 260, y - 120) < 70 ? 40 : 0;
                int ramp = (x * 90 / WIDTH + y * 60 / HEIGHT);
                image.setRGB(x, y, 110 + wave + disc << 16 | 150 - wave / 2 - disc << 8 | 40 + ramp + disc);
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam options = writer.getDefaultWriteParam();
        options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        options.setCompressionQuality(0.95f);
        IIOMetadata data = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), options);
        if (h > 0) {
            String format = "javax_imageio_jpeg_image_1.0";
            IIOMetadataNode root = (IIOMetadataNode) data.getAsTree(format);
            IIOMetadataNode luma = (IIOMetadataNode) root.getElementsByTagName("componentSpec").item(0);
            luma.setAttribute("HsamplingFactor", Integer.toString(h));
            luma.setAttribute("VsamplingFactor", Integer.toString(v));
            data.setFromTree(format, root);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, data), options);
        }
        writer.dispose();
        return out.toByteArray();
    }

    /** Mean difference of the reduced crop from the full one, in levels. */
    private static double difference(byte[] jpeg, Box box, int width, int height) {
        EncodedPicture picture = EncodedPicture.open("made", jpeg);
        byte[] full = new byte[3 * width * height];
        byte[] reduced = new byte[3 * width * height];
        picture.crop(box, Resampling.BILINEAR, EncodedPicture.Detail.FULL, width, height, full);
        picture.crop(box, Resampling.BILINEAR, EncodedPicture.Detail.REDUCED, width, height, reduced);
        double sum = 0;
        for (int i = 0; i < full.length; i++) {
            sum += Math.abs((full[i] & 0xFF) - (reduced[i] & 0xFF));
        }
        return sum / full.length;
    }

    @Test
    void theMeanDifferenceIsSmallAtEveryScaleAndResolutionOfColour() throws IOException {
        int[][] layouts = {{0, 0}, {1, 1}, {2, 1}, {1, 2}, {2, 2}};
        for (int[] layout : layouts) {
            byte[] jpeg = jpeg(layout[0], layout[1]);
            for (int eighths = 1; eighths <= 8; eighths++) {
                double found = difference(jpeg, Box.all(WIDTH, HEIGHT), WIDTH * eighths / 8, HEIGHT * eighths / 8);
                assertTrue(found < (eighths == 1 ? 1.5 : eighths < 4 ? 0.9 : 0.6), layout[0] + " x " + layout[1] + " pixels a colour, " + eighths + " eighths: " + found);
            }
        }
    }

    @Test
    void boxesOfOddSizesAndAtTheEdgesHoldTheSameBound() throws IOException {
        byte[] jpeg = jpeg(2, 2);
        Random random = new Random(5);
        for (int i = 0; i < 60; i++) {
            int width = 60 + random.nextInt(WIDTH - 59);
            int height = 60 + random.nextInt(HEIGHT - 59);
            int left = i % 3 == 0 ? 0 : i % 3 == 1 ? WIDTH - width : random.nextInt(WIDTH - width + 1);
            int top = i % 2 == 0 ? HEIGHT - height : random.nextInt(HEIGHT - height + 1);
            Box box = new Box(top, left, height, width);
            double found = difference(jpeg, box, 48, 40);
            assertTrue(found < 1.5, box + ": " + found);
        }
    }

    @Test
    void aCropOfOnePixelOrLargerThanItsBoxIsMade() throws IOException {
        byte[] jpeg = jpeg(2, 2);
        assertTrue(difference(jpeg, new Box(HEIGHT - 1, WIDTH - 1, 1, 1), 3, 3) < 4);
        assertTrue(difference(jpeg, new Box(10, 20, 30, 40), 97, 61) < 1);
        assertEquals(0, difference(jpeg(0, 0), new Box(10, 20, 30, 40), 40, 30));
    }
}
