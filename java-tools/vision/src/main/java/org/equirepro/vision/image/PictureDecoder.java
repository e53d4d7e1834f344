package org.equirepro.vision.image;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.equirepro.base.UserError;
import org.equirepro.vision.jpeg.JpegException;
import org.equirepro.vision.jpeg.JpegFile;

/**
 * JPEG and PNG bytes to RGB, as Pillow's {@code Image.open(f).convert("RGB")}: grey, palette, alpha, CMYK and 16-bit pictures
 * become RGB by Pillow's rules, EXIF orientation is not applied, and the format is told from the bytes, never from the name.
 *
 * <p>What is not decoded is refused: a damaged, cut or empty file, a text, another format. Known differences from Pillow, all
 * on the strict side: JPEG data that end before the last block, PNG data with a wrong checksum or without an end chunk, 12-bit,
 * lossless and arithmetic-coded JPEG, and the formats GIF, BMP, TIFF and WebP (which no data set here holds) are refused.
 */
public final class PictureDecoder {

    /** Pillow refuses more as a decompression bomb. */
    private static final long MAX_PIXELS = 178_956_970L;

    private PictureDecoder() {}

    /**
     * Decodes a whole picture.
     *
     * @param name for errors: the file or key
     * @throws UserError (bad data) naming the file and the reason
     */
    public static Picture decode(String name, byte[] bytes) {
        return EncodedPicture.open(name, bytes).decode();
    }

    /** What is no JPEG: a PNG, or refused. */
    static Picture decodePng(String name, byte[] bytes) {
        if (bytes.length == 0) {
            throw refused(name, "is empty (0 bytes)");
        }
        if (bytes.length > 8 && Arrays.equals(bytes, 0, 8, Pngs.SIGNATURE, 0, 8)) {
            return Pngs.decode(name, bytes);
        }
        throw refused(name, "is not a JPEG or PNG picture: " + describe(bytes));
    }

    /** Width and height in pixels. */
    public record Size(int width, int height) {}

    /** What the header of a picture says; refuses what {@link #decode} refuses for its beginning. */
    public static Size size(String name, byte[] bytes) {
        if (JpegFile.is(bytes)) {
            try {
                int[] size = JpegFile.size(bytes);
                return new Size(size[0], size[1]);
            } catch (JpegException e) {
                throw refused(name, e.getMessage(), e);
            }
        }
        if (bytes.length > 8 && Arrays.equals(bytes, 0, 8, Pngs.SIGNATURE, 0, 8)) {
            return Pngs.size(name, bytes);
        }
        throw refused(name, "is not a JPEG or PNG picture: " + describe(bytes));
    }

    /**
     * Decodes a label map: a PNG of one channel with up to 8 bits, grey or with a palette, whose numbers are the labels.
     *
     * @param name for errors: the file or key
     * @throws UserError (bad data) naming the file and the reason
     */
    public static LabelMap labels(String name, byte[] bytes) {
        if (bytes.length > 8 && Arrays.equals(bytes, 0, 8, Pngs.SIGNATURE, 0, 8)) {
            return Pngs.decodeLabels(name, bytes);
        }
        throw refused(name, "is not a label map: not a PNG picture");
    }

    /** Encodes a label map as a grey PNG. */
    public static byte[] png(LabelMap map) {
        return Pngs.encode(map);
    }

    /** Encodes losslessly as PNG. */
    public static byte[] png(Picture picture) {
        return Pngs.encode(picture);
    }

    static void checkSize(String name, int width, int height) {
        if (width <= 0 || height <= 0) {
            throw refused(name, "has no pixels (" + width + " x " + height + ")");
        }
        if ((long) width * height > MAX_PIXELS) {
            throw refused(name, "is too large (" + width + " x " + height + " pixels; at most " + MAX_PIXELS + " in all)");
        }
    }

    static UserError refused(String name, String reason) {
        return UserError.badData(Path.of(name), reason);
    }

    static UserError refused(String name, String reason, Throwable cause) {
        return UserError.badData(Path.of(name), reason, cause);
    }

    private static String describe(byte[] bytes) {
        String head = new String(bytes, 0, Math.min(bytes.length, 512), StandardCharsets.ISO_8859_1);
        String lower = head.stripLeading().toLowerCase(java.util.Locale.ROOT);
        if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
            return "it is an HTML page, as a failed download leaves it";
        }
        if (head.startsWith("GIF8")) {
            return "it is a GIF; convert it to PNG";
        }
        if (head.startsWith("BM")) {
            return "it may be a BMP; convert it to PNG";
        }
        if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
            return "it is a WebP; convert it to PNG";
        }
        if (head.startsWith("II*\0") || head.startsWith("MM\0*")) {
            return "it is a TIFF; convert it to PNG";
        }
        return "unknown content";
    }
}
