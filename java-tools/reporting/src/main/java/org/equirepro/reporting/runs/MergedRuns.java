package org.equirepro.reporting.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.tables.CsvRows;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.ResultSet;
import org.equirepro.reporting.tables.TablesConfig;

/** Several runs of one study as if they were one: rows and seeds are joined, mixed recipes are refused. */
public final class MergedRuns {

    private final List<StoredRun> runs;
    private final Settings settings;
    private final List<ResultRow> rows;

    private MergedRuns(List<StoredRun> runs, Settings settings, List<ResultRow> rows) {
        this.runs = runs;
        this.settings = settings;
        this.rows = rows;
    }

    /**
     * Opens and joins the runs.
     *
     * @param folders outdirs of runs of one study; at least one
     * @param schemaFolder {@code results-schema}, or null for the schemas that were packed
     * @throws UserError if studies differ, one row, data set or evaluation has two settings, or one cell two values
     */
    public static MergedRuns open(List<Path> folders, Path schemaFolder) {
        List<StoredRun> runs = folders.stream().map(StoredRun::open).toList();
        checkAlike(runs);
        ObjectNode joined = joined(runs);
        List<String> remarks = new ArrayList<>();
        runs.forEach(run -> {
            if (run.summary().has("remarks")) { // of runs that were joined before
                remarks.addAll(run.summary().texts("remarks"));
            }
            Unfinished.remarks(run, remarks);
        });
        CsvSchema schema = CsvSchema.read(schemaFolder, "results");
        List<CsvRows> results = new ArrayList<>();
        runs.forEach(run -> results.addAll(NewerResults.read(run, schema, remarks)));
        ArrayNode said = joined.putArray("remarks");
        remarks.forEach(said::add);
        Settings settings = Settings.of("the plans of " + folders, joined);
        return new MergedRuns(runs, settings, ResultSet.join(TablesConfig.of(settings), results, schema, true));
    }

    public List<StoredRun> runs() {
        return runs;
    }

    /** The settings of tables and report over all runs. */
    public Settings settings() {
        return settings;
    }

    /**
     * All tasks as one plan, a line each; of equal ones the first run's. Of a data set's source only the name is kept: the place was
     * that of another day, and this file may be published.
     */
    String plan() {
        Map<String, ObjectNode> tasks = new LinkedHashMap<>();
        for (StoredRun run : runs) {
            run.tasks().forEach(task -> tasks.putIfAbsent(task.key(), task.node().deepCopy()));
        }
        StringBuilder plan = new StringBuilder();
        tasks.values().forEach(task -> {
            if (task.path("source").isTextual()) {
                task.put("source", Path.of(task.get("source").textValue()).getFileName().toString());
            }
            if (task.path("process").asText().equals("TABLES") || task.path("process").asText().equals("REPORT")) {
                task.set("config", settings.node());
            }
            plan.append(task).append('\n');
        });
        return plan.toString();
    }

    public List<ResultRow> rows() {
        return rows;
    }

    /** Each task id must mean the same in every run; seeds apart, whose number is in the id. */
    private static void checkAlike(List<StoredRun> runs) {
        StoredRun first = runs.get(0);
        Map<String, JsonNode> seen = new LinkedHashMap<>();
        Map<String, Path> origin = new TreeMap<>();
        for (StoredRun run : runs) {
            if (!run.summary().text("study").equals(first.summary().text("study"))) {
                throw UserError.usage(run.folder() + " is of study " + run.summary().text("study") + ", " + first.folder() + " of "
                        + first.summary().text("study") + "; only runs of one study can be joined");
            }
            for (StoredRun.Task task : run.tasks()) {
                if (task.process().equals("TABLES") || task.process().equals("REPORT")) {
                    continue;
                }
                ObjectNode settings = task.config().deepCopy();
                settings.remove("seed");
                String what = task.process() + " " + (task.config().has("encoder")
                        ? task.config().path("encoder").asText() + " on " + task.node().path("data").asText() : task.id());
                JsonNode other = seen.putIfAbsent(what, settings);
                origin.putIfAbsent(what, run.folder());
                if (other != null && !other.equals(settings)) {
                    throw UserError.usage(what + " has other settings in " + run.folder() + " than in " + origin.get(what) + ": "
                            + String.join("; ", Leaves.differences(other, settings)) + "; such results are not of one row");
                }
            }
            for (StoredRun.Task set : run.of("PREPARE_DATASET")) {
                run.receipt(set.id()).ifPresent(receipt -> {
                    String what = "data set " + set.id();
                    JsonNode other = seen.putIfAbsent(what, receipt.path("files"));
                    origin.putIfAbsent(what, run.folder());
                    if (other != null && !other.equals(receipt.path("files"))) {
                        throw UserError.usage(what + " was prepared from other files in " + run.folder() + " than in "
                                + origin.get(what) + "; such results are not of one row");
                    }
                });
            }
        }
    }

    private static ObjectNode joined(List<StoredRun> runs) {
        ObjectNode joined = runs.get(runs.size() - 1).summary().node().deepCopy();
        Map<String, JsonNode> rows = new LinkedHashMap<>();
        TreeSet<Integer> seeds = new TreeSet<>();
        TreeSet<String> out = new TreeSet<>();
        ObjectNode recipes = Settings.object();
        ArrayNode tables = joined.putArray("tables");
        List<String> names = new ArrayList<>();
        for (StoredRun run : runs) {
            Settings one = run.summary();
            for (Settings row : one.sections("rows")) {
                ObjectNode known = row.node().deepCopy();
                run.of("PRETRAIN").stream().filter(task -> task.config().path("encoder").asText().equals(row.text("encoder")))
                        .findFirst().ifPresent(task -> known.put("recipe", task.config().path("recipe_name").asText())
                                .put("data", task.node().path("data").asText()));
                rows.putIfAbsent(row.text("encoder"), known);
            }
            for (int seed : one.integers("seeds")) {
                seeds.add(seed);
            }
            one.texts("tables").stream().filter(name -> !names.contains(name)).forEach(names::add);
            if (one.has("left_out")) {
                out.addAll(one.texts("left_out"));
            }
            if (one.has("recipes")) {
                recipes.setAll((ObjectNode) one.at("recipes").node());
            }
        }
        names.forEach(tables::add);
        ArrayNode rowList = joined.putArray("rows");
        rows.values().forEach(rowList::add);
        seeds.forEach(joined.putArray("seeds")::add);
        out.removeAll(rows.keySet());
        out.forEach(joined.putArray("left_out")::add);
        joined.set("recipes", recipes);
        return joined;
    }

    /** All folders of encoders; of equal names the first run's. */
    public List<Path> encoderFolders() {
        return first(StoredRun::encoderFolders);
    }

    /** All folders of evaluations; of equal names the first run's. */
    public List<Path> evaluationFolders() {
        return first(StoredRun::evaluationFolders);
    }

    /** Sheets with pictures of each data set; of equal names the first run's. */
    public List<Path> samples() {
        return first(StoredRun::samples);
    }

    private List<Path> first(java.util.function.Function<StoredRun, List<Path>> folders) {
        Map<String, Path> byName = new TreeMap<>();
        runs.forEach(run -> folders.apply(run).forEach(folder -> byName.putIfAbsent(folder.getFileName().toString(), folder)));
        return List.copyOf(byName.values());
    }
}
