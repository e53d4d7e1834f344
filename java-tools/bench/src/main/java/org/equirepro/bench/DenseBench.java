package org.equirepro.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.ResultRow;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.depth.DepthEstimation;
import org.equirepro.evaluation.detection.DetectTask;
import org.equirepro.evaluation.finetune.FineTuning;
import org.equirepro.evaluation.homography.HomographyEstimation;
import org.equirepro.evaluation.keypoints.KeypointsTask;
import org.equirepro.evaluation.segmentation.Segmentation;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.data.Preparation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the dense tasks learn from rendered scenes with a small ViT that begins at random values: once all of it is trained, and once
 * the ViT stays as it is and only the head learns. Scores are on unseen scenes of the same kind; the settings of a part are the
 * resource {@code dense-PART.json}.
 */
@Command(name = "dense", mixinStandardHelpOptions = true,
        description = "Dense tasks learn rendered scenes from random weights, beside a frozen random encoder; minutes each.")
final class DenseBench implements Callable<Integer> {

    /** With this factor from layer to layer nothing below the final norm moves. */
    private static final double STILL = 1e-9;

    @Option(names = "--parts", split = ",", paramLabel = "NAME", description = "Some of segmentation, homography, detection, keypoints, depth; all if left out.")
    private List<String> parts;

    @Option(names = "--encoders", split = ",", paramLabel = "NAME", defaultValue = "fine_tuned,frozen", description = "Of ${DEFAULT-VALUE}.")
    private List<String> encoders;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "2", description = "Threads (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--keep", paramLabel = "DIR", description = "New folder for results, curves and pictures.")
    private Path keep;

    @Override
    public Integer call() throws IOException {
        Map<String, Consumer<FineTuning.Call>> tasks = new LinkedHashMap<>();
        tasks.put("segmentation", Segmentation::run);
        tasks.put("homography", HomographyEstimation::run);
        tasks.put("detection", DetectTask::run);
        tasks.put("keypoints", KeypointsTask::run);
        tasks.put("depth", DepthEstimation::run);
        for (String part : parts == null ? tasks.keySet() : parts) {
            if (!tasks.containsKey(part)) {
                throw UserError.usage("--parts must be of " + String.join(", ", tasks.keySet()) + ", found " + part);
            }
        }
        if (!List.of("fine_tuned", "frozen").containsAll(encoders)) {
            throw UserError.usage("--encoders must be of fine_tuned, frozen, found " + String.join(",", encoders));
        }
        Path folder = Files.createTempDirectory("bench");
        try {
            System.out.println("part,encoder,target,protocol,metric,value,floor,test_samples,steps,seconds,cpu_seconds");
            for (String part : parts == null ? tasks.keySet() : parts) {
                measure(part, tasks.get(part), folder.resolve(part));
            }
        } finally {
            AtomicFiles.deleteTree(folder);
        }
        return 0;
    }

    private void measure(String part, Consumer<FineTuning.Call> task, Path folder) throws IOException {
        Settings settings = settings(part);
        Path shards = folder.resolve("shards");
        Preparation.run(settings.at("dataset"), null, shards);
        Path encoder = Files.createDirectories(folder.resolve("encoder"));
        try (Torch torch = Torch.start(threads)) {
            Encoder.create(torch, settings.at("encoder"), 1).save(encoder.resolve(Encoder.FILE));
        }
        for (String how : encoders) {
            ObjectNode config = Settings.object().put("study", "bench").put("encoder", how).put("seed", 1).put("dataset", "scenes")
                    .put("recipe_name", part);
            JsonNode recipe = settings.at("recipe").node().deepCopy();
            if (how.equals("frozen")) {
                ((ObjectNode) recipe.path("optimiser")).put("layer_decay", STILL);
            }
            config.set("recipe", recipe);
            Path out = (keep == null ? folder : keep).resolve(part + "-" + how);
            Files.createDirectories(out.getParent());
            double cpu = cpuSeconds();
            long start = System.nanoTime();
            task.accept(FineTuning.Call.alone(Settings.of(part, config), shards, encoder, folder.resolve("store"), out,
                    RunOptions.unlimited(threads)));
            print(part, how, recipe.path("steps").asInt(), out, (System.nanoTime() - start) / 1e9, cpuSeconds() - cpu);
        }
    }

    private static void print(String part, String how, int steps, Path out, double seconds, double cpu) {
        for (ResultRow row : ResultRow.read(out.resolve("result.csv"))) {
            System.out.printf(Locale.ROOT, "%s,%s,%s,%s,%s,%.3f,%.3f,%d,%d,%.0f,%.0f%n", part, how, row.target(), row.protocol(), row.metric(),
                    row.value(), row.floor(), row.samples(), steps, seconds, cpu);
        }
    }

    private static Settings settings(String part) throws IOException {
        String name = "dense-" + part + ".json";
        try (InputStream in = DenseBench.class.getResourceAsStream(name)) {
            return Settings.parseJson(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Processor time of all threads of this process. */
    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().map(d -> d.toNanos() / 1e9).orElse(Double.NaN);
    }
}
