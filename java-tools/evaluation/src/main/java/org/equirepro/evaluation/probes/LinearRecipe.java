package org.equirepro.evaluation.probes;

import java.util.Arrays;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * How linear heads are trained (Zhou et al., "iBOT", ICLR 2022, appendix; 20 epochs on the poster).
 *
 * @param epochs passes over the training pictures
 * @param batch pictures of a step at most
 * @param leastSteps steps an epoch at least: small sets, of which iBOT's 1024 are a half or all, get the largest power of two
 *     that allows it
 * @param rates learning rates for 256 pictures a step, scaled with the batch
 * @param momentum of SGD
 * @param weightDecay of weights and biases
 * @param selectionFraction share of the training pictures by which the rate is chosen
 * @param augmented random crops and flips while training; else centre views, whose features are computed once
 * @param standardise features scaled to mean 0 and deviation 1 over the training pictures; without augmentation only
 */
record LinearRecipe(int epochs, int batch, int leastSteps, double[] rates, double momentum, double weightDecay,
        double selectionFraction, boolean augmented, boolean standardise) {

    private static final double SAMPLES_OF_A_RATE = 256;

    static LinearRecipe of(Settings recipe) {
        String augment = recipe.text("augment", "none");
        if (!augment.equals("none") && !augment.equals("crop_flip")) {
            throw wrong(recipe, "augment must be none or crop_flip, found " + augment);
        }
        LinearRecipe linear = new LinearRecipe(recipe.integer("epochs"), recipe.integer("batch"), recipe.integer("least_steps", 1),
                recipe.reals("lrs"), recipe.real("momentum", 0.9), recipe.real("weight_decay", 0),
                recipe.real("selection_fraction"), augment.equals("crop_flip"), recipe.flag("standardise", false));
        if (linear.epochs < 1 || linear.batch < 1 || linear.leastSteps < 1) {
            throw wrong(recipe, "epochs, recipe.batch and recipe.least_steps must be positive");
        }
        if (linear.rates.length == 0 || Arrays.stream(linear.rates).anyMatch(r -> !(r > 0))) {
            throw wrong(recipe, "lrs must be positive numbers, at least one");
        }
        if (linear.augmented && linear.standardise) {
            throw wrong(recipe, "standardise needs augment: none, since it reads all training features first");
        }
        return linear;
    }

    private static UserError wrong(Settings recipe, String problem) {
        return UserError.usage(recipe.source() + ": recipe." + problem);
    }

    /** Pictures of a step on a set of so many. */
    int batch(int pictures) {
        int most = Math.max(1, pictures / leastSteps);
        return batch <= most ? batch : Integer.highestOneBit(most);
    }

    /** A rate for steps of so many pictures. */
    static double scaled(double rate, int samples) {
        return rate * samples / SAMPLES_OF_A_RATE;
    }
}
