package org.equirepro.training;

import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * How long a training is; schedules need to know.
 *
 * @param steps of the whole training
 * @param perEpoch steps of an epoch
 */
public record Course(long steps, int perEpoch) {

    /**
     * From a recipe's keys {@code batch} and {@code epochs}, or {@code steps} instead of these.
     *
     * @param data folder of the data set, for errors
     * @param members samples of an epoch; those beyond whole batches are left out
     * @param ranks which share the batch
     */
    public static Course of(Settings recipe, Path data, int members, int ranks) {
        int batch = recipe.integer("batch");
        if (batch % ranks != 0) {
            throw UserError.usage(recipe.source() + ": batch " + batch + " is not a multiple of " + ranks + " ranks");
        }
        int perEpoch = members / batch;
        if (perEpoch == 0) {
            throw UserError.badData(data, "has " + members + " members for a batch of " + batch + "; lower batch");
        }
        return new Course(recipe.has("steps") ? recipe.integer("steps") : (long) recipe.integer("epochs") * perEpoch, perEpoch);
    }
}
