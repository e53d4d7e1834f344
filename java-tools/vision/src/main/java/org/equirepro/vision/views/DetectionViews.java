package org.equirepro.vision.views;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.Draws;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.KeypointLayout;
import org.equirepro.vision.dense.PictureObjects;
import org.equirepro.vision.dense.Polygons;
import org.equirepro.vision.dense.Rle;
import org.equirepro.vision.dense.Segmentation;
import org.equirepro.vision.image.Augment;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.NearestResize;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;

/**
 * Square views for detection by large-scale jitter (Ghiasi et al. 2021, as ViTDet uses it): the picture is scaled to fit the square
 * times a drawn ratio, cut where it is larger, mirrored, and padded at the right and below. The objects move along. Draws depend
 * on (seed, epoch, sample) alone.
 */
public final class DetectionViews {

    /** Of the padding; between black and white, as detectron2 pads. */
    private static final byte GREY = (byte) 128;

    /**
     * @param side of the view in pixels
     * @param leastRatio of the drawn scale, where 1 makes the picture just fit; {@code mostRatio} likewise
     * @param mirrored whether half of the views are
     */
    public record Design(int side, double leastRatio, double mostRatio, boolean mirrored) {}

    /**
     * What was drawn, in this order.
     *
     * @param width of the scaled picture; {@code height} likewise
     * @param crop in the scaled picture, before padding
     * @param flip left became right
     */
    public record Parameters(int width, int height, Box crop, boolean flip) {}

    private final Design design;

    public DetectionViews(Design design) {
        this.design = design;
    }

    public int side() {
        return design.side;
    }

    /** Draws the view of a picture of this size. */
    public Parameters draw(int width, int height, long seed, int epoch, int sample) {
        double ratio = Draws.at(seed, epoch, sample, 0, "detect.ratio").uniform(design.leastRatio, design.mostRatio);
        Parameters scaled = scaled(width, height, ratio);
        Draws crop = Draws.at(seed, epoch, sample, 0, "detect.crop");
        Box room = scaled.crop;
        Box box = new Box(crop.below(scaled.height - room.height() + 1), crop.below(scaled.width - room.width() + 1), room.height(),
                room.width());
        boolean flip = design.mirrored && Draws.at(seed, epoch, sample, 0, "detect.flip").chance(0.5);
        return new Parameters(scaled.width, scaled.height, box, flip);
    }

    /** The view for testing: the whole picture, as large as it fits. */
    public Parameters whole(int width, int height) {
        return scaled(width, height, 1);
    }

    private Parameters scaled(int width, int height, double ratio) {
        double factor = ratio * design.side / Math.max(width, height);
        int scaledWidth = Math.max(1, (int) (width * factor + 0.5));
        int scaledHeight = Math.max(1, (int) (height * factor + 0.5));
        return new Parameters(scaledWidth, scaledHeight,
                new Box(0, 0, Math.min(scaledHeight, design.side), Math.min(scaledWidth, design.side)), false);
    }

