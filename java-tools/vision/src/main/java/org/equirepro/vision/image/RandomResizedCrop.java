package org.equirepro.vision.image;

import org.equirepro.base.Draws;

/** Draws the box of a random resized crop, as torchvision's RandomResizedCrop.get_params does. */
public final class RandomResizedCrop {

    private static final int TRIES = 10;

    private RandomResizedCrop() {}

    /**
     * Area uniform in [scaleMin, scaleMax] of the picture's, aspect (width / height) log-uniform in [ratioMin, ratioMax]; sides
     * are rounded, the place is uniform. After ten boxes that do not fit: the largest centred box with an allowed aspect.
     *
     * @param draws a stream of its own; how many numbers are taken from it varies
     */
    public static Box params(Draws draws, int width, int height, double scaleMin, double scaleMax, double ratioMin,
            double ratioMax) {
        double area = (double) width * height;
        double logMin = StrictMath.log(ratioMin);
        double logMax = StrictMath.log(ratioMax);
        for (int i = 0; i < TRIES; i++) {
            double target = area * draws.uniform(scaleMin, scaleMax);
            double aspect = StrictMath.exp(draws.uniform(logMin, logMax));
            int w = (int) Math.rint(Math.sqrt(target * aspect));
            int h = (int) Math.rint(Math.sqrt(target / aspect));
            if (w > 0 && w <= width && h > 0 && h <= height) {
                return new Box(draws.below(height - h + 1), draws.below(width - w + 1), h, w);
            }
        }
        double ratio = (double) width / height;
        int w = width;
        int h = height;
        if (ratio < ratioMin) {
            h = (int) Math.rint(width / ratioMin);
        } else if (ratio > ratioMax) {
            w = (int) Math.rint(height * ratioMax);
        }
        return new Box((height - h) / 2, (width - w) / 2, h, w);
    }
}
