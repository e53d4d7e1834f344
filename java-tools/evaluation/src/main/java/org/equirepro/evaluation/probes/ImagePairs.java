package org.equirepro.evaluation.probes;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Settings;
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
    private final FeatureExtractor extractor;
    private final Ranges ranges;
    private final long seed;
    /** Features of u, by whether it is zoomed: the same for every family. */
    private final Map<Boolean, Map<FeatureKind, FeatureMatrix>> still = new HashMap<>();

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
        this.extractor = new FeatureExtractor(session.torch(), session.encoder(), kinds);
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
        return ImageParameters.draw(family, ranges, seed, epoch, name, chosen);
    }

    /** [count, 2 d] for each kind. */
    Map<FeatureKind, FeatureMatrix> features(PictureTransform g, Fill fill, ImageParameters theta) {
        double[][] all = theta.theta();
        Map<FeatureKind, FeatureMatrix> moved = extractor.extract(count(), (scope, from, to) ->
                g.apply(views.batch(scope, from, to), Arrays.copyOfRange(all, from, to), 1));
        Map<FeatureKind, FeatureMatrix> unmoved = still.computeIfAbsent(fill == Fill.ZOOM, zoomed ->
                extractor.extract(count(), (scope, from, to) ->
                        g.apply(views.batch(scope, from, to), Arrays.copyOfRange(all, from, to), 0)));
        Map<FeatureKind, FeatureMatrix> pairs = new HashMap<>();
        moved.forEach((kind, matrix) -> pairs.put(kind, FeatureMatrix.beside(unmoved.get(kind), matrix)));
        return pairs;
    }
}
