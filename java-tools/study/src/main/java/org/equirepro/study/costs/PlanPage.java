package org.equirepro.study.costs;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.equirepro.base.AtomicFiles;
import org.equirepro.study.Plan;

/** The plan as a page for people: what will run, how much of it, and what that takes. */
public final class PlanPage {

    private static final double GIGA = 1e9;

    private final Plan plan;
    private final StudyCosts costs;
    private final StringBuilder page = new StringBuilder();

    private PlanPage(Plan plan, DataSizes sizes) {
        this.plan = plan;
        this.costs = StudyCosts.of(plan, sizes);
    }

    /** Writes {@code plan.jsonl} (for the pipeline) and {@code plan.md} (for people) into the new folder {@code out}. */
    public static void write(Plan plan, DataSizes sizes, Path out) {
        AtomicFiles.writeFolder(out, folder -> {
            String lines = plan.tasks().stream().map(task -> task.line() + "\n").collect(Collectors.joining());
            AtomicFiles.writeText(folder.resolve("plan.jsonl"), lines);
            AtomicFiles.writeText(folder.resolve("plan.md"), markdown(plan, sizes));
        });
    }

    /** The page alone. */
    public static String markdown(Plan plan, DataSizes sizes) {
        PlanPage page = new PlanPage(plan, sizes);
        page.processes();
        page.chain();
        page.room();
        page.dataSets();
        page.pretraining();
        return page.page.toString();
    }

    private void processes() {
        JsonNode report = plan.of("REPORT").get(0).config();
        add("# Plan of the study %s%n%n%s%n%nScale: %s%n%n", report.path("study").asText(), report.path("title").asText(),
                report.path("scale").asText());
        add("| process | tasks | devices each | device hours | by the poster's table |%n|---|---:|---:|---:|---:|%n");
        for (String process : costs.processes()) {
            List<TaskCosts> some = costs.of(process);
            String devices = some.stream().map(TaskCosts::devices).distinct().sorted().map(String::valueOf).collect(Collectors.joining(", "));
            add("| %s | %d | %s | %s | %s |%n", process, some.size(), devices, hours(some), poster(some));
        }
        add("| all | %d | | %s | %s |%n%n", plan.tasks().size(), hours(costs.tasks()), poster(costs.tasks()));
        add("Hours are reckoned: operations of the recipes' networks on an A100 at 30 %% of its bfloat16 and 60 %% of its float32 peak, data "
                + "sets read at 100 MB/s; frozen encoders look at each picture once, heads of evaluations are not counted; without waiting, and without what is "
                + "marked by a question mark, as the data set's size is not known. The poster's table has pretrainings, linear probes and "
                + "fine-tunings of ViT-S and ViT-L, here by the epochs of the recipes.%n%n");
    }

    private static String hours(List<TaskCosts> tasks) {
        boolean unknown = tasks.stream().mapToDouble(TaskCosts::hours).anyMatch(Double::isNaN);
        boolean none = tasks.stream().mapToDouble(TaskCosts::hours).allMatch(Double::isNaN);
        return none ? "?" : hours(StudyCosts.sum(tasks, TaskCosts::hours)) + (unknown ? " + ?" : "");
    }

    /** Of the tasks that the poster has a row for. */
    private static String poster(List<TaskCosts> tasks) {
        boolean none = tasks.stream().mapToDouble(TaskCosts::poster).allMatch(Double::isNaN);
        return none ? "" : hours(StudyCosts.sum(tasks, TaskCosts::poster));
    }

    private static String hours(double hours) {
        return format(hours < 10 ? "%.2f" : "%,.0f", hours);
    }

    private void chain() {
        add("## Longest chain%n%n");
        chain("reckoned", TaskCosts::wall);
        if (costs.tasks().stream().anyMatch(one -> !Double.isNaN(one.poster()))) {
            chain("by the poster's table where it has a row", TaskCosts::posterWall);
        }
        add("%n");
    }

    private void chain(String how, ToDoubleFunction<TaskCosts> wall) {
        List<TaskCosts> longest = costs.longestChain(wall);
        add("- %s: %s h: %s%n", how, format("%,.1f", StudyCosts.sum(longest, wall)), longest.stream().map(one -> {
            double hours = wall.applyAsDouble(one);
            return one.task().id() + (Double.isNaN(hours) ? " ?" : hours > 0 ? format(" %,.1f", hours) : "");
        }).collect(Collectors.joining(", ")));
    }

    private void room() {
        double shards = StudyCosts.sum(costs.of("PREPARE_DATASET"), TaskCosts::bytes);
        double encoders = StudyCosts.sum(costs.of("PRETRAIN"), TaskCosts::bytes);
        add("## Room%n%n| what | GB |%n|---|---:|%n");
        add("| data sets as they were fetched | %s |%n", gigabytes(costs.sources()));
        add("| shards, in the work folder | %s |%n", gigabytes(shards));
        add("| saved states, two an encoder, in the store | %s |%n", gigabytes(costs.sum(TaskCosts::stored)));
        add("| encoders, in the work folder and published | %s |%n", gigabytes(2 * encoders));
        add("| all | %s |%n%n", gigabytes(costs.sources() + shards + costs.sum(TaskCosts::stored) + 2 * encoders));
        add("About %,.0f files in the work folder. Not counted: results (megabytes a task), data sets of unknown size.%n%n",
                costs.sum(TaskCosts::files));
    }

    private void dataSets() {
        add("## Data sets%n%n| id | kind | source |%n|---|---|---|%n");
        for (Plan.Task task : plan.of("PREPARE_DATASET")) {
            add("| %s | %s | %s |%n", task.id(), task.config().path("kind").asText(),
                    task.links().path("source").isNull() ? "made here" : "`" + task.links().path("source").asText() + "`");
        }
    }

    private void pretraining() {
        add("%n## Pretraining%n%n| task | recipe | data | length | batch | devices | device hours | by the poster's table |%n"
                + "|---|---|---|---:|---:|---:|---:|---:|%n");
        for (TaskCosts one : costs.of("PRETRAIN")) {
            JsonNode recipe = one.task().config().path("recipe");
            add("| %s | %s | %s | %s | %s | %d | %s | %s |%n", one.task().id(), one.task().config().path("recipe_name").asText(),
                    one.task().links().path("data").asText(), length(recipe), recipe.path("batch").asText(), one.devices(),
                    hours(List.of(one)), poster(List.of(one)));
        }
        add("%n`equirepro pretrain --dry-run --config RECIPE` tells more of each: operations by part, memory, steps.%n");
    }

    private static String length(JsonNode recipe) {
        if (recipe.path("objective").path("name").asText().equals("none")) {
            return "untrained";
        }
        return recipe.has("steps") ? format("%,d steps", recipe.path("steps").asLong()) : recipe.path("epochs").asText() + " epochs";
    }

    private static String gigabytes(double bytes) {
        return format(bytes < 10 * GIGA ? "%,.3f" : "%,.0f", bytes / GIGA);
    }

    private void add(String format, Object... values) {
        page.append(format(format, values));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
