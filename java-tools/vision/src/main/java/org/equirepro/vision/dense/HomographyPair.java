package org.equirepro.vision.dense;

import org.equirepro.base.Draws;
import org.equirepro.vision.image.Augment;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.Geometry;
import org.equirepro.vision.image.Homography;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;

/**
 * Two patches of one picture that a homography relates (DeTone et al. 2016): the four corners of a square are moved at random,
 * and the second patch shows, in the place of the first, the picture as the moved corners see it. S-COCO is made of COCO this way;
 * with changes of brightness, contrast, colour and hue it is called PDS-COCO.
 *
 * @param first the square, [side, side]
 * @param second what the moved corners enclose, warped to [side, side]
 * @param corners the square's corners in the scaled picture: x and y of upper left, upper right, lower right, lower left
 * @param displacement how far each corner moved, in pixels, in the same order
 * @param homography takes points of the square to where they are seen in the picture, in pixels of the scaled picture
 */
public record HomographyPair(Picture first, Picture second, double[] corners, double[] displacement, Homography homography) {

    /**
     * How pairs are made.
     *
     * @param width of the scaled picture
     * @param height of the scaled picture
     * @param side of the patches
     * @param rho corners move by whole numbers in [-rho, rho)
     * @param photometric strengths of brightness, contrast, saturation and hue, drawn for each patch alone; all 0 for S-COCO
     */
    public record Recipe(int width, int height, int side, int rho, double[] photometric) {

        /** 320 x 240, patches of 128, rho 32. */
        public static final Recipe S_COCO = new Recipe(320, 240, 128, 32, new double[4]);

        public Recipe {
            if (rho < 1 || side < 8 || side + 2 * rho > Math.min(width, height) || photometric.length != 4) {
                throw new IllegalArgumentException("patches of " + side + " with rho " + rho + " do not fit into " + width + " x "
                        + height);
            }
        }
    }

    /** The pair of a picture at this place of the draws; equal for equal arguments. */
    public static HomographyPair of(Picture picture, Recipe recipe, long seed, int epoch, int sample) {
        Picture scaled = scaled(picture, recipe);
        Draws draws = Draws.at(seed, epoch, sample, 0, "homography");
        int left = recipe.rho + draws.below(recipe.width - recipe.side - 2 * recipe.rho + 1);
        int top = recipe.rho + draws.below(recipe.height - recipe.side - 2 * recipe.rho + 1);
        double right = left + recipe.side - 1.0;
        double bottom = top + recipe.side - 1.0;
        double[] corners = {left, top, right, top, right, bottom, left, bottom};
        double[] displacement = new double[8];
        double[] moved = new double[8];
        for (int i = 0; i < 8; i++) {
            displacement[i] = draws.below(2 * recipe.rho) - recipe.rho;
            moved[i] = corners[i] + displacement[i];
        }
        Homography homography = Homography.ofCorners(corners, moved);
        Box box = new Box(top, left, recipe.side, recipe.side);
        Picture first = Geometry.crop(scaled, box);
        Picture second = homography.warp(scaled, box);
        distort(first, recipe.photometric, Draws.at(seed, epoch, sample, 0, "photometric"));
        distort(second, recipe.photometric, Draws.at(seed, epoch, sample, 1, "photometric"));
        return new HomographyPair(first, second, corners, displacement, homography);
    }

    /** The picture from which a pair is cut: scaled so that it covers the recipe's size, and its middle cut out. */
    public static Picture scaled(Picture picture, Recipe recipe) {
        double scale = Math.max((double) recipe.width / picture.width(), (double) recipe.height / picture.height());
        int w = Math.max(recipe.width, (int) Math.round(scale * picture.width()));
        int h = Math.max(recipe.height, (int) Math.round(scale * picture.height()));
        return Geometry.centreCrop(Resampling.BILINEAR.resize(picture, w, h), recipe.width, recipe.height);
    }

    private static void distort(Picture picture, double[] strength, Draws draws) {
        byte[] rgb = picture.rgb();
        double[] factors = new double[3];
        for (int i = 0; i < 3; i++) {
            factors[i] = draws.uniform(Math.max(0, 1 - strength[i]), 1 + strength[i]);
        }
        double hue = draws.uniform(-strength[3], strength[3]);
        if (strength[0] > 0) {
            Augment.brightness(rgb, factors[0]);
        }
        if (strength[1] > 0) {
            Augment.contrast(rgb, factors[1]);
        }
        if (strength[2] > 0) {
            Augment.saturation(rgb, factors[2]);
        }
        if (strength[3] > 0) {
            Augment.hue(rgb, hue);
        }
    }
}
