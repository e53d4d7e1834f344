package org.equirepro.reporting.runs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * What a run left in its outdir: the plan, the results, the folders of encoders and evaluations, receipts, the trace. Whatever
 * but plan and results may be missing.
 *
 * @param folder the outdir
 * @param tasks the plan, a task a line
 * @param trace what Nextflow says of each task, by process and id; empty without a trace
 */
public record StoredRun(Path folder, List<Task> tasks, Map<String, Map<String, String>> trace) {

    /** One task of the plan: {@code node} has process, id, config and the links to data and encoder. */
    public record Task(String process, String id, JsonNode node) {
        public JsonNode config() {
            return node.path("config");
        }

        /** Process and id, as the trace has them. */
        String key() {
            return process + " " + id;
        }
    }

    /** Opens an outdir, or a folder that holds no more than {@code plan.jsonl}, {@code results.csv} and perhaps {@code provenance.csv}. */
    public static StoredRun open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw UserError.missing(folder, "no such folder of a run");
        }
        Path plan = folder.resolve("pipeline_info/plan.jsonl");
        if (!Files.exists(plan)) {
            plan = folder.resolve("plan.jsonl");
        }
        if (!Files.exists(plan)) {
            throw UserError.missing(folder, "holds no pipeline_info/plan.jsonl; give the outdir of a run");
        }
        List<Task> tasks = new ArrayList<>();
        int number = 0;
        for (String line : lines(plan)) {
            number++;
            JsonNode node = Settings.parseJson(plan + ", line " + number, line).node();
            tasks.add(new Task(node.path("process").asText(), node.path("id").asText(), node));
        }
        return new StoredRun(folder, List.copyOf(tasks), trace(folder.resolve("pipeline_info/trace.txt")));
    }

    /** The settings of the tables, with those of every recipe and of each row's recipe and data set. */
    Settings summary() {
        return Settings.of(folder + ", plan", of("REPORT").stream().findFirst().map(Task::config).orElseThrow(() ->
                UserError.badData(folder, "its plan has no task REPORT")));
    }

    public List<Task> of(String process) {
        return tasks.stream().filter(task -> task.process.equals(process)).toList();
    }

    public Optional<Task> task(String id) {
        return tasks.stream().filter(task -> task.id.equals(id)).findFirst();
    }

    /** Tasks that measure an encoder. */
    public List<Task> evaluations() {
        return tasks.stream().filter(task -> task.node.has("encoder")).toList();
    }

    /** Folders that an evaluation of an encoder left. */
    public List<Path> evaluationFolders() {
        return folders("evaluations");
    }

    public List<Path> encoderFolders() {
        return folders("encoders");
    }

    /** The {@code result.csv} of each evaluation, or {@code results.csv} where the folders were not kept. */
    List<Path> results() {
        List<Path> each = evaluationFolders().stream().map(one -> one.resolve("result.csv")).filter(Files::exists).toList();
        if (!each.isEmpty()) {
            return each;
        }
        if (!Files.exists(folder.resolve("results.csv"))) {
            throw UserError.missing(folder, "holds neither evaluations/*/result.csv nor results.csv");
        }
        return List.of(folder.resolve("results.csv"));
    }

    /** What was written of where its numbers came from, if the folders of evaluations, which tell it themselves, were not kept. */
    Optional<Path> provenance() {
        return evaluationFolders().isEmpty()
                ? Stream.of("tables/provenance.csv", "provenance.csv").map(folder::resolve).filter(Files::exists).findFirst()
                : Optional.empty();
    }

    /** The receipt of a data set, if it was kept. */
    Optional<JsonNode> receipt(String dataset) {
        Path file = folder.resolve("datasets").resolve(dataset + ".receipt.json");
        return Files.exists(file) ? Optional.of(Settings.read(file).node()) : Optional.empty();
    }

    /** The sheets with some pictures of each data set. */
    List<Path> samples() {
        return entries("datasets", file -> file.getFileName().toString().endsWith(".samples.png"));
    }

    private List<Path> folders(String name) {
        return entries(name, Files::isDirectory);
    }

    private List<Path> entries(String name, Predicate<Path> which) {
        Path place = folder.resolve(name);
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (var entries = Files.list(place)) {
            return entries.filter(which).sorted().toList();
        } catch (IOException e) {
            throw UserError.badData(place, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Later tries of a task stand below earlier ones. */
    private static Map<String, Map<String, String>> trace(Path file) {
        Map<String, Map<String, String>> tasks = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return tasks;
        }
        List<String> lines = lines(file);
        String[] names = lines.isEmpty() ? new String[0] : lines.get(0).split("\t");
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] cells = line.split("\t", -1);
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < Math.min(names.length, cells.length); i++) {
                row.put(names[i], cells[i]);
            }
            String process = row.getOrDefault("process", "").replaceAll(".*:", "");
            tasks.put(process + " " + row.getOrDefault("tag", ""), row);
        }
        return tasks;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
