package org.equirepro.vision.views;

import java.util.ArrayList;
import java.util.Collections;
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
 * The views of a picture in joint-embedding pretraining: crop, flip, colour jitter, grey, blur and solarisation, in the order
 * and with the results of the torchvision and Pillow pipelines of iBOT and DINO, which VICReg, SimCLR and (with crop and flip
 * only) linear probes share. Every draw is fixed by (seed, epoch, sample,
 * view, operation), so threads may make views in any order.
 *
 * <p>Settings: {@code size}; {@code crop} {@code rrc} or {@code shared} (default rrc); {@code scale} and {@code ratio} of the
 * crop's area and aspect; {@code resample} {@code bicubic} (default) or {@code bilinear}; {@code flip} a probability;
 * {@code jitter: {strength: [brightness, contrast, saturation, hue], p}}; {@code gray} a probability;
 * {@code blur: {p: [view 1, view 2], sigma: [least, most]}}; {@code solarise} the probability on view 2;
 * {@code local: {count, size, scale, blur}} multi-crop's small views behind the two, with their own crop and probability of blur.
 * What is left out is not done.
 *
 * <p>With {@code crop: shared} both views come from one random box and one flip, so that they differ by what follows only.
 */
public final class PictureViews {

    /** What differs from view to view; {@code scale} is the range of the crop's share of the area. */
    private record View(int size, double[] scale, double blur, double solarise) {}

    private static final double[] RATIO = {3.0 / 4.0, 4.0 / 3.0};
    private static final int SOLARISE_FROM = 128;

    private final List<View> views = new ArrayList<>();
    private final boolean shared;
    private final Resampling resampling;
    private final double[] ratio;
    private final double flip;
    private final double[] strength;
    private final double jitter;
    private final double gray;
    private final double[] sigma;

    /** Reads the {@code views} section of a recipe; a wrong value is a UserError that names the key. */
    public PictureViews(Settings views) {
        int size = views.integer("size");
        this.shared = oneOf(views, "crop", "rrc", "shared").equals("shared");
        this.resampling = oneOf(views, "resample", "bicubic", "bilinear").equals("bicubic") ? Resampling.BICUBIC
                : Resampling.BILINEAR;
        double[] scale = range(views, "scale", new double[] {0.08, 1}, 1);
        this.ratio = range(views, "ratio", RATIO, Double.MAX_VALUE);
        this.flip = probability(views, "flip");
        this.strength = views.has("jitter") ? numbers(views.at("jitter"), "strength", 4) : new double[4];
        this.jitter = views.has("jitter") ? probability(views.at("jitter"), "p") : 0;
        this.gray = probability(views, "gray");
        double[] blur = views.has("blur") ? numbers(views.at("blur"), "p", 2) : new double[2];
        this.sigma = views.has("blur") ? range(views.at("blur"), "sigma", null, Double.MAX_VALUE) : new double[2];
        double solarise = probability(views, "solarise");
        require(views, size >= 1, "size must be at least 1");
        require(views, strength[0] >= 0 && strength[1] >= 0 && strength[2] >= 0 && strength[3] >= 0 && strength[3] <= 0.5,
                "jitter.strength must not be negative, and at most 0.5 for the hue");
        require(views, blur[0] >= 0 && blur[0] <= 1 && blur[1] >= 0 && blur[1] <= 1, "blur.p must lie between 0 and 1");
        this.views.add(new View(size, scale, blur[0], 0));
        this.views.add(new View(size, scale, blur[1], solarise));
        if (views.has("local")) {
            Settings local = views.at("local");
            require(views, !shared, "local has no meaning with crop shared");
            require(views, local.integer("size") >= 1 && local.integer("count") >= 0, "local.size and local.count must be positive");
            require(views, !local.has("blur") || views.has("blur"), "local.blur needs blur.sigma");
            View small = new View(local.integer("size"), range(local, "scale", null, 1), probability(local, "blur"), 0);
            this.views.addAll(Collections.nCopies(local.integer("count"), small));
        }
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

    /** Side of each view in pixels: the two, then the local ones. */
    public int[] sides() {
        return views.stream().mapToInt(View::size).toArray();
    }

    /**
     * Makes a view.
     *
     * @param view 0 or 1, or from 2 on a local one
     * @param outHwc [side, side, 3], overwritten
     * @return what was drawn
     */
    public ViewParameters view(Picture source, long seed, int epoch, int sample, int view, byte[] outHwc) {
        ViewParameters drawn = draw(source.width(), source.height(), seed, epoch, sample, view);
        apply(source, drawn, views.get(view).size, outHwc);
        return drawn;
    }

    /** Draws the parameters of a view of a picture with these sides. */
    public ViewParameters draw(int width, int height, long seed, int epoch, int sample, int view) {
        int place = shared ? 0 : view;
        View kind = views.get(view);
        Box box = RandomResizedCrop.params(Draws.at(seed, epoch, sample, place, "view.crop"), width, height, kind.scale[0], kind.scale[1],
                ratio[0], ratio[1]);
        boolean flipped = Draws.at(seed, epoch, sample, place, "view.flip").chance(flip);
        boolean grey = Draws.at(seed, epoch, sample, view, "view.gray").chance(gray);
        Draws blurs = Draws.at(seed, epoch, sample, view, "view.blur");
        double radius = blurs.chance(kind.blur) ? blurs.uniform(sigma[0], sigma[1]) : 0;
        boolean solarised = Draws.at(seed, epoch, sample, view, "view.solarise").chance(kind.solarise);
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

    /**
     * Applies drawn parameters: the same view for the same parameters.
     *
     * @param size side of the view
     */
    public void apply(Picture source, ViewParameters drawn, int size, byte[] outHwc) {
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
