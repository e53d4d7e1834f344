package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.batch.Family;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.batch.PictureTransform;
import org.equirepro.vision.batch.Ranges;

/** The transformation g of view 2, drawn for each sample, and the pictures on the way to it (AAAI-26 paper, section 3). */
final class Intermediates {

    private final PictureTransform transform;
    private final Ranges ranges;
    private final long seed;
    private final int count;
    private final boolean finalView;

    private Intermediates(Ops ops, Normalisation normalisation, Settings recipe, Settings section, long seed) {
        Family family = Family.of(recipe.source() + ": family", section.text("family"));
        PictureTransform.Fill fill = PictureTransform.Fill.of(recipe.source() + ": fill", section.text("fill", "zero"));
        this.transform = new PictureTransform(ops, family, fill, normalisation);
        this.ranges = Ranges.of(recipe.at("ranges")).covering(family, recipe.source());
        this.seed = seed;
        this.count = section.integer("count", 0);
        this.finalView = section.flag("final_view", false);
    }

    /** How many pictures a recipe's {@code reconstruction} asks for: K, and one more where g(u) itself is a target (Table 9). */
    static int rebuilt(Settings section) {
        return section.integer("count") + (section.flag("final_view", false) ? 1 : 0);
    }

    /** From a recipe's section {@code reconstruction}, if that has a family, or {@code transform}; empty without either. */
    static Optional<Intermediates> of(Ops ops, Normalisation normalisation, Settings recipe, long seed) {
        Settings section = recipe.has("reconstruction") && recipe.at("reconstruction").has("family") ? recipe.at("reconstruction")
                : recipe.has("transform") ? recipe.at("transform") : null;
        return Optional.ofNullable(section).map(s -> new Intermediates(ops, normalisation, recipe, s, seed));
    }

    Family family() {
        return transform.family();
    }

    /** Parameters of g for each member. */
    double[][] theta(int epoch, int[] members) {
        return IntStream.of(members).mapToObj(member -> transform.family().draw(Draws.at(seed, epoch, member, 1, "g"), ranges))
                .toArray(double[][]::new);
    }

    /** How many intermediates there are; 0 for g as an augmentation only. */
    int count() {
        return count;
    }

    /** The picture itself, normalised and shown as g(u) is: zoomed if that is. */
    NDArray still(NDArray u, double[][] theta) {
        return transform.apply(u, theta, 0);
    }

    /** g(u), normalised; {@code u} [B, 3, H, W] in 0 .. 1. */
    NDArray moved(NDArray u, double[][] theta) {
        return transform.apply(u, theta, 1);
    }

    /** The K pictures at k / (K + 1) of the way, normalised; g(u) after them where the recipe has {@code final_view}. */
    List<NDArray> targets(NDArray u, double[][] theta) {
        List<NDArray> targets = new ArrayList<>();
        for (int k = 1; k <= (finalView ? count + 1 : count); k++) {
            targets.add(transform.apply(u, theta, (double) k / (count + 1)));
        }
        return targets;
    }

    /** [B, parameters of g], each scaled to -1 .. 1. */
    NDArray latent(NDArray u, double[][] theta) {
        return rows(u.getManager(), Arrays.stream(theta).map(t -> transform.family().scaled(t, ranges)).toArray(double[][]::new));
    }

    /** Rows of equal length as a float32 matrix. */
    static NDArray rows(NDManager manager, double[][] rows) {
        int columns = rows[0].length;
        float[] values = new float[rows.length * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows[i / columns][i % columns];
        }
        return Torch.floats(manager, values, rows.length, columns);
    }
}
