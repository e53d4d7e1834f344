package org.equirepro.vision.views;

import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Augment;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.RandomResizedCrop;
import org.equirepro.vision.image.Resampling;
import org.equirepro.vision.views.ViewParameters.Colour;
import org.equirepro.vision.views.ViewParameters.Jitter;

/**
 * The two views of a picture in joint-embedding pretraining: crop, flip, colour jitter, grey, blur and solarisation, in the order
 * and with the results of the torchvision and Pillow pipelines of iBOT and DINO. Every draw is fixed by (seed, epoch, sample,
 * view, operation), so threads may make views in any order.
 *
 * <p>Settings: {@code size}; {@code crop} {@code rrc} or {@code shared} (default rrc); {@code scale} and {@code ratio} of the
 * crop's area and aspect; {@code resample} {@code bicubic} (default) or {@code bilinear}; {@code flip} a probability;
 * {@code jitter: {strength: [brightness, contrast, saturation, hue], p}}; {@code gray} a probability;
 * {@code blur: {p: [view 1, view 2], sigma: [least, most]}}; {@code solarise} the probability on view 2. What is left out is not
 * done.
 *
 * <p>With {@code crop: shared} both views come from one random box and one flip, so that they differ by what follows only.
 */
public final class PictureViews {

    private static final double[] RATIO = {3.0 / 4.0, 4.0 / 3.0};
    private static final int SOLARISE_FROM = 128;

    private final int size;
    private final boolean shared;
    private final Resampling resampling;
    private final double[] scale;
    private final double[] ratio;
    private final double flip;
    private final double[] strength;
    private final double jitter;
    private final double gray;
    private final double[] blur;
    private final double[] sigma;
    private final double solarise;

    /** Reads the {@code views} section of a recipe; a wrong value is a UserError that names the key. */
    public PictureViews(Settings views) {
        this.size = views.integer("size");
        this.shared = oneOf(views, "crop", "rrc", "shared").equals("shared");
        this.resampling = oneOf(views, "resample", "bicubic", "bilinear").equals("bicubic") ? Resampling.BICUBIC
                : Resampling.BILINEAR;
        this.scale = range(views, "scale", new double[] {0.08, 1}, 1);
        this.ratio = range(views, "ratio", RATIO, Double.MAX_VALUE);
        this.flip = probability(views, "flip");
        this.strength = views.has("jitter") ? numbers(views.at("jitter"), "strength", 4) : new double[4];
        this.jitter = views.has("jitter") ? probability(views.at("jitter"), "p") : 0;
        this.gray = probability(views, "gray");
        this.blur = views.has("blur") ? numbers(views.at("blur"), "p", 2) : new double[2];
        this.sigma = views.has("blur") ? range(views.at("blur"), "sigma", null, Double.MAX_VALUE) : new double[2];
        this.solarise = probability(views, "solarise");
        require(views, size >= 1, "size must be at least 1");
        require(views, strength[0] >= 0 && strength[1] >= 0 && strength[2] >= 0 && strength[3] >= 0 && strength[3] <= 0.5,
                "jitter.strength must not be negative, and at most 0.5 for the hue");
        require(views, blur[0] >= 0 && blur[0] <= 1 && blur[1] >= 0 && blur[1] <= 1, "blur.p must lie between 0 and 1");
    }

    private static void require(Settings views, boolean holds, String problem) {
        if (!holds) {
            throw UserError.usage(views.source() + ": views." + problem);
        }
    }

    private static String oneOf(Settings views, String key, String usual, String other) {
        String value = views.text(key, usual);
        require(views, value.equals(usual) || value.equals(other), key + " must be " + usual + " or " + other + ", found "
                + value);
        return value;
    }

    private static double probability(Settings views, String key) {
        double p = views.real(key, 0);
        require(views, p >= 0 && p <= 1, key + " must lie between 0 and 1, found " + p);
        return p;
    }

    private static double[] numbers(Settings views, String key, int count) {
        double[] values = views.reals(key);
        require(views, values.length == count, key + " must hold " + count + " numbers, found " + values.length);
        return values;
    }

