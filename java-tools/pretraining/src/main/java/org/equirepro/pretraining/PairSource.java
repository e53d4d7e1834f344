package org.equirepro.pretraining;

import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;
import org.equirepro.vision.views.PictureViews;

/**
 * Two views of the i-th member of a data set: two augmented crops of a picture, or two different renders of an object
 * (3DIEBench, where nothing else is done to them; Garrido et al. 2023). What is drawn depends on (seed, epoch, member) only.
 */
interface PairSource {

    /** Members of an epoch. */
    int size();

    /** Side of the views in pixels. */
    int side();

    /** Fills [side, side, 3] bytes of both views. */
    void views(long seed, int epoch, int member, byte[] first, byte[] second);

    /** From a recipe's section {@code views}. */
    static PairSource of(Settings section, Split split) {
        PictureCache pictures = new PictureCache(split);
        return switch (section.text("kind")) {
            case "pictures" -> new Augmented(new PictureViews(section), pictures, section.integer("size"));
            case "renders" -> new Renders(split, pictures, section.integer("size"));
            default -> throw UserError.usage(section.source() + ": views.kind must be pictures or renders, found " + section.text("kind"));
        };
    }

    /** Augmented views of one picture. */
    record Augmented(PictureViews views, PictureCache pictures, int side) implements PairSource {

        @Override
        public int size() {
            return pictures.size();
        }

        @Override
        public void views(long seed, int epoch, int member, byte[] first, byte[] second) {
            Picture picture = pictures.get(member);
            views.view(picture, seed, epoch, member, 0, first);
            views.view(picture, seed, epoch, member, 1, second);
        }
    }

    /** Two different renders of one object. */
    record Renders(Split split, PictureCache pictures, int side) implements PairSource {

        public Renders {
            for (int group = 0; group < split.groups(); group++) {
                if (split.members(group).length < 2) {
                    throw UserError.usage("object " + split.groupName(group) + " has one view only; views.kind renders needs two");
                }
            }
        }

        @Override
        public int size() {
            return split.groups();
        }

        @Override
        public void views(long seed, int epoch, int member, byte[] first, byte[] second) {
            int[] renders = split.members(member);
            Draws draws = Draws.at(seed, epoch, member, 0, "render");
            int a = draws.below(renders.length);
            int b = (a + 1 + draws.below(renders.length - 1)) % renders.length;
            fill(pictures.get(renders[a]), first);
            fill(pictures.get(renders[b]), second);
        }

        private void fill(Picture picture, byte[] out) {
            Picture sized = picture.width() == side && picture.height() == side ? picture : Resampling.BILINEAR.resize(picture, side, side);
            System.arraycopy(sized.rgb(), 0, out, 0, out.length);
        }
    }
}
