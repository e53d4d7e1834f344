package org.equirepro.evaluation.probes;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.features.CentreViews;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.Features;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.views.RenderChange;

/**
 * Chosen objects of a split, a random pair of different views of each, and the features of the views. The recipe's
 * {@code train_samples} or {@code test_samples} objects are chosen by one seed, the views drawn by the task's.
 */
final class ObjectViews {

    private final String name;
    private final Split split;
    private final int[] objects;
    private final long seed;
    private final boolean redraw;
    /** The pictures whose features are there, ascending. */
    private final int[] pictures;
    private final Map<FeatureKind, Features> features;
    private Pairs last;

    /** Two views of each object, as picture numbers of the split. */
    final class Pairs {
        private final int epoch;
        private final int[] first;
        private final int[] second;

        private Pairs(int epoch) {
            this.epoch = epoch;
            this.first = new int[objects.length];
            this.second = new int[objects.length];
            for (int o = 0; o < objects.length; o++) {
                int[] views = split.members(objects[o]);
                int[] order = Draws.at(seed, epoch, objects[o], 0, "r2_3diebench.views." + name).permutation(views.length);
                first[o] = views[order[0]];
                second[o] = views[order[1]];
            }
        }

        int count() {
            return first.length;
        }

        int[] labels() {
            return Arrays.stream(first).map(split::label).toArray();
        }

        String firstKey(int i) {
            return split.key(first[i]);
        }

        String key(int i) {
            return split.key(first[i]) + " " + split.key(second[i]);
        }

        /** [pairs, 4]. */
        double[] rotations() {
            return changes(RenderChange::rotation);
        }

        /** [pairs, 2], second minus first. */
        double[] hues() {
            return changes(RenderChange::hues);
        }

        private double[] changes(BinaryOperator<double[]> change) {
            return IntStream.range(0, count())
                    .mapToObj(i -> change.apply(split.latents(first[i]), split.latents(second[i])))
                    .flatMapToDouble(Arrays::stream).toArray();
        }

        /** Of the first views. */
        Features one(FeatureKind kind) {
            return features.get(kind).select(rows(first));
        }

        /** Of both views side by side. */
        Features both(FeatureKind kind) {
            return Features.beside(one(kind), features.get(kind).select(rows(second)));
        }

        private int[] rows(int[] chosen) {
            return Arrays.stream(chosen).map(picture -> Arrays.binarySearch(pictures, picture)).toArray();
        }
    }

    /** {@code redraw}: other pairs in each epoch, for which the features of all views are computed. */
    ObjectViews(ProbeSession session, String name, Split split, long choiceSeed, List<FeatureKind> kinds, boolean redraw) {
        Settings recipe = session.recipe();
        requireViews(recipe, split);
        this.name = name;
        this.split = split;
        this.objects = SampleChoice.choose(split.groups(),
                SampleChoice.wanted(recipe, name + "_samples", split.groups(), name + " objects"), choiceSeed, "r2_3diebench." + name);
        this.seed = session.task().seed();
        this.redraw = redraw;
        this.last = new Pairs(0);
        this.pictures = (redraw ? Arrays.stream(objects).flatMap(o -> Arrays.stream(split.members(o)))
                : IntStream.concat(Arrays.stream(last.first), Arrays.stream(last.second))).sorted().toArray();
        this.features = session.features(split, pictures, CentreViews.RENDERS, kinds);
    }

    /** Refuses a split that is not of objects with at least two views each and their latents. */
    static void requireViews(Settings recipe, Split split) {
        if (split.groups() == 0 || split.latents(0).length < RenderChange.LATENTS) {
            throw UserError.usage(recipe.source() + ": " + recipe.text("kind") + " needs objects with several views and "
                    + RenderChange.LATENTS + " latents; the data set of this task has none");
        }
        for (int group = 0; group < split.groups(); group++) {
            if (split.members(group).length < 2) {
                throw UserError.usage(recipe.source() + ": " + recipe.text("kind") + " needs two views of each object, "
                        + split.groupName(group) + " of split " + split.name() + " has one");
            }
        }
    }

    /** The pairs of an epoch, counted from 0; the same in all unless they are drawn anew. */
    Pairs pairs(int epoch) {
        if (redraw && last.epoch != epoch) {
            last = new Pairs(epoch);
        }
        return last;
    }
}
