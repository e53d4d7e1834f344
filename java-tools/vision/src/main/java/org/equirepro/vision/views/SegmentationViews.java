package org.equirepro.vision.views;

import java.util.Arrays;
import org.equirepro.base.Draws;
import org.equirepro.vision.image.Augment;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.NearestResize;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;

/**
 * Training crops for semantic segmentation (iBOT and BEiT on ADE20K, after mmsegmentation): the picture is scaled to fit
 * {@link Design#longSide} x {@link Design#shortSide} times a drawn ratio, a square is cut out in which no class has more than a share
 * of the pixels, mirrored, and its colours are changed. Labels are those under the pixels' middles; mmsegmentation takes OpenCV's, up to
 * half a pixel aside of the scaled picture. Draws depend on (seed, epoch, sample) alone.
 */
public final class SegmentationViews {

    /**
     * @param longSide that the longer side may not exceed at ratio 1
     * @param shortSide that the shorter side may not exceed
     * @param leastRatio of the drawn scale; {@code mostRatio} likewise
     * @param crop side of the square, in pixels; a smaller picture is padded at the right and below, black and without label
     * @param mostOfOneClass share of the labelled pixels of a crop; 1 for no limit
     */
    public record Design(int longSide, int shortSide, double leastRatio, double mostRatio, int crop, double mostOfOneClass) {

        /** ADE20K: 2048 x 512, ratios .5 to 2, crops of 512 pixels, three quarters. */
        public static final Design ADE20K = new Design(2048, 512, 0.5, 2, 512, 0.75);
    }

    /**
     * What was drawn, in this order.
     *
     * @param width of the scaled picture; {@code height} likewise
     * @param crop in the scaled picture, before padding
     * @param flip left became right
     */
    public record Parameters(int width, int height, Box crop, boolean flip, PhotometricDistortion colours) {}

    /** A crop with its labels, both of the crop's side. */
    public record View(Picture picture, LabelMap labels, Parameters drawn) {}

    private static final int TRIES = 10;

    private final Design design;

    public SegmentationViews(Design design) {
        this.design = design;
    }

    /** The view of a picture; {@code labels} has its size. */
    public View view(Picture picture, LabelMap labels, long seed, int epoch, int sample) {
        if (labels.width() != picture.width() || labels.height() != picture.height()) {
            throw new IllegalArgumentException("labels of " + labels.width() + " x " + labels.height() + " for a picture of "
                    + picture.width() + " x " + picture.height());
        }
        double ratio = Draws.at(seed, epoch, sample, 0, "segment.ratio").uniform(design.leastRatio, design.mostRatio);
        double factor = Math.min(ratio * design.longSide / Math.max(picture.width(), picture.height()),
                ratio * design.shortSide / Math.min(picture.width(), picture.height()));
        int width = Math.max(1, (int) (picture.width() * factor + 0.5));
        int height = Math.max(1, (int) (picture.height() * factor + 0.5));
        LabelMap scaled = new LabelMap(width, height,
                NearestResize.PILLOW.resize(labels.labels(), labels.width(), labels.height(), 1, width, height));
        Parameters drawn = new Parameters(width, height, box(scaled, Draws.at(seed, epoch, sample, 0, "segment.crop")),
                Draws.at(seed, epoch, sample, 0, "segment.flip").chance(0.5),
                PhotometricDistortion.draw(Draws.at(seed, epoch, sample, 0, "segment.colours")));
        return new View(picture(Resampling.BILINEAR.resize(picture, width, height), drawn), labels(scaled, drawn), drawn);
    }

    private Box box(LabelMap labels, Draws draws) {
        int width = Math.min(design.crop, labels.width());
        int height = Math.min(design.crop, labels.height());
        Box box = null;
        for (int i = 0; i < TRIES; i++) {
            box = new Box(draws.below(labels.height() - height + 1), draws.below(labels.width() - width + 1), height, width);
            if (design.mostOfOneClass >= 1 || mixed(labels, box)) {
                return box;
            }
        }
        return box; // the last try, as it is
    }

    /** Whether the box shows more than one class and none has too large a share. */
    private boolean mixed(LabelMap labels, Box box) {
        int[] counts = new int[LabelMap.IGNORE + 1];
        for (int y = box.top(); y < box.top() + box.height(); y++) {
            for (int x = box.left(); x < box.left() + box.width(); x++) {
                counts[labels.label(x, y)]++;
            }
        }
        counts[LabelMap.IGNORE] = 0;
        int classes = (int) Arrays.stream(counts).filter(c -> c > 0).count();
        return classes > 1 && Arrays.stream(counts).max().orElseThrow() < design.mostOfOneClass * Arrays.stream(counts).sum();
    }

    private Picture picture(Picture scaled, Parameters drawn) {
        byte[] rgb = cut(scaled.rgb(), scaled.width(), 3, drawn.crop);
        if (drawn.flip) {
            Augment.flip(rgb, drawn.crop.width(), drawn.crop.height());
        }
        drawn.colours.apply(rgb);
        return new Picture(design.crop, design.crop, padded(rgb, 3, drawn.crop, (byte) 0));
    }

    private LabelMap labels(LabelMap scaled, Parameters drawn) {
        Box box = drawn.crop;
        byte[] labels = cut(scaled.labels(), scaled.width(), 1, box);
        if (drawn.flip) {
            for (int row = 0; row < labels.length; row += box.width()) {
                for (int a = row, b = row + box.width() - 1; a < b; a++, b--) {
                    byte left = labels[a];
                    labels[a] = labels[b];
                    labels[b] = left;
                }
            }
        }
        return new LabelMap(design.crop, design.crop, padded(labels, 1, box, (byte) LabelMap.IGNORE));
    }

    private static byte[] cut(byte[] values, int width, int channels, Box box) {
        byte[] out = new byte[box.width() * box.height() * channels];
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(values, ((box.top() + y) * width + box.left()) * channels, out, y * box.width() * channels,
                    box.width() * channels);
        }
        return out;
    }

    private byte[] padded(byte[] values, int channels, Box box, byte outside) {
        if (box.width() == design.crop && box.height() == design.crop) {
            return values;
        }
        byte[] out = new byte[design.crop * design.crop * channels];
        Arrays.fill(out, outside);
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(values, y * box.width() * channels, out, y * design.crop * channels, box.width() * channels);
        }
        return out;
    }
}
