package org.equirepro.vision.views;

import org.equirepro.base.Draws;
import org.equirepro.vision.dense.BoundingBox;
import org.equirepro.vision.dense.KeypointLayout;
import org.equirepro.vision.image.Augment;
import org.equirepro.vision.image.Geometry;
import org.equirepro.vision.image.Picture;

/**
 * Views of one person each, for keypoints from the top down (Xiao et al. 2018; ViTPose): the box, grown to the view's shape and by
 * a margin, is turned, scaled and mirrored into the view. Coordinates are those of pixels' middles, the first one at 0, and the
 * grown box spans the middles of the view's outer pixels, so that a mirrored view lies exactly over the view (UDP: Huang et al.
 * 2020). Draws depend on (seed, epoch, sample) alone.
 */
public final class PersonViews {

    /**
     * @param width of the view in pixels: 192 for COCO, 256 for MPII; {@code height} likewise: 256
     * @param margin by which a box grows: 1.25
     * @param degrees to which a view is turned at most, to either side: 40
     * @param turned share of the views that are turned: .6
     * @param leastScale of the drawn size of the box; {@code mostScale} likewise: .5 to 1.5
     * @param mirrored whether half of the views are
     */
    public record Design(int width, int height, double margin, double degrees, double turned, double leastScale, double mostScale,
            boolean mirrored) {}

    private final Design design;

    public PersonViews(Design design) {
        this.design = design;
    }

    public Design design() {
        return design;
    }

    /**
     * Where a view lies in its picture.
     *
     * @param x of the box's middle; {@code y} likewise
     * @param across picture pixels of the view's width, from the middle of its first pixel to that of its last; {@code down} likewise
     * @param degrees clockwise, by which what is seen is turned
     * @param flip left became right
     */
    public record Parameters(double x, double y, double across, double down, double degrees, boolean flip) {}

    /** The view for testing. */
    public Parameters plain(BoundingBox box) {
        double aspect = (double) design.width / design.height;
        double across = Math.max(box.width(), box.height() * aspect) * design.margin;
        // a degenerate box still has a pixel
        across = Math.max(across, 1);
        return new Parameters(box.x() + box.width() / 2, box.y() + box.height() / 2, across, across / aspect, 0, false);
    }

    /** Draws the view of a box. */
    public Parameters draw(BoundingBox box, long seed, int epoch, int sample) {
        Parameters plain = plain(box);
        double scale = Draws.at(seed, epoch, sample, 0, "person.scale").uniform(design.leastScale, design.mostScale);
        Draws turn = Draws.at(seed, epoch, sample, 0, "person.turn");
        double degrees = turn.chance(design.turned) ? turn.uniform(-design.degrees, design.degrees) : 0;
        boolean flip = design.mirrored && Draws.at(seed, epoch, sample, 0, "person.flip").chance(0.5);
        return new Parameters(plain.x, plain.y, plain.across * scale, plain.down * scale, degrees, flip);
    }

    /** @param out the view, [height, width, 3], overwritten; black outside of the picture */
    public void picture(Picture picture, Parameters drawn, byte[] out) {
        double[] origin = back(0, 0, drawn);
        double[] right = back(1, 0, drawn);
        double[] below = back(0, 1, drawn);
        double a = right[0] - origin[0];
        double b = below[0] - origin[0];
        double d = right[1] - origin[1];
        double e = below[1] - origin[1];
        // the affine map counts from the corners of pixels
        double[] matrix = {a, b, origin[0] + 0.5 - (a + b) / 2, d, e, origin[1] + 0.5 - (d + e) / 2};
        Picture view = Geometry.affine(picture, matrix, design.width, design.height, true, 0);
        System.arraycopy(view.rgb(), 0, out, 0, view.rgb().length);
        if (drawn.flip) {
            Augment.flip(out, design.width, design.height);
        }
    }

    /** x, y and visibility of keypoints in the view, which may lie outside of it; left and right trade names in a mirrored one. */
    public double[] keypoints(double[] xyv, Parameters drawn) {
        double[] moved = new double[xyv.length];
        int points = xyv.length / 3;
        int[] mirrored = drawn.flip ? KeypointLayout.mirrored(points) : null;
        double cos = Math.cos(Math.toRadians(drawn.degrees));
        double sin = Math.sin(Math.toRadians(drawn.degrees));
        for (int k = 0; k < points; k++) {
            double dx = (xyv[3 * k] - drawn.x) * (design.width - 1) / drawn.across;
            double dy = (xyv[3 * k + 1] - drawn.y) * (design.height - 1) / drawn.down;
            double x = (design.width - 1) / 2.0 + cos * dx - sin * dy;
            int to = 3 * (mirrored == null ? k : mirrored[k]);
            moved[to] = drawn.flip ? design.width - 1 - x : x;
            moved[to + 1] = (design.height - 1) / 2.0 + sin * dx + cos * dy;
            moved[to + 2] = xyv[3 * k + 2];
        }
        return moved;
    }

    /** The place in the picture of a point of a view that is not mirrored. */
    public double[] back(double x, double y, Parameters drawn) {
        double cos = Math.cos(Math.toRadians(drawn.degrees));
        double sin = Math.sin(Math.toRadians(drawn.degrees));
        double dx = x - (design.width - 1) / 2.0;
        double dy = y - (design.height - 1) / 2.0;
        return new double[] {drawn.x + (cos * dx + sin * dy) * drawn.across / (design.width - 1),
            drawn.y + (cos * dy - sin * dx) * drawn.down / (design.height - 1)};
    }
}
