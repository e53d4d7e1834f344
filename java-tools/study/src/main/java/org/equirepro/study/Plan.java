package org.equirepro.study;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * A study expanded into tasks. Each task carries all that it gets and nothing else, so that a change in a study or recipe
 * changes the lines of the tasks it concerns and no other.
 *
 * @param tasks PREPARE_DATASET, PRETRAIN, then evaluations, TABLES, REPORT; within a process by id
 */
public record Plan(List<Task> tasks) {

    /**
     * @param process name of the pipeline's process
     * @param id unique in the plan
     * @param links the ids of other tasks ({@code encoder}, {@code data}) and the {@code source} path
     * @param config everything that the task's result depends on, inputs and program aside
     */
    public record Task(String process, String id, ObjectNode links, ObjectNode config) {

        /** One line of canonical JSON. */
        public String line() {
            ObjectNode line = Settings.object().put("process", process).put("id", id);
            line.setAll(links);
            line.set("config", config);
            return Settings.canonical(line);
        }
    }

    /**
     * What to leave out of a study.
     *
     * @param rows ids of encoders to keep; empty: all
     * @param seeds instead of the study's; empty: the study's
     */
    public record Selection(List<String> rows, List<Integer> seeds) {
        public static final Selection ALL = new Selection(List.of(), List.of());
    }

    private static final List<String> PROCESSES = List.of("PREPARE_DATASET", "PRETRAIN", "R2_IMAGE", "R2_3DIEBENCH",
            "RETRIEVAL", "LINEAR_PROBE", "KNN", "LOGREG", "SEGMENT", "HOMOGRAPHY", "DETECT", "KEYPOINTS", "DEPTH", "VIDEO", "TABLES", "REPORT");

    /**
     * Reads a study with all its recipes, checks everything and expands it.
     *
     * @param studyFile e.g. {@code conf/studies/test.yml}
     * @param conf folder with {@code recipes/} and {@code schema/}
     * @throws UserError exit code 2: a wrong key, value or name; 66: data that is not there
     */
    public static Plan of(Path studyFile, Path conf, Parameters parameters, Selection selection) {
        Study study = Study.read(studyFile, conf);
        if (!selection.rows().isEmpty()) {
            study = study.withRows(selection.rows());
        }
        if (!selection.seeds().isEmpty()) {
            study = study.withSeeds(selection.seeds());
        }
        return new Expansion(study, new Recipe.Book(conf), parameters).plan();
    }

    /** Tasks of one process, in the order of the plan. */
    public List<Task> of(String process) {
        return tasks.stream().filter(task -> task.process.equals(process)).toList();
    }

    private record Expansion(Study study, Recipe.Book recipes, Parameters parameters) {

        Plan plan() {
            Map<String, Recipe> used = new TreeMap<>();
            List<Task> tasks = new ArrayList<>();
            TreeSet<String> dataSets = new TreeSet<>();
            for (Study.Encoder row : study.encoders().values()) {
                Recipe recipe = pretraining(row);
                used.put(recipe.name(), recipe);
                dataSets.add(row.data());
                for (int seed : study.seeds()) {
                    tasks.add(new Task("PRETRAIN", row.id() + "-s" + seed, Settings.object().put("data", row.data()),
                            config(row, seed, recipe)));
                }
            }
            for (Study.Evaluation one : study.evaluations()) {
                Recipe recipe = evaluation(one);
                if (one.optional() && !parameters.given(study.datasets().get(one.data()).source())) {
                    continue;
                }
                for (Study.Encoder row : study.evaluated(one)) {
                    used.put(recipe.name(), recipe);
                    dataSets.add(one.data());
                    EvaluationChecks.check(study, one, recipe, row, pretraining(row));
                    study.seeds(one).forEach(seed -> tasks.add(evaluationTask(one, recipe, row, seed)));
                }
            }
            dataSets.forEach(id -> tasks.add(prepare(study.datasets().get(id))));
            List<String> filled = filledTables(used);
            ObjectNode summary = tablesConfig(filled);
            ObjectNode all = summary.putObject("recipes");
            used.forEach((name, recipe) -> all.set(name, recipe.node()));
            tasks.add(new Task("TABLES", "tables", Settings.object(), summary));
            tasks.add(new Task("REPORT", "report", Settings.object(), summary));
            tasks.sort(Comparator.comparing((Task task) -> PROCESSES.indexOf(task.process)).thenComparing(Task::id));
            checkUnique(tasks);
            return new Plan(List.copyOf(tasks));
        }

