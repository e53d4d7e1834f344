package org.equirepro.vision.image;

import org.equirepro.base.UserError;
import org.equirepro.vision.jpeg.JpegException;
import org.equirepro.vision.jpeg.JpegFile;
import org.equirepro.vision.jpeg.Samples;

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
        /**
         * No more than the crop's new size needs, and colours resized at their own resolution: quicker, and a little different,
         * see docs/bench.md.
         */
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
            return new Picture(box.width(), box.height(), jpeg.rgb(box.left(), box.top(), box.width(), box.height()));
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
        try {
            if (detail == Detail.FULL) {
                jpeg.decode(box.left(), box.top(), box.width(), box.height(),
                        resampling.resampler(box.width(), box.height(), width, height, out));
            } else {
                reducedCrop(box, resampling, width, height, out);
            }
        } catch (JpegException e) {
            throw PictureDecoder.refused(name, e.getMessage(), e);
        }
    }

    private void reducedCrop(Box box, Resampling resampling, int width, int height, byte[] out) {
        Samples[] components = jpeg.reduced(box.left(), box.top(), box.width(), box.height(), width, height);
        int[][][] resized = new int[components.length][][];
        for (int c = 0; c < components.length; c++) {
            resized[c] = resized(components[c], resampling, width, height);
        }
        int[][] row = new int[components.length][];
        int[] spare = new int[width];
        for (int y = 0, at = 0; y < height; y++) {
            for (int c = 0; c < row.length; c++) {
                row[c] = resized[c][y];
            }
            int[][] rgb = jpeg.toRgb(row, spare);
            at = RowResampler.interleave(rgb[0], rgb[1], rgb[2], out, at);
        }
    }

    /** The component as [height, width]. */
    private static int[][] resized(Samples samples, Resampling resampling, int width, int height) {
        PlaneResampler resampler = new PlaneResampler(
                PlaneResampler.Across.of(resampling.taps(samples.columns(), samples.left(), samples.width(), width)),
                resampling.taps(samples.rows(), samples.top(), samples.height(), height), width);
        int[][] rows = new int[height][];
        int[] in = new int[samples.columns()];
        for (int y = 0, made = 0; y < samples.rows(); y++) {
            samples.row(y, in);
            resampler.put(in);
            while (resampler.ready()) {
                rows[made++] = resampler.take().clone();
            }
        }
        return rows;
    }
}
