package org.equirepro.vision.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;
import org.equirepro.vision.views.PictureViews;

/**
 * The views of the i-th member of a data set: augmented crops of a picture, two or as many as multi-crop takes, or two different
 * renders of an object (3DIEBench, where nothing else is done to them; Garrido et al. 2023). What is drawn depends on (seed,
 * epoch, member) only. Any thread may ask.
 */
public interface ViewSource extends SampleSource<ViewSource.Views> {

    /**
     * The views of a batch.
     *
     * @param pixels for each view [B, side, side, 3] bytes, direct
     * @param latents for each sample {@link ViewSource#latents}
     */
    record Views(ByteBuffer[] pixels, double[][][] latents) {}

    /** Side of each view in pixels. */
    int[] sides();

    /**
     * Makes all views of a member; a picture is decoded once.
     *
     * @param out a view each, [side, side, 3], overwritten
     * @throws UserError (bad data) if the picture cannot be decoded
     */
    void views(long seed, int epoch, int member, byte[][] out);

    /** Latents of the renders that {@link #views} shows, a view each; none where pictures have none. */
    default double[][] latents(long seed, int epoch, int member) {
        return new double[0][];
    }

    @Override
    default Views room(int batch) {
        return new Views(IntStream.of(sides()).mapToObj(side -> ByteBuffer.allocateDirect(Math.multiplyExact(batch, 3 * side * side)))
                .toArray(ByteBuffer[]::new), new double[batch][][]);
    }

    @Override
    default Views first(Views room, int count) {
        int[] sides = sides();
        return new Views(IntStream.range(0, sides.length).mapToObj(v -> room.pixels[v].slice(0, count * 3 * sides[v] * sides[v]))
                .toArray(ByteBuffer[]::new), Arrays.copyOf(room.latents, count));
    }

    @Override
    default Maker<Views> maker() {
        byte[][] pixels = IntStream.of(sides()).mapToObj(side -> new byte[3 * side * side]).toArray(byte[][]::new);
        return (seed, epoch, member, room, i) -> {
            views(seed, epoch, member, pixels);
            for (int v = 0; v < pixels.length; v++) {
                room.pixels[v].put(i * pixels[v].length, pixels[v]);
            }
            room.latents[i] = latents(seed, epoch, member);
        };
    }

    /** From a recipe's section {@code views}. */
    static ViewSource of(Settings section, Split split) {
        PictureCache pictures = new PictureCache(split);
        return switch (section.text("kind")) {
            case "pictures" -> new Augmented(new PictureViews(section), pictures);
            case "renders" -> new Renders(split, pictures, section.integer("size"));
            default -> throw UserError.usage(section.source() + ": views.kind must be pictures or renders, found " + section.text("kind"));
        };
    }

    /** Augmented views of one picture. */
    record Augmented(PictureViews views, PictureCache pictures) implements ViewSource {

        @Override
        public String name() {
            return pictures.name();
        }

        @Override
        public int size() {
            return pictures.size();
        }

        @Override
        public int[] sides() {
            return views.sides();
        }

        @Override
        public void views(long seed, int epoch, int member, byte[][] out) {
            Picture picture = pictures.get(member);
            for (int view = 0; view < out.length; view++) {
                views.view(picture, seed, epoch, member, view, out[view]);
            }
        }
    }

    /** Two different renders of one object. */
    record Renders(Split split, PictureCache pictures, int side) implements ViewSource {

        public Renders {
            for (int group = 0; group < split.groups(); group++) {
                if (split.members(group).length < 2) {
                    throw UserError.usage("object " + split.groupName(group) + " has one view only; views.kind renders needs two");
                }
            }
        }

        @Override
        public String name() {
            return pictures.name();
        }

        @Override
        public int size() {
            return split.groups();
        }

        @Override
        public int[] sides() {
            return new int[] {side, side};
        }

        @Override
        public void views(long seed, int epoch, int member, byte[][] out) {
            int[] pair = pair(seed, epoch, member);
            fill(pictures.get(pair[0]), out[0]);
            fill(pictures.get(pair[1]), out[1]);
        }

        @Override
        public double[][] latents(long seed, int epoch, int member) {
            int[] pair = pair(seed, epoch, member);
            return new double[][] {split.latents(pair[0]), split.latents(pair[1])};
        }

        private int[] pair(long seed, int epoch, int member) {
            int[] renders = split.members(member);
            Draws draws = Draws.at(seed, epoch, member, 0, "render");
            int a = draws.below(renders.length);
            int b = (a + 1 + draws.below(renders.length - 1)) % renders.length;
            return new int[] {renders[a], renders[b]};
        }

        private void fill(Picture picture, byte[] out) {
            Picture sized = picture.width() == side && picture.height() == side ? picture : Resampling.BILINEAR.resize(picture, side, side);
            System.arraycopy(sized.rgb(), 0, out, 0, out.length);
        }
    }
}
