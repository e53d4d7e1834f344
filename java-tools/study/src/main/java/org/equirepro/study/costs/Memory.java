package org.equirepro.study.costs;

import org.equirepro.base.Settings;

/**
 * Memory of one rank in a training step, in bytes: an estimate from shapes, compared with measured processes in docs/costs.md.
 *
 * @param weights of all networks that are trained, in float32, and their copies in the products' type
 * @param gradients of them
 * @param optimiser its moments
 * @param teacher weights that are not trained
 * @param pictures the views
 * @param activations kept for the backward pass
 * @param working what is needed for a moment: a block computed again, the loss
 */
public record Memory(double weights, double gradients, double optimiser, double teacher, double pictures, double activations,
        double working) {

    private static final int FLOAT = 4;

    /** For so many samples that go through the networks together. */
    static Memory of(Settings recipe, RecipeCosts costs, int samples) {
        double trained = 0;
        double fixed = 0;
        double kept = 0;
        double working = 0;
        for (RecipeCosts.Part part : costs.parts()) {
            Cost cost = part.cost();
            if (part.trained()) {
                trained += cost.parameters() + cost.buffers();
                kept += cost.kept();
                working = Math.max(working, cost.working());
            } else {
                fixed += cost.parameters() + cost.buffers();
            }
        }
        int bytes = FLOAT + (Backbones.Bytes.of(recipe).half() ? FLOAT / 2 : 0);
        int moments = recipe.has("optimiser") && recipe.at("optimiser").text("name").startsWith("adam") ? 2 : 1;
        return new Memory(trained * bytes, (double) costs.parameters() * FLOAT, (double) costs.parameters() * FLOAT * moments,
                fixed * bytes, costs.pictures() * samples, kept * samples, Math.max(working * samples, costs.chunk()));
    }

    /**
     * The greatest at once: gradients grow while activations are let go, so that both ends of the backward pass are looked at.
     */
    public double peak() {
        return weights + optimiser + teacher + pictures + Math.max(activations + working, gradients);
    }
}
