package org.equirepro.study.costs;

import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * What a training of a recipe takes.
 *
 * @param members of the data set, pictures or objects
 * @param steps of the whole training
 * @param perEpoch steps of an epoch
 * @param ranks processes that train together, a device each
 * @param together samples of a step on each rank
 * @param hours of all devices together at {@code rate}
 * @param checkpoint bytes of a saved state, of which two are kept
 * @param encoder bytes of the encoder's file
 */
public record TrainingCosts(RecipeCosts networks, Memory memory, long members, long steps, long perEpoch, int batch, int ranks,
        int together, Rate rate, double hours, double checkpoint, double encoder) {

    private static final int FLOAT = 4;

    /**
     * For a recipe of kind pretrain.
     *
     * @param members of the data set
     * @throws UserError if ranks do not divide the batch or the data set is smaller than a batch
     */
    public static TrainingCosts of(Settings recipe, long members, int ranks, Rate rate) {
        RecipeCosts networks = RecipeCosts.of(recipe);
        double encoder = (double) FLOAT * networks.encoderValues();
        if (recipe.at("objective").text("name").equals("none")) {
            return new TrainingCosts(networks, Memory.of(recipe, networks, 0), members, 0, 0, 0, 1, 0, rate, 0, 0, encoder);
        }
        int batch = recipe.integer("batch");
        if (batch % ranks != 0) {
            throw UserError.usage(recipe.source() + ": batch " + batch + " is not a multiple of " + ranks + " ranks");
        }
        long perEpoch = members / batch;
        if (perEpoch == 0) {
            throw UserError.usage(recipe.source() + ": " + members + " members are fewer than a batch of " + batch);
        }
        long steps = recipe.has("steps") ? recipe.integer("steps") : recipe.integer("epochs") * perEpoch;
        int together = batch / ranks;
        Memory memory = Memory.of(recipe, networks, together);
        double saved = memory.optimiser();
        for (RecipeCosts.Part part : networks.parts()) {
            saved += (double) FLOAT * (part.cost().parameters() + part.cost().buffers());
        }
        double hours = rate.hours((double) steps * batch, networks.stepFlops());
        return new TrainingCosts(networks, memory, members, steps, perEpoch, batch, ranks, together, rate, hours, saved, encoder);
    }

    public double epochs() {
        return perEpoch == 0 ? 0 : (double) steps / perEpoch;
    }
}