    private static double[] range(Settings views, String key, double[] absent, double most) {
        if (absent != null && !views.has(key)) {
            return absent;
        }
        double[] values = numbers(views, key, 2);
        require(views, values[0] > 0 && values[0] <= values[1] && values[1] <= most, key + " must be a range above 0"
                + (most < Double.MAX_VALUE ? ", at most " + most : ""));
        return values;
    }

    /** Width and height of a view in pixels. */
    public int size() {
        return size;
    }

    /**
     * Makes a view.
     *
     * @param view 0 or 1
     * @param outHwc [size, size, 3], overwritten
     * @return what was drawn
     */
    public ViewParameters view(Picture source, long seed, int epoch, int sample, int view, byte[] outHwc) {
        if (outHwc.length != 3 * size * size || view < 0 || view > 1) {
            throw new IllegalArgumentException("view " + view + " into " + outHwc.length + " bytes, size " + size);
        }
        ViewParameters drawn = draw(source.width(), source.height(), seed, epoch, sample, view);
        apply(source, drawn, outHwc);
        return drawn;
    }

    /** Draws the parameters of a view of a picture with these sides. */
    public ViewParameters draw(int width, int height, long seed, int epoch, int sample, int view) {
        int place = shared ? 0 : view;
        Box box = RandomResizedCrop.params(Draws.at(seed, epoch, sample, place, "view.crop"), width, height, scale[0], scale[1],
                ratio[0], ratio[1]);
        boolean flipped = Draws.at(seed, epoch, sample, place, "view.flip").chance(flip);
        boolean grey = Draws.at(seed, epoch, sample, view, "view.gray").chance(gray);
        Draws blurs = Draws.at(seed, epoch, sample, view, "view.blur");
        double radius = blurs.chance(blur[view]) ? blurs.uniform(sigma[0], sigma[1]) : 0;
        boolean solarised = view == 1 && Draws.at(seed, epoch, sample, view, "view.solarise").chance(solarise);
        return new ViewParameters(box, flipped, jitter(Draws.at(seed, epoch, sample, view, "view.jitter")), grey, radius,
                solarised);
    }

    /** torchvision's ColorJitter: a random order, factors uniform about 1 (never negative), the hue about 0. */
    private List<Jitter> jitter(Draws draws) {
        if (!draws.chance(jitter)) {
            return List.of();
        }
        int[] order = draws.permutation(4);
        double[] factors = new double[4];
        for (int k = 0; k < 3; k++) {
            factors[k] = draws.uniform(Math.max(0, 1 - strength[k]), 1 + strength[k]);
        }
        factors[3] = draws.uniform(-strength[3], strength[3]);
        List<Jitter> steps = new ArrayList<>();
        for (int k : order) {
            if (strength[k] > 0) {
                steps.add(new Jitter(Colour.values()[k], factors[k]));
            }
        }
        return List.copyOf(steps);
    }

    /** Applies drawn parameters: the same view for the same parameters. */
    public void apply(Picture source, ViewParameters drawn, byte[] outHwc) {
        resampling.crop(source, drawn.crop(), size, size, outHwc);
        if (drawn.flip()) {
            Augment.flip(outHwc, size, size);
        }
        for (Jitter step : drawn.jitter()) {
            switch (step.colour()) {
                case BRIGHTNESS -> Augment.brightness(outHwc, step.factor());
                case CONTRAST -> Augment.contrast(outHwc, step.factor());
                case SATURATION -> Augment.saturation(outHwc, step.factor());
                case HUE -> Augment.hue(outHwc, step.factor());
            }
        }
        if (drawn.gray()) {
            Augment.grayscale(outHwc);
        }
        if (drawn.blur() > 0) {
            Augment.gaussianBlur(outHwc, size, size, drawn.blur());
        }
        if (drawn.solarise()) {
            Augment.solarize(outHwc, SOLARISE_FROM);
        }
    }
}
