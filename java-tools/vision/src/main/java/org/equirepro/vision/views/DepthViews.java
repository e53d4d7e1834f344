package org.equirepro.vision.views;

import org.equirepro.base.Draws;
import org.equirepro.vision.image.Augment;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.DepthMap;
import org.equirepro.vision.image.Picture;

/**
 * Training crops for depth (Lee et al., "BTS", 2019, whose values AdaBins and ZoeDepth took over): a rectangle at the picture's own
 * scale, since metres do not scale with pixels, mirrored with probability one half, and with the same probability changed in gamma,
 * brightness and colour. Draws depend on (seed, epoch, sample) alone.
 */
public final class DepthViews {

    /**
     * @param width of the crop in pixels; {@code height} likewise
     * @param brightness the factor lies from 1 - this to 1 + this
     */
    public record Design(int width, int height, double brightness) {}

    /**
     * What was drawn.
     *
     * @param crop in the picture
     * @param flip left became right
     * @param gamma exponent of the values in 0 .. 1; 1 changes nothing
     * @param factors of red, green and blue, brightness and colour together; 1 changes nothing
     */
    public record Parameters(Box crop, boolean flip, double gamma, double[] factors) {}

    /** A crop with its depth, both of the design's size. */
    public record View(Picture picture, DepthMap depth, Parameters drawn) {}

    private static final double GAMMA = 0.1;
    private static final double COLOUR = 0.1;

    private final Design design;

    public DepthViews(Design design) {
        this.design = design;
    }

    /**
     * The view of a picture.
     *
     * @param depth of the picture's size
     * @param within where in the picture the crop is drawn; at least as large as a crop
     */
    public View view(Picture picture, DepthMap depth, Box within, long seed, int epoch, int sample) {
        if (depth.width() != picture.width() || depth.height() != picture.height() || within.width() < design.width
                || within.height() < design.height) {
            throw new IllegalArgumentException("a crop of " + design.width + " x " + design.height + " in " + within + " of a picture of "
                    + picture.width() + " x " + picture.height() + " with depth of " + depth.width() + " x " + depth.height());
        }
        Draws place = Draws.at(seed, epoch, sample, 0, "depth.crop");
        Box crop = new Box(within.top() + place.below(within.height() - design.height + 1),
                within.left() + place.below(within.width() - design.width + 1), design.height, design.width);
        boolean flip = Draws.at(seed, epoch, sample, 0, "depth.flip").chance(0.5);
        Draws colours = Draws.at(seed, epoch, sample, 0, "depth.colours");
        boolean changed = colours.chance(0.5);
        double gamma = colours.uniform(1 - GAMMA, 1 + GAMMA);
        double brightness = colours.uniform(1 - design.brightness, 1 + design.brightness);
        double[] factors = new double[3];
        for (int c = 0; c < 3; c++) {
            factors[c] = changed ? brightness * colours.uniform(1 - COLOUR, 1 + COLOUR) : 1;
        }
        Parameters drawn = new Parameters(crop, flip, changed ? gamma : 1, factors);
        DepthMap part = depth.cut(crop);
        return new View(picture(picture, drawn), flip ? part.mirrored() : part, drawn);
    }

    private static Picture picture(Picture source, Parameters drawn) {
        byte[] rgb = source.cut(drawn.crop).rgb().clone();
        if (drawn.flip) {
            Augment.flip(rgb, drawn.crop.width(), drawn.crop.height());
        }
        for (int c = 0; c < 3; c++) {
            byte[] table = new byte[256];
            for (int v = 0; v < table.length; v++) {
                double value = 255 * StrictMath.pow(v / 255.0, drawn.gamma) * drawn.factors[c];
                table[v] = (byte) Math.min(255, Math.round(value));
            }
            for (int i = c; i < rgb.length; i += 3) {
                rgb[i] = table[rgb[i] & 0xFF];
            }
        }
        return new Picture(drawn.crop.width(), drawn.crop.height(), rgb);
    }
}
