package org.equirepro.reporting.runs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/** The commands that make one cell again, from data to number, as a shell script. */
public final class Replay {

    private static final int SHOWN = 12;

    private Replay() {}

    /**
     * Finds the cell and writes its commands, for every seed.
     *
     * @param name words of the cell's key with slashes between, in their order, such as {@code r2_image/all-angle/angle}; see
     *     {@link #names}
     * @throws UserError if no cell or several have these words
     */
    public static String script(String name, List<Path> folders, Path schemaFolder) {
        MergedRuns merged = MergedRuns.open(folders, schemaFolder);
        List<ResultRow> rows = merged.rows().stream().filter(row -> CellName.matches(name, row)).toList();
        TreeSet<String> cells = new TreeSet<>(rows.stream().map(CellName::of).toList());
        if (cells.isEmpty()) {
            throw UserError.usage("no cell is called " + name + "; a cell is, for example, " + (merged.rows().isEmpty() ? "none"
                    : CellName.of(merged.rows().get(0))));
        }
        if (cells.size() > 1) {
            throw UserError.usage(name + " fits " + cells.size() + " cells; name one of them: " + String.join(", ", cells.stream()
                    .limit(SHOWN).toList()) + (cells.size() > SHOWN ? ", ..." : ""));
        }
        StringBuilder script = new StringBuilder("#!/usr/bin/env bash\n# ").append(cells.first())
                .append("\n# Run from the repository's folder, with the tools built (bin/reproduce --build-only).\nset -euo pipefail\n");
        Map<String, String> steps = new LinkedHashMap<>();
        for (ResultRow row : rows) {
            steps(merged, row, steps);
        }
        steps.values().forEach(script::append);
        return script.toString();
    }

    private static void steps(MergedRuns merged, ResultRow row, Map<String, String> steps) {
        for (StoredRun run : merged.runs()) {
            for (StoredRun.Task task : run.evaluations()) {
                boolean made = task.config().path("encoder").asText().equals(row.encoder())
                        && task.config().path("seed").asInt() == row.seed()
                        && task.config().path("dataset").asText().equals(row.dataset())
                        && task.config().path("recipe_name").asText().equals(row.recipe());
                if (made) {
                    StoredRun.Task training = run.task(task.node().path("encoder").asText()).orElseThrow(() ->
                            UserError.badData(run.folder(), "its plan lacks " + task.node().path("encoder").asText()));
                    data(run, training.node().path("data").asText(), steps);
                    data(run, task.node().path("data").asText(), steps);
                    steps.putIfAbsent(training.id(), step(training, "pretrain", "--data " + quoted("data/"
                            + training.node().path("data").asText()) + " --out " + quoted("encoders/" + training.id())
                            + " --store store" + threads(run, "encoders", training)));
                    steps.putIfAbsent(task.id(), step(task, command(task), "--data " + quoted("data/"
                            + task.node().path("data").asText()) + " --encoder " + quoted("encoders/" + training.id()) + " --out "
                            + quoted("evaluations/" + task.id()) + threads(run, "evaluations", task))
                            + "# seed " + row.seed() + ": " + row.metric() + " was " + row.value() + "\n");
                    return;
                }
            }
        }
        steps.putIfAbsent("lost " + row.seed(), "# seed " + row.seed() + ": no plan of these runs has its evaluation\n");
    }

    private static void data(StoredRun run, String id, Map<String, String> steps) {
        run.task(id).ifPresent(task -> {
            String source = task.node().path("source").isTextual() ? " --source " + quoted(task.node().path("source").asText()) : "";
            steps.putIfAbsent(id, step(task, "prepare", source.strip() + " --out " + quoted("data/" + id)));
        });
    }

    private static String step(StoredRun.Task task, String command, String options) {
        return "\nmkdir -p replay\ncat > " + quoted("replay/" + task.id() + ".json") + " <<'END_OF_CONFIG'\n"
                + Settings.canonical(task.config()) + "\nEND_OF_CONFIG\nbin/equirepro " + command + " --config "
                + quoted("replay/" + task.id() + ".json") + " " + options.strip() + "\n";
    }

    private static String command(StoredRun.Task task) {
        return task.process().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Equal bits need an equal number of threads. */
    private static String threads(StoredRun run, String place, StoredRun.Task task) {
        Path meter = run.folder().resolve(place).resolve(task.id()).resolve("meter.json");
        if (!java.nio.file.Files.exists(meter)) {
            return "";
        }
        return " --threads " + Settings.read(meter).integer("threads", 1);
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** The names of all cells. */
    public static List<String> names(List<Path> folders, Path schemaFolder) {
        return new ArrayList<>(new TreeSet<>(MergedRuns.open(folders, schemaFolder).rows().stream().map(CellName::of).toList()));
    }
}
