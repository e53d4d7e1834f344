package org.equirepro.reporting.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.reporting.tables.Sample;

/** Makes outdirs of finished runs of the made-up study: two encoders, R2 and a linear probe. */
final class StoredRuns {

    private static final List<String> ENCODERS = List.of("vicreg", "vicreg-angle");

    private StoredRuns() {}

    /** A run of these seeds; {@code rate} is the learning rate of all trainings. */
    static Path write(Path folder, double rate, int... seeds) throws IOException {
        StringBuilder plan = new StringBuilder();
        StringBuilder trace = new StringBuilder("task_id\thash\tprocess\ttag\tstatus\texit\trealtime\tpeak_rss\n");
        line(plan, "PREPARE_DATASET", "cifar10", "\"source\":\"/data/cifar10\"", "{\"dataset\":\"cifar10\",\"kind\":\"imagefolder\"}");
        for (int seed : seeds) {
            for (String encoder : ENCODERS) {
                String id = encoder + "-s" + seed;
                String recipe = "{\"kind\":\"pretrain\",\"optimiser\":{\"lr\":" + rate + "}}";
                String config = "{\"study\":\"sample\",\"encoder\":\"" + encoder + "\",\"seed\":" + seed
                        + ",\"recipe_name\":\"RECIPE\",\"recipe\":";
                String pretrain = config.replace("RECIPE", "r-" + encoder) + recipe + "}";
                line(plan, "PRETRAIN", id, "\"data\":\"cifar10\"", pretrain);
                trace.append("1\tab/12").append(seed).append("\tSTUDY:PRETRAIN\t").append(id).append("\tCOMPLETED\t0\t1m 2s\t1 GB\n");
                Path place = Files.createDirectories(folder.resolve("encoders/" + id));
                Files.writeString(place.resolve("encoder.safetensors"), "weights");
                Files.writeString(place.resolve("settings.json"), pretrain);
                Files.writeString(place.resolve("meter.json"), "{\"host\":\"node7\",\"energy_joules\":1800000,\"seconds\":60,\"steps\":100,\"steps_in_this_call\":50,"
                        + "\"steps_per_epoch\":50,\"threads\":2,\"peak_memory_bytes\":1073741824}");
                for (String task : List.of("r2_image", "linear_probe")) {
                    String name = task.replace('_', '-') + "-" + id;
                    String own = config.replace("RECIPE", task + "-small") + "{\"kind\":\"" + task
                            + "\",\"epochs\":5},\"dataset\":\"cifar10\"}";
                    line(plan, task.toUpperCase(java.util.Locale.ROOT), name, "\"data\":\"cifar10\",\"encoder\":\"" + id + "\"", own);
                    Path result = Files.createDirectories(folder.resolve("evaluations/" + name));
                    Files.writeString(result.resolve("settings.json"), "{\"config\":" + own
                            + ",\"data_sha256\":\"da7a\",\"encoder_sha256\":\"e4c0\"}");
                    Files.writeString(result.resolve("meter.json"), "{\"host\":\"node8\",\"seconds\":30,\"threads\":1}");
                    List<ResultRow> rows = task.equals("r2_image") ? Sample.image(3) : Sample.probe(3);
                    ResultRow.write(result.resolve("result.csv"), rows.stream()
                            .filter(row -> row.encoder().equals(encoder) && row.seed() == seed).toList());
                    trace.append("2\tcd/34").append(seed).append("\tSTUDY:").append(task.toUpperCase(java.util.Locale.ROOT)).append('\t')
                            .append(name).append("\tCOMPLETED\t0\t30s\t512 MB\n");
                }
            }
        }
        ObjectNode summary = (ObjectNode) Sample.config(3, "r2_image", "linear_probe").node().deepCopy();
        summary.putArray("seeds");
        for (int seed : seeds) {
            summary.withArray("seeds").add(seed);
        }
        line(plan, "TABLES", "tables", "\"none\":null", summary.toString());
        line(plan, "REPORT", "report", "\"none\":null", summary.toString());
        Path info = Files.createDirectories(folder.resolve("pipeline_info"));
        Files.writeString(info.resolve("plan.jsonl"), plan);
        Files.writeString(info.resolve("trace.txt"), trace);
        Path receipts = Files.createDirectories(folder.resolve("datasets"));
        Files.writeString(receipts.resolve("cifar10.receipt.json"), "{\"files\":{\"index.csv\":{\"sha256\":\"01\"}}}");
        return folder;
    }

    private static void line(StringBuilder plan, String process, String id, String links, String config) {
        plan.append("{\"process\":\"").append(process).append("\",\"id\":\"").append(id).append("\",").append(links)
                .append(",\"config\":").append(config).append("}\n");
    }

    /** Changes one file's text. */
    static void change(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        if (!text.contains(from)) {
            throw new IllegalArgumentException(file + " does not contain " + from);
        }
        Files.writeString(file, text.replace(from, to));
    }

    static String lines(String text, String word) {
        return text.lines().filter(line -> line.contains(word)).collect(Collectors.joining("\n"));
    }

    static Settings json(Path file) {
        return Settings.read(file);
    }
}
