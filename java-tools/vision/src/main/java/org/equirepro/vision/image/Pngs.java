package org.equirepro.vision.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Function;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import org.equirepro.base.UserError;

/**
 * PNG to RGB as Pillow's {@code convert("RGB")} does it, and RGB to PNG. The JDK unpacks the pixels of the critical chunks
 * only, so that gamma, profiles and transparency change nothing; their meaning is taken from the header: alpha is dropped,
 * 16-bit colour keeps its high byte, 16-bit grey is clipped to 255.
 */
final class Pngs {

    static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    /** No byte of deflated data can unpack to more; what claims to be larger is refused before memory is taken for it. */
    private static final long MOST_INFLATION = 1032;
    private static final int GREY = 0;
    private static final int COLOUR = 2;
    private static final int PALETTE = 3;
    private static final int GREY_ALPHA = 4;
    private static final int COLOUR_ALPHA = 6;

    private record Chunks(int width, int height, int depth, int type, byte[] palette, byte[] stripped) {}

    private Pngs() {}

    static Picture decode(String name, byte[] bytes) {
        Chunks chunks = chunks(name, bytes);
        return unpacked(name, chunks, raster -> toRgb(name, chunks, raster));
    }

    static PictureDecoder.Size size(String name, byte[] bytes) {
        Chunks chunks = chunks(name, bytes);
        return new PictureDecoder.Size(chunks.width, chunks.height);
    }

    /** Grey of 16 bits, so many steps to a metre. */
    static DepthMap decodeDepth(String name, byte[] bytes, int stepsPerMetre) {
        boolean png = bytes.length > 8 && Arrays.equals(bytes, 0, 8, SIGNATURE, 0, 8);
        Chunks chunks = png ? chunks(name, bytes) : null;
        if (!png || chunks.type != GREY || chunks.depth != 16) {
            throw PictureDecoder.refused(name, "is not a depth map: not a grey PNG of 16 bits");
        }
        return unpacked(name, chunks, raster -> {
            int[] steps = raster.getSamples(0, 0, chunks.width, chunks.height, 0, (int[]) null);
            float[] metres = new float[steps.length];
            for (int i = 0; i < metres.length; i++) {
                metres[i] = (float) steps[i] / stepsPerMetre;
            }
            return new DepthMap(chunks.width, chunks.height, metres);
        });
    }

