package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.RecipeFile;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.study.costs.Rate;
import org.equirepro.study.costs.TrainingCosts;
import org.equirepro.study.costs.TrainingPage;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.load.ViewSource;
import picocli.CommandLine.Option;

/** Options of a pretraining that is only reckoned; nothing here reads a picture or loads libtorch. */
final class DryRunMixin {

    /** Training pictures of ImageNet-1k, and training objects of 3DIEBench. */
    private static final int IMAGENET = 1_281_167;
    private static final int OBJECTS = 41_920;

    @Option(names = "--dry-run", description = "Print parameters, operations, memory, steps, hours and sizes, and end. --config may then be a recipe.")
    private boolean on;

    @Option(names = "--members", paramLabel = "N", description = "Of --dry-run: pictures (objects) of the data set. Default: those of "
            + "--data, else ImageNet's (3DIEBench's).")
    private long members;

    @Option(names = "--ranks", paramLabel = "N", description = "Of --dry-run: processes that train together. Default: those of the launcher.")
    private int ranks;

    @Option(names = "--tflops", paramLabel = "X", description = "Of --dry-run: 10^12 operations a second that a device holds. Default: a part of an A100's.")
    private double tflops;

    @Option(names = "--samples-per-second", paramLabel = "X", description = "Of --dry-run, instead of --tflops: as measured on a device.")
    private double samplesPerSecond;

    @Option(names = "--json", description = "Of --dry-run: print JSON.")
    private boolean json;

    boolean on() {
        return on;
    }

    /**
     * Prints to stdout.
     *
     * @param data shard folder or null
     * @param launched how many ranks a launcher started
     */
    void print(Path config, Path data, int launched) {
        Settings file = RecipeFile.read(config);
        Settings recipe = file.has("recipe") ? file.at("recipe") : file;
        if (!recipe.text("kind").equals("pretrain")) {
            throw UserError.usage(config + ": kind is " + recipe.text("kind") + ", must be pretrain");
        }
        String name = file.has("recipe_name") ? file.text("recipe_name") : config.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        TrainingCosts costs = TrainingCosts.of(recipe, count(recipe, data), ranks > 0 ? ranks : launched, rate(recipe));
        TrainingPage page = new TrainingPage(name, recipe, costs);
        System.out.print(json ? Settings.canonical(page.json()) + "\n" : page.text());
    }

    private Rate rate(Settings recipe) {
        if (tflops > 0 && samplesPerSecond > 0) {
            throw UserError.usage("give --tflops or --samples-per-second, not both");
        }
        return tflops > 0 ? Rate.teraflops(tflops) : samplesPerSecond > 0 ? Rate.samplesPerSecond(samplesPerSecond) : Rate.a100(recipe);
    }

    private long count(Settings recipe, Path data) {
        if (members > 0 || !recipe.has("views")) {
            return members;
        }
        if (data != null) {
            try (ShardSet set = ShardSet.open(data)) {
                return ViewSource.of(recipe.at("views"), set.split("train")).size();
            }
        }
        return recipe.at("views").text("kind").equals("renders") ? OBJECTS : IMAGENET;
    }
}
