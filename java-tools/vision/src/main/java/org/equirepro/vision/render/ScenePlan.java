package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * What a data set of kind {@code render-scenes} holds. Keys of the configuration: {@code annotations}, {@code size},
 * {@code train_pictures}, {@code test_pictures}, {@code seed}, and where they may be left out {@code classes} (8),
 * {@code objects} (from 1 to 4) and {@code persons} (from 0 to 2) in a scene, {@code crowds} (0) and {@code empty} (0): shares of
 * the pictures with a crowd and without any object, {@code samples} (2) a pixel in each direction, {@code depth} (false): whether
 * there are depth maps.
 *
 * <p>The scenes do not depend on {@code annotations}, nor on how many pictures there are.
 *
 * @param annotations what lies beside the pictures
 * @param depth       whether there are depth maps
 * @param size        pixels in each direction
 * @param train       training pictures
 * @param test        test pictures
 * @param classes     how many of {@link SolidClass}, from the first
 * @param objects     fewest and most solids of a scene
 * @param persons     fewest and most persons of a scene
 * @param crowds      share of the pictures with a crowd: a dense group of one class
 * @param empty       share of the pictures without objects
 * @param samples     samples a pixel in each direction
 * @param seed        fixes everything that is drawn
 */
public record ScenePlan(SceneAnnotations annotations, boolean depth, int size, int train, int test, int classes, int[] objects,
        int[] persons, double crowds, double empty, int samples, long seed) {

    public static final String KIND = "render-scenes";

    /** Of one split. */
    static final int MOST_PICTURES = 10_000_000;

    /** COCO's id of its first category; the solids follow. */
    private static final int PERSON_ID = 1;
    private static final int MOST = 8;

    /**
     * A class of objects.
     *
     * @param id    as the annotation files say it
     * @param name  in words
     * @param solid null for persons
     */
    record Category(int id, String name, SolidClass solid) {}

    /** Reads and checks the settings. */
    public static ScenePlan of(Settings settings) {
        if (!settings.text("kind").equals(KIND)) {
            throw UserError.usage(settings.source() + ": kind must be " + KIND + ", found " + settings.text("kind"));
        }
        ScenePlan plan = new ScenePlan(SceneAnnotations.named(settings), settings.flag("depth", false),
                RenderPlan.within(settings, "size", settings.integer("size"), 16, 1024),
                RenderPlan.within(settings, "train_pictures", settings.integer("train_pictures"), 0, MOST_PICTURES),
                RenderPlan.within(settings, "test_pictures", settings.integer("test_pictures"), 0, MOST_PICTURES),
                RenderPlan.within(settings, "classes", settings.integer("classes", 8), 1, SolidClass.values().length),
                range(settings, "objects", 1, 4), range(settings, "persons", 0, 2), share(settings, "crowds"),
                share(settings, "empty"), RenderPlan.within(settings, "samples", settings.integer("samples", 2), 1, 8), settings.integer("seed"));
        RenderPlan.within(settings, "train_pictures + test_pictures", plan.train + plan.test, 1, 2 * MOST_PICTURES);
        RenderPlan.within(settings, "the most objects and persons together", plan.objects[1] + plan.persons[1], 1, 2 * MOST);
        if (plan.annotations.personsOnly() && plan.persons[1] == 0) {
            throw UserError.usage(settings.source() + ": annotations " + plan.annotations.word() + " needs persons");
        }
        if (plan.annotations == SceneAnnotations.MPII && (plan.persons[0] == 0 || plan.empty > 0 || plan.crowds > 0)) {
            throw UserError.usage(settings.source() + ": MPII lists no picture without persons and no crowd; "
                    + "persons must be at least 1 in every picture, empty and crowds 0");
        }
        return plan;
    }

    /** The scenes with which videos begin, in the split {@code test}; at most 3 solids and a person where the settings say nothing. */
    static ScenePlan ofVideos(Settings settings, int videos) {
        ScenePlan plan = new ScenePlan(SceneAnnotations.SEGMENTATION, false,
                RenderPlan.within(settings, "size", settings.integer("size"), 16, 1024), 0, videos,
                RenderPlan.within(settings, "classes", settings.integer("classes", 8), 1, SolidClass.values().length),
                range(settings, "objects", 1, 3), range(settings, "persons", 0, 1), 0, 0,
                RenderPlan.within(settings, "samples", settings.integer("samples", 2), 1, 8), settings.integer("seed"));
        RenderPlan.within(settings, "the most objects and persons together", plan.objects[1] + plan.persons[1], 1, 2 * MOST);
        return plan;
    }

    private static int[] range(Settings settings, String key, int low, int high) {
        if (!settings.has(key)) {
            return new int[] {low, high};
        }
        int[] values = settings.integers(key);
        if (values.length != 2 || values[0] < 0 || values[1] < values[0] || values[1] > MOST) {
            throw UserError.usage(settings.source() + ": " + key + " must be the fewest and the most of a scene, 0 to " + MOST);
        }
        return values;
    }

    private static double share(Settings settings, String key) {
        double share = settings.real(key, 0);
        if (!(share >= 0 && share <= 1)) {
            throw UserError.usage(settings.source() + ": " + key + " must be a share from 0 to 1, found " + share);
        }
        return share;
    }

    /** How many pictures {@code train} or {@code test} has. */
    int pictures(String split) {
        return split.equals("train") ? train : test;
    }

    /** The classes of objects that scenes may show, by ascending id. */
    List<Category> categories() {
        List<Category> all = new ArrayList<>();
        if (persons[1] > 0) {
            all.add(new Category(PERSON_ID, "person", null));
        }
        for (int c = 0; c < classes && objects[1] > 0; c++) {
            SolidClass solid = SolidClass.values()[c];
            all.add(new Category(PERSON_ID + 1 + c, solid.words(), solid));
        }
        return List.copyOf(all);
    }

    /** The classes that annotations name. */
    List<Category> annotated(SceneAnnotations by) {
        return by.personsOnly() ? categories().subList(0, 1) : categories();
    }

    /** The names of the labels: of stuff and objects for segmentation, else of objects. */
    List<String> classNames() {
        List<String> names = new ArrayList<>();
        if (annotations == SceneAnnotations.SEGMENTATION) {
            Arrays.stream(Stuff.values()).map(Stuff::word).forEach(names::add);
        }
        annotated(annotations).stream().map(Category::name).forEach(names::add);
        return List.copyOf(names);
    }

    /** Renderers for the pictures; shadows are twice as fine as those of one object. */
    RenderPool pool() {
        return new RenderPool(() -> new Renderer(size, samples, Math.max(192, 2 * size)));
    }
}
