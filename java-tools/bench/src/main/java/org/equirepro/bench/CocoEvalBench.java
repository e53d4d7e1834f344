package org.equirepro.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.coco.CocoEvaluation;
import org.equirepro.evaluation.coco.CocoResults;
import org.equirepro.evaluation.coco.CocoTruth;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.coco.IouType;
import org.equirepro.vision.dense.InstanceJson;
import org.equirepro.vision.dense.Polygons;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** COCO's evaluation of a made-up set as large as val2017, from the files to the official numbers; beside it pycocotools. */
@Command(name = "coco-eval", mixinStandardHelpOptions = true,
        description = "Reads and scores a synthetic COCO set by boxes and by masks; seconds, beside pycocotools' where there is one.")
final class CocoEvalBench implements Callable<Integer> {

    private static final int CATEGORIES = 80;
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int CORNERS = 24;

    @Option(names = "--pictures", paramLabel = "N", defaultValue = "5000", description = "Pictures (${DEFAULT-VALUE}).")
    private int pictures;

    @Option(names = "--detections", paramLabel = "N", defaultValue = "36000", description = "And as many objects (${DEFAULT-VALUE}).")
    private int detections;

    @Option(names = "--python", paramLabel = "PROGRAM", description = "A Python with pycocotools, which scores the same files.")
    private String python;

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("bench");
        try {
            Path truth = folder.resolve("truth.json");
            Path results = folder.resolve("results.json");
            write(truth, results);
            System.err.printf("%d pictures, %d objects and detections, %.1f and %.1f MB%n", pictures, detections, Files.size(truth) / 1e6,
                    Files.size(results) / 1e6);
            Map<String, double[]> peer = python == null ? Map.of() : peer(truth, results);
            System.out.println("type,read_s,score_s,total_s,cpu_s,ap,pycocotools_s,pycocotools_cpu_s,pycocotools_ap,times_as_fast,"
                    + "times_less_cpu");
            for (IouType type : List.of(IouType.BBOX, IouType.SEGM)) {
                System.out.println(measure(type, truth, results, Optional.ofNullable(peer.get(type.name().toLowerCase(Locale.ROOT)))));
            }
        } finally {
            AtomicFiles.deleteTree(folder);
        }
        return 0;
    }

    private static String measure(IouType type, Path truth, Path results, Optional<double[]> peer) {
        double cpu = cpuSeconds();
        long start = System.nanoTime();
        CocoTruth objects = CocoTruth.read(truth);
        List<Detection> found = CocoResults.read(results, objects);
        long read = System.nanoTime();
        double ap = new CocoEvaluation(type, objects).score(found).stats().get("AP");
        double seconds = (System.nanoTime() - start) / 1e9;
        double used = cpuSeconds() - cpu;
        String line = String.format(Locale.ROOT, "%s,%.2f,%.2f,%.2f,%.2f,%.6f", type.name().toLowerCase(Locale.ROOT), (read - start) / 1e9,
                seconds - (read - start) / 1e9, seconds, used, ap);
        return line + peer.map(p -> String.format(Locale.ROOT, ",%.2f,%.2f,%.6f,%.1f,%.1f", p[0], p[1], p[2], p[0] / seconds, p[1] / used))
                .orElse(",,,,,");
    }

    /** Processor time of all threads of this process, compiler and garbage collector included. */
    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().map(d -> d.toNanos() / 1e9).orElse(Double.NaN);
    }

    /** Seconds, processor seconds and AP by type. */
    private Map<String, double[]> peer(Path truth, Path results) throws IOException {
        Process process = new ProcessBuilder(python, "-", truth.toString(), results.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (InputStream program = CocoEvalBench.class.getResourceAsStream("coco_eval_peer.py"); var out = process.getOutputStream()) {
            program.transferTo(out);
        }
        Map<String, double[]> measured = new HashMap<>();
        for (String line : new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
            String[] cells = line.split(",");
            if (cells.length == 4) {
                measured.put(cells[0], Arrays.stream(cells).skip(1).mapToDouble(Double::parseDouble).toArray());
            }
        }
        if (measured.isEmpty()) {
            throw UserError.failure(python + " has no pycocotools that works; leave --python out to measure without it", null);
        }
        return measured;
    }

    /** Star-shaped objects anywhere, most of them small; each detection is one of them, moved and with another outline. */
    private void write(Path truth, Path results) {
        ObjectNode root = Settings.object();
        ArrayNode images = root.putArray("images");
        for (int i = 0; i < pictures; i++) {
            images.addObject().put("id", i + 1).put("file_name", i + 1 + ".jpg").put("width", WIDTH).put("height", HEIGHT);
        }
        ArrayNode categories = root.putArray("categories");
        for (int c = 0; c < CATEGORIES; c++) {
            categories.addObject().put("id", c + 1).put("name", "class " + (c + 1));
        }
        ArrayNode annotations = root.putArray("annotations");
        List<Detection> found = new ArrayList<>();
        for (int i = 0; i < detections; i++) {
            Draws draws = Draws.at(0, 0, i, 0, "coco-eval");
            long image = draws.below(pictures) + 1;
            long category = draws.chance(0.3) ? 1 : draws.below(CATEGORIES) + 1; // many are persons
            double radius = Math.exp(draws.uniform(Math.log(8), Math.log(160)));
            double x = draws.uniform(0, WIDTH);
            double y = draws.uniform(0, HEIGHT);
            Polygons outline = outline(x, y, radius, draws);
            ObjectNode object = annotations.addObject().put("id", i + 1).put("image_id", image).put("category_id", category)
                    .put("iscrowd", 0).put("area", outline.toRle(HEIGHT, WIDTH).area());
            InstanceJson.put(object.putArray("bbox"), outline.bounds());
            InstanceJson.put(object, outline);
            Polygons moved = outline(x + radius * draws.gaussian() / 5, y + radius * draws.gaussian() / 5, radius, draws);
            found.add(new Detection(image, category, draws.uniform(), Optional.of(moved.bounds()),
                    Optional.of(moved.toRle(HEIGHT, WIDTH)), new double[0]));
        }
        AtomicFiles.write(truth, out -> out.write(new ObjectMapper().writeValueAsBytes(root)));
        CocoResults.write(results, found);
    }

    private static Polygons outline(double x, double y, double radius, Draws draws) {
        double[] xy = new double[2 * CORNERS];
        for (int i = 0; i < CORNERS; i++) {
            double r = radius * draws.uniform(0.7, 1);
            double angle = 2 * Math.PI * i / CORNERS;
            xy[2 * i] = Math.rint(100 * Math.min(Math.max(x + r * Math.cos(angle), 0), WIDTH)) / 100;
            xy[2 * i + 1] = Math.rint(100 * Math.min(Math.max(y + r * Math.sin(angle), 0), HEIGHT)) / 100;
        }
        return new Polygons(List.of(xy));
    }
}
