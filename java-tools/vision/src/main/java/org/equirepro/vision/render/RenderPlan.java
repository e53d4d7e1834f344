package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Which objects a rendered data set has and which split each is in. Both kinds draw from the same classes:
 *
 * <p>{@code render-3d}: {@code classes}, {@code objects_per_class}, {@code views}, {@code size}, {@code seed},
 * {@code test_fraction}: that part of every class's objects is for testing, at least one and not all.
 *
 * <p>{@code render-pictures}: {@code classes}, {@code train_per_class}, {@code test_per_class}, {@code size}, {@code seed}: every
 * picture shows an object of its own.
 *
 * <p>Both: {@code samples} (2 if absent): samples a pixel in each direction.
 *
 * @param pictures true for {@code render-pictures}
 * @param classes  how many of {@link SolidClass}, from the first
 * @param train    training objects of a class
 * @param test     test objects of a class
 * @param views    pictures of an object
 * @param size     pixels in each direction
 * @param samples  samples a pixel in each direction
 * @param seed     fixes everything that is drawn
 */
public record RenderPlan(boolean pictures, int classes, int train, int test, int views, int size, int samples, long seed) {

    public static final String KIND_3D = "render-3d";
    public static final String KIND_PICTURES = "render-pictures";

    /** Reads and checks the settings of either kind. */
    public static RenderPlan of(Settings settings) {
        String kind = settings.text("kind");
        boolean pictures = kind.equals(KIND_PICTURES);
        if (!pictures && !kind.equals(KIND_3D)) {
            throw UserError.usage(settings.source() + ": kind must be " + KIND_3D + " or " + KIND_PICTURES + ", found " + kind);
        }
        int classes = within(settings, "classes", settings.integer("classes"), 1, SolidClass.values().length);
        int size = within(settings, "size", settings.integer("size"), 8, 1024);
        int samples = within(settings, "samples", settings.integer("samples", 2), 1, 8);
        long seed = settings.integer("seed");
        if (pictures) {
            int train = within(settings, "train_per_class", settings.integer("train_per_class"), 0, 1_000_000);
            int test = within(settings, "test_per_class", settings.integer("test_per_class"), 0, 1_000_000);
            within(settings, "train_per_class + test_per_class", train + test, 1, 2_000_000);
            return new RenderPlan(true, classes, train, test, 1, size, samples, seed);
        }
        int objects = within(settings, "objects_per_class", settings.integer("objects_per_class"), 1, 1_000_000);
        int views = within(settings, "views", settings.integer("views"), 1, 10_000);
        double fraction = settings.real("test_fraction");
        if (!(fraction >= 0 && fraction < 1)) {
            throw UserError.usage(settings.source() + ": test_fraction must be at least 0 and less than 1, found " + fraction);
        }
        int test = (int) Math.round(fraction * objects);
        if (fraction > 0) {
            within(settings, "objects_per_class with a test_fraction above 0", objects, 2, 1_000_000);
            test = Math.max(1, Math.min(objects - 1, test));
        }
        return new RenderPlan(false, classes, objects - test, test, views, size, samples, seed);
    }

    /** The objects of {@code train} or {@code test}, class by class, each class's by ascending id. */
    public List<SolidObject> objects(String split) {
        boolean testing = split.equals("test");
        List<SolidObject> objects = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            SolidClass solid = SolidClass.values()[c];
            int[] order = Draws.at(seed, c, 0, 0, "render-split").permutation(train + test);
            List<SolidObject> own = new ArrayList<>();
            for (int i = testing ? 0 : test; i < (testing ? test : order.length); i++) {
                own.add(new SolidObject(seed, solid, order[i]));
            }
            own.sort(Comparator.comparing(SolidObject::id));
            objects.addAll(own);
        }
        return objects;
    }

    static int within(Settings settings, String key, int value, int low, int high) {
        if (value < low || value > high) {
            throw UserError.usage(settings.source() + ": " + key + " must be in " + low + " .. " + high + ", found " + value);
        }
        return value;
    }
}