    /** Grey of 16 bits. */
    static byte[] encode(int width, int height, short[] values) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setDataElements(0, 0, width, height, values);
        return write(image, 2 * values.length);
    }

    /** The numbers of a picture with one channel of up to 8 bits as they are stored. */
    static LabelMap decodeLabels(String name, byte[] bytes) {
        Chunks chunks = chunks(name, bytes);
        if (chunks.type != GREY && chunks.type != PALETTE || chunks.depth > 8) {
            throw PictureDecoder.refused(name, "is not a label map: it has colours or more than 8 bits");
        }
        return unpacked(name, chunks, raster -> {
            byte[] labels = new byte[chunks.width * chunks.height];
            int[] row = new int[chunks.width];
            for (int y = 0; y < chunks.height; y++) {
                raster.getSamples(0, y, chunks.width, 1, 0, row);
                for (int x = 0; x < chunks.width; x++) {
                    labels[y * chunks.width + x] = (byte) row[x];
                }
            }
            return new LabelMap(chunks.width, chunks.height, labels);
        });
    }

    /** What {@code pixels} makes of the unpacked pixels. */
    private static <T> T unpacked(String name, Chunks chunks, Function<Raster, T> pixels) {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        boolean[] damaged = {false};
        try (MemoryInput input = new MemoryInput(chunks.stripped)) {
            reader.addIIOReadWarningListener((source, warning) -> damaged[0] = true);
            reader.setInput(input, true, true);
            Raster raster = reader.read(0).getRaster();
            if (damaged[0]) {
                throw PictureDecoder.refused(name, "damaged or truncated PNG");
            }
            return pixels.apply(raster);
        } catch (IOException | RuntimeException e) {
            if (e instanceof UserError known) {
                throw known;
            }
            throw PictureDecoder.refused(name, "damaged or truncated PNG (" + e.getMessage() + ")", e);
        } finally {
            reader.dispose();
        }
    }

    /** One channel of 8 bits. */
    static byte[] encode(LabelMap map) {
        BufferedImage image = new BufferedImage(map.width(), map.height(), BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, map.width(), map.height(), map.labels());
        return write(image, map.labels().length);
    }

    /** Lossless; equal pictures give equal bytes on the same Java release. */
    static byte[] encode(Picture picture) {
        int n = picture.width() * picture.height();
        int[] packed = new int[n];
        byte[] rgb = picture.rgb();
        for (int i = 0; i < n; i++) {
            packed[i] = (rgb[3 * i] & 0xFF) << 16 | (rgb[3 * i + 1] & 0xFF) << 8 | rgb[3 * i + 2] & 0xFF;
        }
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        image.getRaster().setDataElements(0, 0, picture.width(), picture.height(), packed);
        return write(image, 3 * n);
    }

    private static byte[] write(BufferedImage image, int unpacked) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(unpacked + 200);
        try (var stream = new javax.imageio.stream.MemoryCacheImageOutputStream(out)) {
            if (!ImageIO.write(image, "png", stream)) {
                throw new IllegalStateException("this Java has no PNG writer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static Picture toRgb(String name, Chunks chunks, Raster raster) {
        int n = chunks.width * chunks.height;
        int bands = raster.getNumBands();
        boolean bytes = raster.getDataBuffer() instanceof DataBufferByte && raster.getSampleModel().getSampleSize(0) == 8;
        if (chunks.type == COLOUR && chunks.depth == 8 && bytes && bands == 3) {
            return new Picture(chunks.width, chunks.height, (byte[]) raster.getDataElements(0, 0, chunks.width, chunks.height,
                    null));
        }
        byte[] rgb = new byte[3 * n];
        int[] row = new int[chunks.width * bands];
        for (int y = 0, o = 0; y < chunks.height; y++) {
            raster.getPixels(0, y, chunks.width, 1, row);
            for (int x = 0; x < chunks.width; x++, o += 3) {
                int at = x * bands;
                switch (chunks.type) {
                    case GREY -> grey(rgb, o, chunks.depth == 16 ? Math.min(row[at], 255)
                            : row[at] * (255 / ((1 << chunks.depth) - 1)));
                    case GREY_ALPHA -> grey(rgb, o, chunks.depth == 16 ? row[at] >> 8 : row[at]);
                    case PALETTE -> {
                        int entry = 3 * row[at];
                        for (int c = 0; c < 3; c++) { // Pillow fills a short palette with black
                            rgb[o + c] = entry + c < chunks.palette.length ? chunks.palette[entry + c] : 0;
                        }
                    }
                    case COLOUR, COLOUR_ALPHA -> {
                        for (int c = 0; c < 3; c++) {
                            rgb[o + c] = (byte) (chunks.depth == 16 ? row[at + c] >> 8 : row[at + c]);
                        }
                    }
                    default -> throw PictureDecoder.refused(name, "damaged PNG (colour type " + chunks.type + ")");
                }
            }
        }
        return new Picture(chunks.width, chunks.height, rgb);
    }

    private static void grey(byte[] rgb, int at, int value) {
        rgb[at] = (byte) value;
        rgb[at + 1] = (byte) value;
        rgb[at + 2] = (byte) value;
    }

    /** Checks every chunk's length and checksum and keeps the critical ones. */
    private static Chunks chunks(String name, byte[] b) {
        ByteBuffer in = ByteBuffer.wrap(b, 8, b.length - 8);
        ByteArrayOutputStream kept = new ByteArrayOutputStream(b.length);
        kept.writeBytes(SIGNATURE);
        int width = 0;
        int height = 0;
        int depth = 0;
        int type = -1;
        byte[] palette = new byte[0];
        boolean pixels = false;
        while (true) {
            if (in.remaining() < 12) {
                throw PictureDecoder.refused(name, "truncated PNG");
            }
            int start = in.position();
            int length = in.getInt();
            if (length < 0 || length > in.remaining() - 8) {
                throw PictureDecoder.refused(name, "truncated PNG");
            }
            String kind = new String(b, start + 4, 4, java.nio.charset.StandardCharsets.ISO_8859_1);
            CRC32 crc = new CRC32();
            crc.update(b, start + 4, length + 4);
            if ((int) crc.getValue() != in.getInt(start + 8 + length)) {
                throw PictureDecoder.refused(name, "damaged PNG (wrong checksum in chunk " + printable(kind) + ")");
            }
            switch (kind) {
                case "IHDR" -> {
                    if (length != 13) {
                        throw PictureDecoder.refused(name, "damaged PNG (bad header)");
                    }
                    width = in.getInt(start + 8);
                    height = in.getInt(start + 12);
                    depth = b[start + 16];
                    type = b[start + 17];
                    PictureDecoder.checkSize(name, width, height);
                }
                case "PLTE" -> palette = java.util.Arrays.copyOfRange(b, start + 8, start + 8 + length);
                case "IDAT" -> pixels = true;
                default -> { }
            }
            if (Character.isUpperCase(kind.charAt(0))) {
                kept.write(b, start, length + 12);
            }
            if (kind.equals("IEND")) {
                break;
            }
            in.position(start + 12 + length);
        }
        long row = ((long) width * depth * channels(type) + 7) / 8 + 1;
        if (row * height > MOST_INFLATION * b.length) {
            throw PictureDecoder.refused(name, "truncated PNG (" + b.length + " bytes cannot hold " + width + " x " + height + ")");
        }
        if (type < 0 || !pixels || type == PALETTE && palette.length == 0) {
            throw PictureDecoder.refused(name, "damaged PNG (no header, palette or pixels)");
        }
        return new Chunks(width, height, depth, type, palette, kept.toByteArray());
    }

    private static int channels(int type) {
        return type == COLOUR ? 3 : type == COLOUR_ALPHA ? 4 : type == GREY_ALPHA ? 2 : 1;
    }

    private static String printable(String kind) {
        return kind.chars().allMatch(c -> c > 32 && c < 127) ? kind : "of unknown kind";
    }
}
