package org.equirepro.vision.batch;

import ai.djl.ndarray.NDArray;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.PictureOps;
import org.equirepro.tensor.Torch;

/**
 * Strong augmentation of views that were made already, a batch at a time on the device: a small turned crop, strong colour jitter
 * and a square that is cut out. What is done to a view depends on (seed, epoch, member, view) only.
 *
 * <p>Settings: {@code crop} [least, most] share of the view's area; {@code angle} largest rotation in degrees; {@code color}
 * largest deviations of brightness, contrast, saturation and hue; {@code cutout} side of the square as a part of the view's.
 */
public final class StrongViews {

    /**
     * What was drawn for one view.
     *
     * @param side of the crop over that of the view
     * @param x of the crop's centre, from -1 to 1 over the view; {@code y} likewise
     * @param angle in radians
     * @param color the four deviations
     * @param holeX left edge of the cut-out square as a part of the side; {@code holeY} its upper edge
     */
    record Drawn(double side, double x, double y, double angle, double[] color, double holeX, double holeY) {}

    private final Ops ops;
    private final Normalisation normalisation;
    private final double[] crop;
    private final Ranges ranges;
    private final double angle;
    private final double cutout;

    /** From a recipe's section. */
    public StrongViews(Ops ops, Normalisation normalisation, Settings section) {
        this.ops = ops;
        this.normalisation = normalisation;
        this.crop = section.reals("crop");
        this.angle = section.real("angle");
        this.cutout = section.real("cutout");
        this.ranges = Ranges.of(section).covering(Family.COLOR, section.source());
        if (crop.length != 2 || !(crop[0] > 0 && crop[0] <= crop[1] && crop[1] <= 1)) {
            throw UserError.usage(section.source() + ": crop must be a range above 0, at most 1");
        }
        if (!(cutout >= 0 && cutout < 1)) {
            throw UserError.usage(section.source() + ": cutout must be at least 0 and less than 1, found " + cutout);
        }
    }

    Drawn draw(long seed, int epoch, int member, int view) {
        Draws draws = Draws.at(seed, epoch, member, view, "strong");
        double side = Math.sqrt(draws.uniform(crop[0], crop[1]));
        double free = 1 - side; // how far the centre may go before the crop leaves the view
        return new Drawn(side, draws.uniform(-free, free), draws.uniform(-free, free), StrictMath.toRadians(draws.uniform(-angle, angle)),
                Family.COLOR.draw(draws, ranges), draws.uniform(0, 1 - cutout), draws.uniform(0, 1 - cutout));
    }

    /**
     * Strong views of views.
     *
     * @param views [B, 3, H, W], normalised
     * @param members the member of each
     * @param view which of a member's views they are
     * @return [B, 3, H, W], normalised, without gradient to the views
     */
    public NDArray apply(NDArray views, long seed, int epoch, int[] members, int view) {
        double[][] color = new double[members.length][];
        float[] warp = new float[6 * members.length];
        int height = (int) views.getShape().get(2);
        int width = (int) views.getShape().get(3);
        float[] kept = new float[members.length * height * width];
        java.util.Arrays.fill(kept, 1);
        for (int i = 0; i < members.length; i++) {
            Drawn drawn = draw(seed, epoch, members[i], view);
            color[i] = drawn.color;
            double cos = drawn.side * StrictMath.cos(drawn.angle);
            double sin = drawn.side * StrictMath.sin(drawn.angle);
            float[] matrix = {(float) cos, (float) (-sin * height / width), (float) drawn.x,
                (float) (sin * width / height), (float) cos, (float) drawn.y};
            System.arraycopy(matrix, 0, warp, 6 * i, 6);
            cut(kept, i, height, width, drawn);
        }
        NDArray picture = normalisation.invert(views.stopGradient());
        NDArray coloured = new PictureTransform(ops, Family.COLOR, PictureTransform.Fill.ZERO, normalisation).apply(picture, color, 1);
        NDArray moved = ops.pictures().warp(coloured, Torch.floats(views.getManager(), warp, members.length, 2, 3),
                PictureOps.Padding.REFLECTION);
        return moved.mul(Torch.floats(views.getManager(), kept, members.length, 1, height, width)); // 0 is the mean colour
    }

    private void cut(float[] kept, int i, int height, int width, Drawn drawn) {
        int top = (int) (drawn.holeY * height);
        int left = (int) (drawn.holeX * width);
        for (int y = top; y < top + (int) (cutout * height); y++) {
            int row = (i * height + y) * width;
            java.util.Arrays.fill(kept, row + left, row + left + (int) (cutout * width), 0);
        }
    }
}
