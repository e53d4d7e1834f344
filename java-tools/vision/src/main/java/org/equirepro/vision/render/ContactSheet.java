package org.equirepro.vision.render;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.equirepro.base.AtomicFiles;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/** Many pictures on one, for looking at. */
public final class ContactSheet {

    private static final int GAP = 2;

    private ContactSheet() {}

    /** Pictures of one size in rows of {@code columns}, from the left and from the top, on white. */
    public static Picture of(List<Picture> pictures, int columns) {
        if (pictures.isEmpty() || columns < 1) {
            throw new IllegalArgumentException("a sheet needs pictures and columns");
        }
        int width = pictures.get(0).width();
        int height = pictures.get(0).height();
        int rows = (pictures.size() + columns - 1) / columns;
        int sheetWidth = columns * (width + GAP) + GAP;
        int sheetHeight = rows * (height + GAP) + GAP;
        byte[] rgb = new byte[3 * sheetWidth * sheetHeight];
        Arrays.fill(rgb, (byte) 255);
        for (int i = 0; i < pictures.size(); i++) {
            Picture picture = pictures.get(i);
            if (picture.width() != width || picture.height() != height) {
                throw new IllegalArgumentException("the pictures of a sheet must have one size");
            }
            int left = GAP + i % columns * (width + GAP);
            int top = GAP + i / columns * (height + GAP);
            for (int row = 0; row < height; row++) {
                System.arraycopy(picture.rgb(), 3 * width * row, rgb, 3 * ((top + row) * sheetWidth + left), 3 * width);
            }
        }
        return new Picture(sheetWidth, sheetHeight, rgb);
    }

    /** Writes {@link #of} as PNG. */
    public static void write(Path file, List<Picture> pictures, int columns) {
        byte[] png = PictureDecoder.png(of(pictures, columns));
        AtomicFiles.write(file, out -> out.write(png));
    }
}
