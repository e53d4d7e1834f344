package org.equirepro.vision.image;

import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import org.equirepro.base.UserError;

/**
 * JPEG to RGB as libjpeg and Pillow do it: the JDK gives the decoded samples without any colour conversion, and the colour
 * space is told from the markers by libjpeg's rules (the JDK's own guesses and embedded ICC profiles play no part; EXIF
 * orientation is not applied).
 */
final class Jpegs {

    private Jpegs() {}

    /**
     * Pixels that one byte can stand for: every block of 64 of some component takes a bit at least. What claims to be larger is
     * refused before memory is taken for it; arithmetic coding (frames 9 and 10) packs tighter.
     */
    private static final long MOST_PIXELS = 1024;

    /**
     * What the markers before the first scan say.
     *
     * @param frame number of the SOF marker: 0 and 1 baseline, 2 progressive
     * @param adobe colour transform of an Adobe marker, -1 without one
     * @param end offset behind the frame header
     */
    private record Header(int width, int height, int[] components, int precision, int frame, boolean jfif, int adobe, int end) {}

    static Picture decode(String name, byte[] bytes) {
        Header header = header(name, bytes);
        PictureDecoder.checkSize(name, header.width, header.height);
        if (header.precision != 8) {
            throw PictureDecoder.refused(name, "JPEG with " + header.precision
                    + " bits a sample is not read; re-encode it with 8");
        }
        if (header.frame == 3 || header.frame > 3 && header.frame != 9 && header.frame != 10) {
            throw PictureDecoder.refused(name, "JPEG of process SOF" + header.frame + " (lossless or hierarchical) is not read");
        }
        if ((long) header.width * header.height > MOST_PIXELS * bytes.length * (header.frame > 8 ? 16 : 1)) {
            throw PictureDecoder.refused(name, "truncated JPEG (" + bytes.length + " bytes cannot hold " + header.width + " x "
                    + header.height + ")");
        }
        if (!hasEnd(bytes, header.end)) {
            throw PictureDecoder.refused(name, "truncated JPEG (no end-of-image marker)");
        }
        return toRgb(name, header, raster(name, bytes));
    }

    static PictureDecoder.Size size(String name, byte[] bytes) {
        Header header = header(name, bytes);
        return new PictureDecoder.Size(header.width, header.height);
    }

    /** Entropy-coded data hold no marker, so a file that was cut has none; trailing bytes are fine. */
    private static boolean hasEnd(byte[] b, int from) {
        for (int i = b.length - 2; i >= from; i--) {
            if (b[i] == (byte) 0xFF && b[i + 1] == (byte) 0xD9) {
                return true;
            }
        }
        return false;
    }

    private static Raster raster(String name, byte[] bytes) {
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        List<String> warnings = new ArrayList<>();
        try (MemoryInput input = new MemoryInput(bytes)) {
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            reader.setInput(input, true, true);
            Raster raster = reader.readRaster(0, null);
            for (String warning : warnings) {
                // libjpeg mends other damage, and Pillow lets it; missing pixels are refused
                String lower = warning.toLowerCase(Locale.ROOT);
                if (lower.contains("premature end") || lower.contains("truncated")) {
                    throw PictureDecoder.refused(name, "truncated JPEG (" + warning + ")");
                }
            }
            return raster;
        } catch (IOException | RuntimeException e) {
            if (e instanceof UserError known) {
                throw known;
            }
            throw PictureDecoder.refused(name, "damaged JPEG (" + e.getMessage() + ")", e);
        } finally {
            reader.dispose();
        }
    }

