package org.equirepro.study.costs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import org.equirepro.base.Settings;

/** The costs of a training for people and for programs. */
public final class TrainingPage {

    private static final double GIGA = 1e9;
    private static final double GIBI = 1L << 30;
    private static final int MINUTES = 60;

    private final String name;
    private final Settings recipe;
    private final TrainingCosts costs;

    /**
     * @param name of the recipe, for the title
     * @param recipe of kind pretrain
     */
    public TrainingPage(String name, Settings recipe, TrainingCosts costs) {
        this.name = name;
        this.recipe = recipe;
        this.costs = costs;
    }

    /** Tables of fixed width. */
    public String text() {
        StringBuilder page = new StringBuilder(line("%s: %s%n%n", name, views()));
        page.append(line("%-34s %15s %16s %16s%n", "part", "parameters", "GFLOP forward", "GFLOP step"));
        for (RecipeCosts.Part part : costs.networks().parts()) {
            row(page, part.trained() ? part.name() : part.name() + " (not trained)", part.cost().parameters(), part.forwardFlops(),
                    part.forwardFlops() + part.backwardFlops());
        }
        row(page, "all that is trained", costs.networks().parameters(), costs.networks().forwardFlops(), costs.networks().stepFlops());
        page.append(line("GFLOP: of one sample with all its views; two operations for a multiply-accumulate%n%n"));
        if (costs.steps() > 0) {
            training(page);
        }
        page.append(line("%-34s %15s%n", "encoder's file, GiB", gib(costs.encoder())));
        return page.toString();
    }

    private void training(StringBuilder page) {
        page.append(line("%-34s %15s%n", "memory of a rank, GiB", ""));
        Memory memory = costs.memory();
        Object[][] rows = {{"  weights", memory.weights()}, {"  gradients", memory.gradients()}, {"  optimiser", memory.optimiser()},
            {"  teacher", memory.teacher()}, {"  pictures", memory.pictures()}, {"  kept for the backward pass", memory.activations()},
            {"  for a moment", memory.working()}, {"  greatest at once", memory.peak()}};
        for (Object[] row : rows) {
            page.append(line("%-34s %15s%n", row[0], gib((Double) row[1])));
        }
        page.append(line("  %s, %s of %s on each of %s%s%s; without the run-time's own%n%n", recipe.text("precision", "float32"),
                plural(costs.together(), "sample"), count(costs.batch()), plural(costs.ranks(), "rank"),
                recipe.at("backbone").flag("checkpointing", false) ? ", blocks computed twice" : "",
                recipe.has("micro_batch") ? ", " + plural(recipe.integer("micro_batch"), "picture") + " at a time" : ""));
        page.append(line("%-34s %15s%n", "members of the data set", count(costs.members())));
        page.append(line("%-34s %15s%n", "epochs", line("%.4g", costs.epochs())));
        page.append(line("%-34s %15s%n", "steps", count(costs.steps())));
        page.append(line("%-34s %15s   %s%n", "device hours", hours(costs.hours()), costs.rate().name()));
        page.append(line("%-34s %15s   on %s, without waiting for data%n", "hours", hours(costs.hours() / costs.ranks()),
                plural(costs.ranks(), "device")));
        poster().ifPresent(row -> page.append(line("%-34s %15s   %d GPUs x %.0f s an epoch x %d epochs%n", "the poster's GPU hours",
                hours(row.hours(epochs())), row.gpus(), row.secondsPerEpoch(), epochs())));
        page.append(line("%-34s %15s   two are kept%n", "a saved state, GiB", gib(costs.checkpoint())));
    }

    /** As one tree; operations, bytes and hours as plain numbers. */
    public ObjectNode json() {
        ObjectNode tree = Settings.object().put("recipe", name).put("members", costs.members()).put("epochs", costs.epochs())
                .put("steps", costs.steps()).put("batch", costs.batch()).put("ranks", costs.ranks())
                .put("samples_a_rank", costs.together());
        ObjectNode parts = tree.putObject("parts");
        for (RecipeCosts.Part part : costs.networks().parts()) {
            parts.putObject(part.name()).put("trained", part.trained()).put("parameters", part.cost().parameters())
                    .put("forward_flops", part.forwardFlops()).put("step_flops", part.forwardFlops() + part.backwardFlops());
        }
        tree.put("parameters", costs.networks().parameters()).put("forward_flops", costs.networks().forwardFlops())
                .put("step_flops", costs.networks().stepFlops());
        Memory memory = costs.memory();
        tree.putObject("memory_bytes").put("weights", memory.weights()).put("gradients", memory.gradients())
                .put("optimiser", memory.optimiser()).put("teacher", memory.teacher()).put("pictures", memory.pictures())
                .put("activations", memory.activations()).put("working", memory.working()).put("peak", memory.peak());
        tree.put("rate", costs.rate().name()).put("device_hours", costs.hours()).put("checkpoint_bytes", costs.checkpoint())
                .put("encoder_bytes", costs.encoder());
        poster().ifPresent(row -> tree.put("poster_gpu_hours", row.hours(epochs())));
        return tree;
    }

    private Optional<PosterCosts> poster() {
        return PosterCosts.pretraining(recipe.node());
    }

    private int epochs() {
        return recipe.integer("epochs");
    }

    private String views() {
        Settings backbone = recipe.at("backbone");
        String what = backbone.text("name") + ", objective " + recipe.at("objective").text("name");
        if (!recipe.has("views")) {
            return what + ", untrained";
        }
        Settings views = recipe.at("views");
        String local = views.has("local") ? line(" and %d x %d", views.at("local").integer("count"), views.at("local").integer("size")) : "";
        return what + line(", 2 x %d%s pixels", views.integer("size"), local);
    }

    private static void row(StringBuilder page, String name, long parameters, double forward, double step) {
        page.append(line("%-34s %15s %16s %16s%n", name, count(parameters), line("%,.3f", forward / GIGA), line("%,.3f", step / GIGA)));
    }

    private static String count(long n) {
        return line("%,d", n);
    }

    private static String plural(long n, String thing) {
        return count(n) + " " + thing + (n == 1 ? "" : "s");
    }

    private static String gib(double bytes) {
        return line("%,.3f", bytes / GIBI);
    }

    /** Short times in minutes. */
    static String hours(double hours) {
        return hours < 1 ? line("%.2f min", hours * MINUTES) : line("%,.1f h", hours);
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