    /** @param out the view, [side, side, 3], overwritten */
    public void picture(Picture picture, Parameters drawn, byte[] out) {
        Picture scaled = Resampling.BILINEAR.resize(picture, drawn.width, drawn.height);
        Box box = drawn.crop;
        byte[] rgb = new byte[3 * box.width() * box.height()];
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(scaled.rgb(), 3 * ((box.top() + y) * drawn.width + box.left()), rgb, 3 * y * box.width(), 3 * box.width());
        }
        if (drawn.flip) {
            Augment.flip(rgb, box.width(), box.height());
        }
        Arrays.fill(out, GREY);
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(rgb, 3 * y * box.width(), out, 3 * y * design.side, 3 * box.width());
        }
    }

    /**
     * The objects that a network learns from, where they are in the view: those told apart (no crowds), with a mask of which some
     * is to be seen. Masks have the view's size. Boxes are those of the set, or where the crop cuts them, around what remains.
     * A keypoint outside of the crop is not given.
     */
    public List<Instance> objects(PictureObjects picture, Parameters drawn) {
        Move move = new Move((double) drawn.width / picture.width(), (double) drawn.height / picture.height(), drawn);
        List<Instance> moved = new ArrayList<>();
        for (Instance object : picture.objects()) {
            if (object.crowd() || object.ignore() || object.mask().isEmpty() || object.box().degenerate()) {
                continue;
            }
            Rle mask = mask(object.mask().get(), picture, move);
            if (mask.area() == 0) {
                continue;
            }
            BoundingBox box = move.box(object.box());
            BoundingBox seen = move.inside(box) ? box : mask.bounds();
            moved.add(new Instance(object.id(), object.label(), object.category(), seen, mask.area(), false, false, Optional.of(mask),
                    move.keypoints(object.keypoints()), Optional.empty()));
        }
        return moved;
    }

    private Rle mask(Segmentation mask, PictureObjects picture, Move move) {
        if (mask instanceof Polygons polygons) {
            return new Polygons(polygons.parts().stream().map(move::points).toList()).toRle(design.side, design.side);
        }
        Parameters drawn = move.drawn;
        byte[] scaled = NearestResize.PILLOW.resize(mask.toRle(picture.height(), picture.width()).decode(), picture.width(),
                picture.height(), 1, drawn.width, drawn.height);
        byte[] view = new byte[design.side * design.side];
        Box box = drawn.crop;
        for (int y = 0; y < box.height(); y++) {
            for (int x = 0; x < box.width(); x++) {
                int from = drawn.flip ? box.width() - 1 - x : x;
                view[y * design.side + x] = scaled[(box.top() + y) * drawn.width + box.left() + from];
            }
        }
        return Rle.encode(view, design.side, design.side);
    }

    /** From the picture to the view. */
    private record Move(double across, double down, Parameters drawn) {

        double x(double x) {
            double cut = x * across - drawn.crop.left();
            return drawn.flip ? drawn.crop.width() - cut : cut;
        }

        double y(double y) {
            return y * down - drawn.crop.top();
        }

        double[] points(double[] xy) {
            double[] moved = new double[xy.length];
            for (int i = 0; i < xy.length; i += 2) {
                moved[i] = x(xy[i]);
                moved[i + 1] = y(xy[i + 1]);
            }
            return moved;
        }

        BoundingBox box(BoundingBox box) {
            double left = x(drawn.flip ? box.x() + box.width() : box.x());
            return new BoundingBox(left, y(box.y()), box.width() * across, box.height() * down);
        }

        boolean inside(BoundingBox box) {
            return box.x() >= 0 && box.y() >= 0 && box.x() + box.width() <= drawn.crop.width()
                    && box.y() + box.height() <= drawn.crop.height();
        }

        /** Keypoints are named by their pixels, whose middles move. */
        double[] keypoints(double[] xyv) {
            double[] moved = new double[xyv.length];
            int[] mirrored = drawn.flip ? KeypointLayout.mirrored(xyv.length / 3) : null;
            for (int k = 0; k < xyv.length / 3; k++) {
                double x = x(xyv[3 * k] + 0.5);
                double y = y(xyv[3 * k + 1] + 0.5);
                if (xyv[3 * k + 2] > 0 && x >= 0 && y >= 0 && x < drawn.crop.width() && y < drawn.crop.height()) {
                    int to = 3 * (mirrored == null ? k : mirrored[k]);
                    moved[to] = x - 0.5;
                    moved[to + 1] = y - 0.5;
                    moved[to + 2] = xyv[3 * k + 2];
                }
            }
            return moved;
        }
    }

    /** A box of the view in pixels of a picture of this size; only of a view that {@link #whole} made. */
    public static BoundingBox back(Parameters whole, BoundingBox box, int width, int height) {
        double across = (double) width / whole.width;
        double down = (double) height / whole.height;
        return new BoundingBox(box.x() * across, box.y() * down, box.width() * across, box.height() * down);
    }
}
