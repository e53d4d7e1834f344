package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
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

    private Intermediates(Ops ops, Normalisation normalisation, Settings recipe, Settings section, long seed) {
        Family family = Family.of(recipe.source() + ": family", section.text("family"));
        PictureTransform.Fill fill = PictureTransform.Fill.of(recipe.source() + ": fill", section.text("fill", "zero"));
        this.transform = new PictureTransform(ops, family, fill, normalisation);
        this.ranges = Ranges.of(recipe.at("ranges")).covering(family, recipe.source());
        this.seed = seed;
        this.count = section.integer("count", 0);
    }

    /** From a recipe's section {@code reconstruction} or {@code transform}; empty without either. */
    static Optional<Intermediates> of(Ops ops, Normalisation normalisation, Settings recipe, long seed) {
        for (String section : new String[] {"reconstruction", "transform"}) {
            if (recipe.has(section)) {
                return Optional.of(new Intermediates(ops, normalisation, recipe, recipe.at(section), seed));
            }
        }
        return Optional.empty();
    }

    Family family() {
        return transform.family();
    }

    /** Parameters of g for each member. */
    double[][] theta(int epoch, int[] members) {
        return IntStream.of(members).mapToObj(member -> transform.family().draw(Draws.at(seed, epoch, member, 1, "g"), ranges))
                .toArray(double[][]::new);
    }

    /** g(u), normalised; {@code u} [B, 3, H, W] in 0 .. 1. */
    NDArray moved(NDArray u, double[][] theta) {
        return transform.apply(u, theta, 1);
    }

    /** The K pictures at k / (K + 1) of the way, normalised. */
    List<NDArray> targets(NDArray u, double[][] theta) {
        List<NDArray> targets = new ArrayList<>();
        for (int k = 1; k <= count; k++) {
            targets.add(transform.apply(u, theta, (double) k / (count + 1)));
        }
        return targets;
    }

    /** [B, parameters of g], each scaled to -1 .. 1. */
    NDArray latent(NDArray u, double[][] theta) {
        int parameters = transform.family().parameters().size();
        float[] values = new float[theta.length * parameters];
        for (int i = 0; i < theta.length; i++) {
            double[] scaled = transform.family().scaled(theta[i], ranges);
            for (int k = 0; k < parameters; k++) {
                values[i * parameters + k] = (float) scaled[k];
            }
        }
        return Torch.floats(u.getManager(), values, theta.length, parameters);
    }
}
