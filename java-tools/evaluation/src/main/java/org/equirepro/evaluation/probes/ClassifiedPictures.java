package org.equirepro.evaluation.probes;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.CentreViews;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.Features;
import org.equirepro.vision.data.Split;

/**
 * Pictures of a split that a classifier is trained or tested on: the recipe's {@code train_samples} or {@code test_samples}, or all.
 * The same for all probes of classes, so that they read the same kept features.
 */
record ClassifiedPictures(ProbeSession session, Split split, int[] pictures, Labelling labels) {

    static ClassifiedPictures train(ProbeSession session) {
        return of(session, session.train(), "train", session.task().seed());
    }

    static ClassifiedPictures test(ProbeSession session) {
        return of(session, session.test(), "test", 0);
    }

    private static ClassifiedPictures of(ProbeSession session, Split split, String name, long seed) {
        int wanted = SampleChoice.wanted(session.recipe(), name + "_samples", split.size(), name + " pictures");
        int[] pictures = SampleChoice.choose(split.size(), wanted, seed, "linear." + name);
        return new ClassifiedPictures(session, split, pictures, Labelling.of(session.data(), split, pictures));
    }

    int count() {
        return pictures.length;
    }

    String key(int i) {
        return split.key(pictures[i]);
    }

    /** Features of centre views. */
    Map<FeatureKind, Features> features(List<FeatureKind> kinds) {
        return session.features(split, pictures, CentreViews.PICTURES, kinds);
    }

    /** Features of the centre views of some, by their numbers here. */
    Map<FeatureKind, Features> features(int[] some, List<FeatureKind> kinds) {
        return session.features(split, Arrays.stream(some).map(i -> pictures[i]).toArray(), CentreViews.PICTURES, kinds);
    }

    /**
     * A seeded share of them, by which something is chosen: their numbers here, ascending.
     *
     * @param fraction the recipe's {@code selection_fraction}
     */
    int[] selection(double fraction) {
        int held = (int) Math.round(fraction * count());
        if (!(fraction > 0 && fraction < 1) || held < 1 || held >= count()) {
            throw UserError.usage(session.recipe().source() + ": recipe.selection_fraction of " + count()
                    + " samples must lie between 0 and 1 and leave some");
        }
        return SampleChoice.choose(count(), held, session.task().seed(), "linear.selection");
    }

    /** Their labels, for what knows one class a picture only. */
    OneClass oneClass() {
        if (labels instanceof OneClass one) {
            return one;
        }
        throw UserError.usage(session.recipe().source() + ": " + session.task().task() + " needs one class a picture, "
                + session.task().dataset() + " has several; linear_probe reads it");
    }
}
