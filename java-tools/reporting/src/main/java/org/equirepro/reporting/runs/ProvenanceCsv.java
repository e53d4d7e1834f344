package org.equirepro.reporting.runs;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.reporting.tables.CsvRows;
import org.equirepro.reporting.tables.CsvSchema;

/**
 * Where each number came from: one line for each evaluation that gave numbers, with all that it rests on. Of a run whose folders were
 * not kept, the lines of the file that was written while they were there.
 */
final class ProvenanceCsv {

    private ProvenanceCsv() {}

    static void write(Path file, MergedRuns merged, CsvSchema schema) {
        // study's evaluation, encoder, data, seed -> run and task; the first run that has it, as for the folders
        Map<String, Source> sources = new HashMap<>();
        Map<String, String[]> kept = new HashMap<>();
        for (StoredRun run : merged.runs()) {
            run.provenance().ifPresent(earlier -> keep(schema, schema.read(earlier), kept));
            for (StoredRun.Task task : run.evaluations()) {
                JsonNode config = task.config();
                sources.putIfAbsent(key(config.path("recipe").path("kind").asText(), config.path("dataset").asText(),
                        config.path("encoder").asText(), config.path("seed").asInt(), config.path("recipe_name").asText()),
                        new Source(run, task));
            }
        }
        Map<String, String[]> lines = new java.util.LinkedHashMap<>();
        for (ResultRow row : merged.rows()) {
            String key = key(row.task(), row.dataset(), row.encoder(), row.seed(), row.recipe());
            lines.computeIfAbsent(key, k -> kept.containsKey(k) ? kept.get(k) : line(row, Optional.ofNullable(sources.get(k))));
        }
        schema.write(file, new ArrayList<>(lines.values()));
    }

    private static void keep(CsvSchema schema, CsvRows earlier, Map<String, String[]> kept) {
        for (int i = 0; i < earlier.size(); i++) {
            int row = i;
            kept.putIfAbsent(key(earlier.text(i, "task"), earlier.text(i, "dataset"), earlier.text(i, "encoder"),
                    (int) earlier.whole(i, "seed"), earlier.text(i, "recipe")),
                    schema.columns().stream().map(column -> earlier.text(row, column)).toArray(String[]::new));
        }
    }

    private record Source(StoredRun run, StoredRun.Task task) {}

    private static String key(String task, String dataset, String encoder, int seed, String recipe) {
        return String.join("\u001f", task, dataset, encoder, Integer.toString(seed), recipe);
    }

    private static String[] line(ResultRow row, Optional<Source> source) {
        List<String> cells = new ArrayList<>(List.of(row.task(), row.dataset(), row.encoder(), Integer.toString(row.seed()),
                row.recipe()));
        if (source.isEmpty()) {
            cells.addAll(java.util.Collections.nCopies(11, ""));
            return cells.toArray(String[]::new);
        }
        StoredRun run = source.get().run();
        StoredRun.Task task = source.get().task();
        String encoder = task.node().path("encoder").asText();
        String data = task.node().path("data").asText();
        Path folder = run.folder().resolve("evaluations").resolve(task.id());
        JsonNode settings = json(folder.resolve("settings.json"));
        Map<String, String> ran = run.trace().getOrDefault(task.key(), Map.of());
        Optional<StoredRun.Task> training = run.task(encoder);
        cells.add(run.folder().getFileName().toString());
        cells.add(task.id());
        cells.add(ran.getOrDefault("hash", ""));
        cells.add(host(folder));
        cells.add(encoder);
        cells.add(training.map(one -> one.config().path("recipe_name").asText()).orElse(""));
        cells.add(run.trace().getOrDefault("PRETRAIN " + encoder, Map.of()).getOrDefault("hash", ""));
        cells.add(host(run.folder().resolve("encoders").resolve(encoder)));
        cells.add(settings.path("encoder_sha256").asText(""));
        cells.add(settings.path("data_sha256").asText(""));
        cells.add(run.receipt(data).isPresent() ? "datasets/" + data + ".receipt.json" : "");
        return cells.toArray(String[]::new);
    }

    private static String host(Path folder) {
        return json(folder.resolve("meter.json")).path("host").asText("");
    }

    private static JsonNode json(Path file) {
        return Files.exists(file) ? Settings.read(file).node() : Settings.object();
    }
}
