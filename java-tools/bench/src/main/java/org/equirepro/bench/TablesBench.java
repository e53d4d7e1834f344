package org.equirepro.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/reproduce --tables-only} on many made-up results: the whole command from shell to exit, in turn with that of another
 * checkout where one is named. The results are R2 of four encoders and ten seeds by four targets, on as many data sets and kinds of
 * features as it takes.
 */
@Command(name = "tables", mixinStandardHelpOptions = true,
        description = "All tables and the report from stored results: the whole command, in wall and processor seconds.")
final class TablesBench implements Callable<Integer> {

    private static final List<String> ENCODERS = List.of("untrained", "vicreg", "vicreg-angle", "sie");
    private static final List<String> TARGETS = List.of("angle", "color", "blur", "trans");
    private static final int SEEDS = 10;
    private static final int DATA_SETS = 25;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "100000", description = "Results, about (${DEFAULT-VALUE}).")
    private int rows;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds; medians are printed (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--programs", split = ",", paramLabel = "FILE", defaultValue = "bin/reproduce",
            description = "bin/reproduce of one or several checkouts, each built (${DEFAULT-VALUE}).")
    private List<Path> programs;

    /** Seconds of a process and its children. */
    private record Took(double wall, double cpu) {}

    @Override
    public Integer call() throws IOException {
        Path work = Files.createTempDirectory("bench");
        try {
            int made = write(work.resolve("run"));
            Map<Path, List<Took>> took = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Path program : programs) {
                    took.computeIfAbsent(program, p -> new ArrayList<>()).add(run(program, work));
                }
            }
            System.out.println("program,rows,seconds,cpu_seconds");
            took.forEach((program, each) -> System.out.printf(Locale.ROOT, "%s,%d,%.2f,%.2f%n", program, made,
                    median(each.stream().mapToDouble(Took::wall).toArray()), median(each.stream().mapToDouble(Took::cpu).toArray())));
        } finally {
            AtomicFiles.deleteTree(work);
        }
        return 0;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** A finished run without folders of encoders: plan and results. */
    private int write(Path run) throws IOException {
        ObjectNode config = Settings.object().put("study", "bench").put("title", "bench").put("scale", "made up");
        ArrayNode table = config.putArray("rows");
        ENCODERS.forEach(id -> table.addObject().put("encoder", id).put("label", id).putNull("paper"));
        config.putArray("tables").add("r2_image");
        ArrayNode seeds = config.putArray("seeds");
        List<ResultRow> results = new ArrayList<>();
        int kinds = Math.max(1, rows / (SEEDS * ENCODERS.size() * TARGETS.size() * DATA_SETS));
        for (int seed = 0; seed < SEEDS; seed++) {
            seeds.add(seed);
            for (int d = 0; d < DATA_SETS * kinds; d++) {
                for (String target : TARGETS) {
                    for (String encoder : ENCODERS) {
                        results.add(new ResultRow("bench", encoder, seed, "r2_image", "d" + d % DATA_SETS, target, "all", "f" + d / DATA_SETS,
                                "zero_fill", "r2", 0.5 + 1e-5 * results.size() / ENCODERS.size(), 0, 100, "r2"));
                    }
                }
            }
        }
        ObjectNode task = Settings.object().put("process", "REPORT").put("id", "report");
        task.set("config", config);
        Files.createDirectories(run);
        Files.writeString(run.resolve("plan.jsonl"), task + "\n");
        ResultRow.write(run.resolve("results.csv"), results);
        return results.size();
    }

    /** The shell's own {@code time} counts the processes that a script starts as well. */
    private static Took run(Path program, Path work) throws IOException {
        Path out = work.resolve("out");
        Process process = new ProcessBuilder("bash", "-c", "TIMEFORMAT='took %R %U %S'; time \"$@\"", "bash",
                program.toAbsolutePath().toString(), "--tables-only", "--results", work.resolve("run").toString(), "--out", out.toString())
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!Files.exists(out.resolve("report.html"))) {
            throw UserError.failure(program + " made no report: " + said.strip(), null);
        }
        AtomicFiles.deleteTree(out);
        double[] seconds = Arrays.stream(said.substring(said.lastIndexOf("took ") + 5).strip().split(" "))
                .mapToDouble(Double::parseDouble).toArray();
        return new Took(seconds[0], seconds[1] + seconds[2]);
    }
}