        private Recipe pretraining(Study.Encoder row) {
            String where = study.where("encoders." + row.id() + ".recipe");
            Recipe recipe = recipes.get(where, row.recipe());
            if (recipe.kind() != Recipe.Kind.PRETRAIN) {
                throw UserError.usage(where + ": " + row.recipe() + " is of kind " + recipe.kind().word() + ", must be pretrain");
            }
            boolean renders = recipe.settings().has("views") && recipe.settings().at("views").text("kind").equals("renders");
            if (renders && !study.datasets().get(row.data()).ofObjects()) {
                throw UserError.usage(study.where("encoders." + row.id() + ".data") + ": " + row.data()
                        + " has one view of a thing; recipe " + row.recipe()
                        + " (views.kind renders) needs 3diebench or render-3d");
            }
            return recipe;
        }

        private Recipe evaluation(Study.Evaluation one) {
            String where = study.where("evaluations[" + one.index() + "].recipe");
            Recipe recipe = recipes.get(where, one.recipe());
            if (recipe.kind() == Recipe.Kind.PRETRAIN) {
                throw UserError.usage(where + ": " + one.recipe() + " is of kind pretrain, must be an evaluation");
            }
            return recipe;
        }

        private ObjectNode config(Study.Encoder row, int seed, Recipe recipe) {
            ObjectNode config = Settings.object().put("study", study.name()).put("encoder", row.id()).put("seed", seed)
                    .put("recipe_name", recipe.name());
            config.set("recipe", recipe.node());
            return config;
        }

        private Task evaluationTask(Study.Evaluation one, Recipe recipe, Study.Encoder row, int seed) {
            String encoder = row.id() + "-s" + study.encoderSeed(seed);
            String elsewhere = one.data().equals(row.data()) ? "" : one.data() + "-";
            ObjectNode links = Settings.object().put("encoder", encoder).put("data", one.data());
            return new Task(recipe.kind().name(), recipe.kind().dashed() + "-" + elsewhere + row.id() + "-s" + seed, links,
                    config(row, seed, recipe).put("dataset", one.data()).put("backbone", backbone(row)));
        }

        /** Of the evaluated encoder; what a fine-tuning takes depends on it. */
        private String backbone(Study.Encoder row) {
            return pretraining(row).settings().at("backbone").text("name");
        }

        private Task prepare(Study.DataSet set) {
            ObjectNode links = Settings.object();
            if (set.source() == null) {
                links.putNull("source");
            } else {
                String where = study.where("datasets." + set.id() + ".source");
                links.put("source", parameters.existing(where, set.source()));
            }
            ObjectNode config = Settings.object().put("dataset", set.id());
            config.setAll(set.settings());
            return new Task("PREPARE_DATASET", set.id(), links, config);
        }

        private ObjectNode tablesConfig(List<String> filled) {
            ObjectNode config = Settings.object().put("study", study.name()).put("title", study.title()).put("scale",
                    study.scale());
            ArrayNode rows = config.putArray("rows");
            for (Study.Encoder row : study.encoders().values()) {
                boolean untrained = pretraining(row).settings().at("objective").text("name").equals("none");
                rows.addObject().put("encoder", row.id()).put("label", row.label()).put("untrained", untrained)
                        .put("paper", row.paper()).put("recipe", row.recipe()).put("data", row.data());
            }
            filled.forEach(config.putArray("tables")::add);
            study.allSeeds().forEach(config.putArray("seeds")::add);
            Reporting.add(study, config);
            return config;
        }

        /** The tables with results; one that no evaluation fills is a mistake, one that a selection empties falls away. */
        private List<String> filledTables(Map<String, Recipe> used) {
            for (String table : study.tables()) {
                if (study.evaluations().stream().noneMatch(one -> Reporting.fills(evaluation(one).kind().word(), table))) {
                    throw UserError.usage(study.where("tables") + ": no evaluation of kind " + table + " fills the table "
                            + table);
                }
            }
            return study.tables().stream()
                    .filter(table -> used.values().stream().anyMatch(recipe -> Reporting.fills(recipe.kind().word(), table))).toList();
        }

        private void checkUnique(List<Task> tasks) {
            TreeSet<String> ids = new TreeSet<>();
            for (Task task : tasks) {
                if (!ids.add(task.id)) {
                    throw UserError.usage(study.file() + ": two tasks would be called " + task.id
                            + "; an encoder is evaluated once per kind and data set, and ids joined by - must differ");
                }
            }
        }
    }
}