    private static Picture toRgb(String name, Header header, Raster raster) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        int bands = raster.getNumBands();
        if (width != header.width || height != header.height || bands != header.components.length) {
            throw PictureDecoder.refused(name, "damaged JPEG (header and picture differ in size)");
        }
        byte[] samples = (byte[]) raster.getDataElements(0, 0, width, height, null);
        return switch (bands) {
            case 1 -> new Picture(width, height, spread(samples));
            case 3 -> new Picture(width, height, isYcc(header) ? yccToRgb(samples, 3) : samples);
            case 4 -> new Picture(width, height, cmykToRgb(header.adobe == 2 ? ycckToCmyk(samples) : samples));
            default -> throw PictureDecoder.refused(name, "JPEG with " + bands + " components is not read");
        };
    }

    /** libjpeg, jdapimin.c: JFIF says YCbCr, an Adobe marker says which, else the components' ids do. */
    private static boolean isYcc(Header header) {
        if (header.jfif) {
            return true;
        }
        if (header.adobe >= 0) {
            return header.adobe != 0;
        }
        int[] id = header.components;
        return !(id[0] == 'R' && id[1] == 'G' && id[2] == 'B');
    }

    private static byte[] spread(byte[] grey) {
        byte[] rgb = new byte[3 * grey.length];
        for (int i = 0, o = 0; i < grey.length; i++) {
            byte v = grey[i];
            rgb[o++] = v;
            rgb[o++] = v;
            rgb[o++] = v;
        }
        return rgb;
    }

    /** ITU-R BT.601, 16 bit fixed point, rounded: the arithmetic of libjpeg's jdcolor.c. In place; {@code step} bytes a pixel. */
    private static byte[] yccToRgb(byte[] samples, int step) {
        for (int i = 0; i + step <= samples.length; i += step) {
            int y = samples[i] & 0xFF;
            int cb = (samples[i + 1] & 0xFF) - 128;
            int cr = (samples[i + 2] & 0xFF) - 128;
            samples[i] = clip(y + (91881 * cr + 32768 >> 16));
            samples[i + 1] = clip(y + (-22554 * cb - 46802 * cr + 32768 >> 16));
            samples[i + 2] = clip(y + (116130 * cb + 32768 >> 16));
        }
        return samples;
    }

    /** YCCK is YCbCr of the inverted CMY; K passes through. */
    private static byte[] ycckToCmyk(byte[] samples) {
        yccToRgb(samples, 4);
        for (int i = 0; i < samples.length; i += 4) {
            for (int c = 0; c < 3; c++) {
                samples[i + c] = (byte) ~samples[i + c];
            }
        }
        return samples;
    }

    /** Pillow takes every CMYK JPEG for an inverted one, as Adobe writes them, and multiplies with the inverted black. */
    private static byte[] cmykToRgb(byte[] samples) {
        byte[] rgb = new byte[samples.length / 4 * 3];
        for (int i = 0, o = 0; i < samples.length; i += 4) {
            int white = samples[i + 3] & 0xFF;
            for (int c = 0; c < 3; c++) {
                int product = (255 - (samples[i + c] & 0xFF)) * white + 128;
                rgb[o++] = clip(white - (product + (product >> 8) >> 8));
            }
        }
        return rgb;
    }

    private static byte clip(int value) {
        return (byte) (value < 0 ? 0 : Math.min(value, 255));
    }

    private static Header header(String name, byte[] b) {
        boolean jfif = false;
        int adobe = -1;
        int at = 2;
        while (true) {
            while (at < b.length && b[at] != (byte) 0xFF) { // libjpeg skips what is no marker
                at++;
            }
            while (at < b.length && b[at] == (byte) 0xFF) {
                at++;
            }
            if (at + 2 >= b.length) {
                throw PictureDecoder.refused(name, "truncated JPEG (it ends in the header)");
            }
            int marker = b[at++] & 0xFF;
            if (marker == 0 || marker == 1 || marker >= 0xD0 && marker <= 0xD8) {
                continue;
            }
            if (marker == 0xD9 || marker == 0xDA) {
                throw PictureDecoder.refused(name, "damaged JPEG (no frame before the first scan)");
            }
            int length = two(b, at);
            if (length < 2 || at + length > b.length) {
                throw PictureDecoder.refused(name, "truncated JPEG (it ends in the header)");
            }
            if (marker == 0xE0 && length >= 7 && ascii(b, at + 2, "JFIF\0")) {
                jfif = true;
            } else if (marker == 0xEE && length >= 14 && ascii(b, at + 2, "Adobe")) {
                adobe = b[at + 13] & 0xFF;
            } else if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
                return frame(name, b, at, length, marker - 0xC0, jfif, adobe);
            }
            at += length;
        }
    }

    private static Header frame(String name, byte[] b, int at, int length, int frame, boolean jfif, int adobe) {
        int count = length < 8 ? 0 : b[at + 7] & 0xFF;
        if (count == 0 || length < 8 + 3 * count) {
            throw PictureDecoder.refused(name, "damaged JPEG (bad frame header)");
        }
        int[] ids = new int[count];
        for (int c = 0; c < count; c++) {
            ids[c] = b[at + 8 + 3 * c] & 0xFF;
        }
        return new Header(two(b, at + 5), two(b, at + 3), ids, b[at + 2] & 0xFF, frame, jfif, adobe, at + length);
    }

    private static int two(byte[] b, int at) {
        return (b[at] & 0xFF) << 8 | b[at + 1] & 0xFF;
    }

    private static boolean ascii(byte[] b, int at, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (at + i >= b.length || b[at + i] != (byte) text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
