package org.equirepro.evaluation.probes;

import java.util.Arrays;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * What an evaluation is about: the configuration of its task in the plan.
 *
 * @param task e.g. {@code r2_image}, also the recipe's kind
 */
public record ProbeTask(String task, String study, String encoder, int seed, String dataset, String recipeName, Settings recipe) {

    /** Reads a configuration; its recipe must be of the kind {@code task}. */
    public static ProbeTask of(String task, Settings config) {
        Settings recipe = config.at("recipe");
        if (!recipe.text("kind").equals(task)) {
            throw UserError.usage(config.source() + ": recipe.kind must be " + task + ", found " + recipe.text("kind"));
        }
        return new ProbeTask(task, config.text("study"), config.text("encoder"), config.integer("seed"), config.text("dataset"),
                config.text("recipe_name"), recipe);
    }

    /**
     * A row with the mean over the heads that were trained alike; where there are several, a second one with the standard deviation
     * (n - 1) under the metric's name and {@code _std}.
     */
    void rows(ProbePart part, String target, String parameter, String features, String protocol, String metric, double[] values,
            double floor, long samples) {
        double mean = Arrays.stream(values).sum() / values.length;
        part.result(row(target, parameter, features, protocol, metric, mean, floor, samples));
        if (values.length > 1) {
            double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
            part.result(row(target, parameter, features, protocol, metric + "_std", Math.sqrt(squares / (values.length - 1)), 0, samples));
        }
    }

    /** A row of results of this task. */
    public ResultRow row(String target, String parameter, String features, String protocol, String metric, double value, double floor,
            long samples) {
        return new ResultRow(study, encoder, seed, task, dataset, target, parameter, features, protocol, metric, value, floor,
                samples, recipeName);
    }
}
