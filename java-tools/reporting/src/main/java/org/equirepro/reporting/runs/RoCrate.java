package org.equirepro.reporting.runs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.tables.TablesConfig;

/**
 * {@code ro-crate-metadata.json} (RO-Crate 1.1): what a folder of results holds, with hashes, and which action made each
 * encoder and evaluation from what.
 */
public final class RoCrate {

    public static final String NAME = "ro-crate-metadata.json";
    private static final Map<String, String> FORMATS = Map.of("csv", "text/csv", "md", "text/markdown", "tex", "application/x-tex",
            "html", "text/html", "svg", "image/svg+xml", "png", "image/png", "json", "application/json", "jsonl",
            "application/jsonl", "txt", "text/plain", "safetensors", "application/octet-stream");

    private final Path folder;
    private final ArrayNode graph;
    private final ObjectNode root;

    private RoCrate(Path folder) {
        this.folder = folder;
        this.graph = Settings.object().putArray("@graph");
        ObjectNode descriptor = graph.addObject().put("@id", NAME).put("@type", "CreativeWork");
        descriptor.putObject("about").put("@id", "./");
        descriptor.putObject("conformsTo").put("@id", "https://w3id.org/ro/crate/1.1");
        this.root = graph.addObject().put("@id", "./").put("@type", "Dataset");
    }

    /**
     * Writes the file into {@code folder}, about everything that lies there.
     *
     * @param hashes SHA-256 of files below it, by name, as far as they are known
     */
    public static void write(Path folder, TablesConfig study, List<StoredRun> runs, Map<String, String> hashes, String software,
            String date) {
        RoCrate crate = new RoCrate(folder);
        crate.root.put("name", study.title()).put("description", "Study " + study.study() + ". " + study.scale())
                .put("datePublished", date);
        crate.root.putObject("license").put("@id", "https://spdx.org/licenses/Apache-2.0");
        crate.graph.addObject().put("@id", "https://spdx.org/licenses/Apache-2.0").put("@type", "CreativeWork")
                .put("name", "Apache License 2.0");
        crate.root.putArray("citation").addObject().put("@id", "https://doi.org/10.1609/aaai.v40i31.39849");
        crate.graph.addObject().put("@id", "https://doi.org/10.1609/aaai.v40i31.39849").put("@type", "ScholarlyArticle")
                .put("name", "Self-supervised learning based on transformed image reconstruction for equivariance-coherent feature "
                        + "representation");
        crate.graph.addObject().put("@id", "#equirepro").put("@type", "SoftwareApplication").put("name", "equirepro")
                .put("version", software);
        crate.files(hashes);
        runs.forEach(crate::actions);
        ObjectNode all = Settings.object().put("@context", "https://w3id.org/ro/crate/1.1/context");
        all.set("@graph", crate.graph);
        AtomicFiles.write(folder.resolve(NAME), out -> out.write(Settings.pretty(all)));
    }

    private void files(Map<String, String> hashes) {
        ArrayNode parts = root.putArray("hasPart");
        Map<String, Path> files = new TreeMap<>();
        try (var entries = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            entries.filter(Files::isRegularFile).forEach(file -> files.put(folder.relativize(file).toString().replace('\\', '/'), file));
            files.remove(NAME);
            for (Map.Entry<String, Path> file : files.entrySet()) {
                parts.addObject().put("@id", file.getKey());
                String name = file.getKey();
                String hash = hashes.containsKey(name) ? hashes.get(name) : Hashes.sha256(file.getValue());
                graph.addObject().put("@id", name).put("@type", "File").put("name", name.substring(name.lastIndexOf('/') + 1))
                        .put("contentSize", Long.toString(Files.size(file.getValue()))).put("sha256", hash)
                        .put("encodingFormat", FORMATS.getOrDefault(name.substring(name.lastIndexOf('.') + 1),
                        "application/octet-stream"));
            }
        } catch (IOException e) {
            throw UserError.badData(folder, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Trainings and evaluations whose results lie in the folder. */
    private void actions(StoredRun run) {
        for (StoredRun.Task task : run.tasks()) {
            boolean training = task.process().equals("PRETRAIN");
            String result = (training ? "encoders/" : "evaluations/") + task.id();
            String file = result + (training ? "/encoder.safetensors" : "/result.csv");
            if (!training && !task.node().has("encoder") || !Files.exists(folder.resolve(file))) {
                continue;
            }
            Map<String, String> trace = run.trace().getOrDefault(task.key(), Map.of());
            ObjectNode action = graph.addObject().put("@id", "#" + task.id()).put("@type", "CreateAction")
                    .put("name", task.process() + " " + task.id())
                    .put("description", "recipe " + task.config().path("recipe_name").asText() + ", seed "
                            + task.config().path("seed").asText() + (trace.containsKey("hash") ? ", task " + trace.get("hash") : ""));
            action.putObject("instrument").put("@id", "#equirepro");
            ArrayNode objects = action.putArray("object");
            String receipt = "datasets/" + task.node().path("data").asText() + ".receipt.json";
            if (Files.exists(folder.resolve(receipt))) {
                objects.addObject().put("@id", receipt);
            }
            String encoder = "encoders/" + task.node().path("encoder").asText() + "/encoder.safetensors";
            if (!training && Files.exists(folder.resolve(encoder))) {
                objects.addObject().put("@id", encoder);
            }
            action.putArray("result").addObject().put("@id", file);
        }
    }
}
