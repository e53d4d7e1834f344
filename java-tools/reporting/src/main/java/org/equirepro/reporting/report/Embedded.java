package org.equirepro.reporting.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures inside of the page. Large ones, photographs with drawings over them, become JPEGs there: the page is to be mailed. */
final class Embedded {

    /** Bytes up to which a picture stays as it is: rebuilt pictures and their targets are compared pixel by pixel. */
    private static final int SMALL = 150_000;
    private static final float QUALITY = 0.85f;

    private Embedded() {}

    /** The picture as the {@code src} of an image. */
    static String source(byte[] png) {
        byte[] jpeg = png.length > SMALL ? jpeg(png) : png;
        return jpeg.length < png.length ? "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg)
                : "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    private static byte[] jpeg(byte[] png) {
        try {
            BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
            BufferedImage opaque = new BufferedImage(read.getWidth(), read.getHeight(), BufferedImage.TYPE_INT_RGB);
            opaque.createGraphics().drawImage(read, 0, 0, java.awt.Color.WHITE, null);
            ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(QUALITY);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
                writer.setOutput(out);
                writer.write(null, new IIOImage(opaque, null, null), param);
            } finally {
                writer.dispose();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
