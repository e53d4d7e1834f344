package org.equirepro.study.costs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.equirepro.base.Settings;
import org.equirepro.study.Plan;

/**
 * What one task of a plan takes. Hours that nothing is known of are NaN.
 *
 * @param devices that work on it together
 * @param hours of all its devices, reckoned
 * @param poster the same by the poster's table
 * @param bytes it leaves in the work folder
 * @param stored bytes it leaves in the store
 * @param files it leaves in the work folder
 */
public record TaskCosts(Plan.Task task, int devices, double hours, double poster, double bytes, double stored, double files) {

    /** Pictures are read, checked and written again at about this rate by a core, in bytes a second. */
    private static final double PREPARED = 1e8;
    private static final double SHARD = 256L << 20;
    /** Tar's headers and padding, see docs/data-sets.md. */
    private static final double SHARDS_OVER_PICTURES = 1.008;
    private static final int STATES = 2;
    /** Nextflow's own files of a task. */
    private static final int TASK_FILES = 8;
    private static final int DATA_SET_FILES = 3;
    private static final int ENCODER_FILES = 8;
    private static final int EVALUATION_FILES = 6;
    private static final double SECONDS = 3600;

    /** Wall time in hours. */
    double wall() {
        return hours / devices;
    }

    double posterWall() {
        return Double.isNaN(poster) ? wall() : poster / devices;
    }

    static TaskCosts prepare(Plan.Task task, Optional<DataSizes.Size> size) {
        double bytes = size.map(DataSizes.Size::bytes).orElse(0.0);
        double hours = size.isEmpty() ? Double.NaN : bytes / PREPARED / SECONDS;
        return new TaskCosts(task, 1, hours, Double.NaN, SHARDS_OVER_PICTURES * bytes, 0, Math.ceil(bytes / SHARD) + DATA_SET_FILES + TASK_FILES);
    }

    static TaskCosts pretrain(Plan.Task task, Optional<DataSizes.Size> size) {
        Settings recipe = recipe(task);
        Optional<PosterCosts> row = PosterCosts.pretraining(recipe.node());
        int devices = row.map(PosterCosts::gpus).filter(gpus -> recipe.integer("batch") % gpus == 0).orElse(1);
        long members = size.map(DataSizes.Size::train).orElse(0L);
        boolean known = members > 0 || !recipe.has("epochs");
        long counted = known ? Math.max(members, recipe.integer("batch", 0)) : recipe.integer("batch");
        TrainingCosts costs = TrainingCosts.of(recipe, counted, devices, Rate.a100(recipe));
        double poster = row.map(r -> r.hours(recipe.integer("epochs"))).orElse(Double.NaN);
        return new TaskCosts(task, devices, known ? costs.hours() : Double.NaN, poster, costs.encoder(), STATES * costs.checkpoint(),
                ENCODER_FILES + TASK_FILES);
    }

    /**
     * An evaluation.
     *
     * @param encoder the recipe of the encoder
     * @param size of the data set that is evaluated on
     */
    static TaskCosts evaluate(Plan.Task task, Settings encoder, Optional<DataSizes.Size> size) {
        Settings recipe = Settings.of(task.id(), task.config().path("recipe"));
        Optional<PosterCosts> row = EvaluationWork.fineTunes(task.process()) ? PosterCosts.fineTuning(encoder.node())
                : PosterCosts.linearProbe(encoder.node());
        boolean timed = EvaluationWork.fineTunes(task.process()) || task.process().equals("LINEAR_PROBE");
        double poster = timed && recipe.has("epochs") ? row.map(r -> r.hours(recipe.integer("epochs"))).orElse(Double.NaN) : Double.NaN;
        double hours = size.map(s -> EvaluationWork.hours(task.process(), recipe, encoder, s)).orElse(Double.NaN);
        return new TaskCosts(task, row.map(PosterCosts::gpus).orElse(1), hours, poster, 0, 0, EVALUATION_FILES + TASK_FILES);
    }

    /** What gathers results. */
    static TaskCosts rest(Plan.Task task) {
        return new TaskCosts(task, 1, 0, Double.NaN, 0, 0, EVALUATION_FILES + TASK_FILES);
    }

    private static Settings recipe(Plan.Task task) {
        JsonNode node = task.config().path("recipe");
        return Settings.of(task.id(), node);
    }
}
