package org.equirepro.evaluation.probes;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.features.CentreViews;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.FeatureSource;
import org.equirepro.evaluation.features.Features;
import org.equirepro.vision.batch.Family;
import org.equirepro.vision.batch.PictureTransform;
import org.equirepro.vision.batch.PictureTransform.Fill;
import org.equirepro.vision.batch.Ranges;
import org.equirepro.vision.data.Split;

/** Chosen pictures u of a split, and the features of u and g(u) side by side. */
final class ImagePairs {

    private final String name;
    private final Split split;
    private final int[] chosen;
    private final CentreViews views;
    private final FeatureSource features;
    private final List<FeatureKind> kinds;
    private final Ranges ranges;
    private final String source;
    private final long seed;
    /** Features of u, by whether it is zoomed: the same for every family. */
    private final Map<Boolean, Map<FeatureKind, Features>> still = new HashMap<>();

    /**
     * {@code name} is {@code train} or {@code test}; the recipe's {@code train_samples} or {@code test_samples} pictures are
     * chosen by {@code choiceSeed}, theta is drawn by the task's seed.
     */
    ImagePairs(ProbeSession session, String name, Split split, long choiceSeed, List<FeatureKind> kinds) {
        Settings recipe = session.recipe();
        this.name = name;
        this.split = split;
        this.chosen = SampleChoice.choose(split.size(),
                SampleChoice.wanted(recipe, name + "_samples", split.size(), name + " pictures"), choiceSeed, "r2." + name);
        this.views = session.views(split, chosen, CentreViews.PICTURES, true);
        this.features = session.features();
        this.kinds = kinds;
        this.source = recipe.source();
        this.ranges = Ranges.of(recipe.at("ranges"));
        this.seed = session.task().seed();
    }

    int count() {
        return chosen.length;
    }

    String key(int i) {
        return split.key(chosen[i]);
    }

    /** One theta a picture, the same for every encoder, fill and kind of features. */
    ImageParameters theta(Family family, int epoch) {
        return ImageParameters.draw(family, ranges.covering(family, source), seed, epoch, name, chosen);
    }

    /** [count, 2 d] for each kind. */
    Map<FeatureKind, Features> features(PictureTransform g, ImageParameters theta) {
        return pairs(g, theta, features.moved(views, g, theta.theta(), 1, kinds));
    }

    /** The same for theta of one epoch only. */
    Map<FeatureKind, Features> passing(PictureTransform g, ImageParameters theta) {
        return pairs(g, theta, features.passing(views, g, theta.theta(), kinds));
    }

    private Map<FeatureKind, Features> pairs(PictureTransform g, ImageParameters theta, Map<FeatureKind, Features> moved) {
        Map<FeatureKind, Features> unmoved = still.computeIfAbsent(g.fill() == Fill.ZOOM,
                zoomed -> features.moved(views, g, theta.theta(), 0, kinds));
        Map<FeatureKind, Features> pairs = new EnumMap<>(FeatureKind.class);
        moved.forEach((kind, table) -> pairs.put(kind, Features.beside(unmoved.get(kind), table)));
        return pairs;
    }
}
