package org.equirepro.evaluation.probes;

import java.util.stream.IntStream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.Schedules;

/**
 * How a head is trained.
 *
 * @param epochs passes over the training samples
 * @param batch samples a step; the last step of an epoch takes what is left
 * @param optimiser update rule
 * @param lr largest learning rate
 * @param weightDecay of weights, not of biases
 * @param warmupSteps steps of linear warm-up
 * @param cosine half a cosine to 0 after the warm-up; else the rate stays
 * @param heads copies of a head with start values and orders of their own, trained side by side on the same features
 */
record HeadRecipe(int epochs, int batch, Optimiser.Options optimiser, double lr, double weightDecay, int warmupSteps,
        boolean cosine, int heads) {

    /** From a recipe's keys {@code epochs}, {@code batch} and section {@code optimiser}. */
    static HeadRecipe of(Settings recipe) {
        Settings optimiser = recipe.at("optimiser");
        String schedule = optimiser.text("schedule", "constant");
        if (!schedule.equals("cosine") && !schedule.equals("constant")) {
            throw UserError.usage(recipe.source() + ": recipe.optimiser.schedule must be cosine or constant, found " + schedule);
        }
        HeadRecipe head = new HeadRecipe(recipe.integer("epochs"), recipe.integer("batch"), Optimiser.Options.of(optimiser),
                optimiser.real("lr"), optimiser.real("weight_decay", 0), optimiser.integer("warmup_steps", 0),
                schedule.equals("cosine"), recipe.integer("heads", 1));
        if (head.epochs < 1 || head.batch < 1 || head.heads < 1 || !(head.lr > 0)) {
            throw UserError.usage(recipe.source() + ": recipe.epochs, recipe.batch, recipe.heads and recipe.optimiser.lr must be positive");
        }
        return head;
    }

    /** Numbers of the heads. */
    int[] copies() {
        return IntStream.range(0, heads).toArray();
    }

    /** The learning rate step by step, for so many steps an epoch. */
    Schedules.Schedule rates(int stepsPerEpoch) {
        long total = (long) epochs * stepsPerEpoch;
        if (cosine) {
            return Schedules.cosine(lr, 0, total, warmupSteps, 0);
        }
        Schedules.Schedule warm = Schedules.cosine(lr, lr, total, warmupSteps, 0);
        return step -> warm.at(Math.min(step, Math.max(total - 1, 0)));
    }
}
