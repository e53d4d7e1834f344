package org.equirepro.vision.image;

import org.equirepro.base.UserError;
import org.equirepro.vision.jpeg.JpegException;
import org.equirepro.vision.jpeg.JpegFile;

/**
 * A JPEG or PNG whose size is known and whose pixels are not decoded yet. Of a JPEG only the asked region is decoded, to the
 * same pixels as from the whole; a PNG is decoded when it is opened.
 *
 * <p>A damaged JPEG is refused when the damage lies above the region's end; {@link #decode()} finds all of it.
 */
public final class EncodedPicture {

    /** How much of a JPEG's detail a crop is made from. */
    public enum Detail {
        /** All of it: the pixels are those of Pillow. */
        FULL,
        /** No more than the crop's new size needs: quicker, and a little different, see docs/bench.md. */
        REDUCED
    }

    private final String name;
    private final JpegFile jpeg;
    private final Picture decoded;

    private EncodedPicture(String name, JpegFile jpeg, Picture decoded) {
        this.name = name;
        this.jpeg = jpeg;
        this.decoded = decoded;
    }

    /**
     * Reads the header.
     *
     * @param name for errors: the file or key
     * @throws UserError (bad data) naming the file and the reason
     */
    public static EncodedPicture open(String name, byte[] bytes) {
        if (!JpegFile.is(bytes)) {
            return new EncodedPicture(name, null, PictureDecoder.decodePng(name, bytes));
        }
        try {
            JpegFile jpeg = JpegFile.open(bytes);
            PictureDecoder.checkSize(name, jpeg.width(), jpeg.height());
            return new EncodedPicture(name, jpeg, null);
        } catch (JpegException e) {
            throw PictureDecoder.refused(name, e.getMessage(), e);
        }
    }

    public int width() {
        return jpeg == null ? decoded.width() : jpeg.width();
    }

    public int height() {
        return jpeg == null ? decoded.height() : jpeg.height();
    }

    /** The whole picture. */
    public Picture decode() {
        return decode(Box.all(width(), height()));
    }

    /** The pixels inside of the box. */
    public Picture decode(Box box) {
        if (jpeg == null) {
            return decoded.cut(box);
        }
        try {
            return new Picture(box.width(), box.height(), jpeg.rgb(8, box.left(), box.top(), box.width(), box.height()));
        } catch (JpegException e) {
            throw PictureDecoder.refused(name, e.getMessage(), e);
        }
    }

    /**
     * Cuts the box out and resizes it.
     *
     * @param out [height, width, 3], overwritten
     */
    public void crop(Box box, Resampling resampling, Detail detail, int width, int height, byte[] out) {
        if (jpeg == null) {
            resampling.crop(decoded, box, width, height, out);
            return;
        }
        int eighths = detail == Detail.FULL ? 8 : eighths(box, width, height);
        try {
            if (eighths == 8) {
                jpeg.decode(8, box.left(), box.top(), box.width(), box.height(),
                        resampling.resampler(box.width(), box.height(), width, height, out));
            } else {
                reducedCrop(eighths, box, resampling, width, height, out);
            }
        } catch (JpegException e) {
            throw PictureDecoder.refused(name, e.getMessage(), e);
        }
    }

    /** The least size at which the box has no fewer pixels than it shall have. */
    private static int eighths(Box box, int width, int height) {
        int eighths = 8;
        while (eighths > 1 && box.width() * (eighths - 1) >= 8 * width && box.height() * (eighths - 1) >= 8 * height) {
            eighths--;
        }
        return eighths;
    }

    private void reducedCrop(int eighths, Box box, Resampling resampling, int width, int height, byte[] out) {
        // the box of the reduced picture, whose edges may cut through its pixels
        double left = box.left() * eighths / 8.0;
        double top = box.top() * eighths / 8.0;
        double wide = box.width() * eighths / 8.0;
        double high = box.height() * eighths / 8.0;
        int x = (int) left;
        int y = (int) top;
        int columns = (int) Math.ceil(left + wide) - x;
        int rows = (int) Math.ceil(top + high) - y;
        jpeg.decode(eighths, x, y, columns, rows, new RowResampler(resampling.taps(columns, left - x, wide, width),
                resampling.taps(rows, top - y, high, height), width, height, out));
    }
}
