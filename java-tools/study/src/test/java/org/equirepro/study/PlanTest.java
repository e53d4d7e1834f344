package org.equirepro.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.equirepro.base.Settings;
import org.equirepro.study.costs.PlanPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plan holds, and which of its lines a change of settings touches. */
final class PlanTest {

    @TempDir
    Path folder;

    @Test
    void everyStudyOfTheProjectCanBePlanned() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        Path data = Files.createFile(folder.resolve("data.tar.gz"));
        Map<String, String> parameters = Map.of("cifar10", data.toString(), "imagenet", folder.toString(),
                "threediebench", folder.toString(), "ade20k", folder.toString(), "coco", folder.toString(), "mpii",
                folder.toString(), "nyu", folder.toString(), "kitti", folder.toString(), "davis",
                folder.toString(), "vip", folder.toString());
        Set<String> used = new TreeSet<>();
        for (String study : names(folders.conf.resolve("studies"))) {
            Plan plan = folders.plan(study, Plan.Selection.ALL, parameters);
            assertFalse(plan.of("PRETRAIN").isEmpty());
            plan.of("REPORT").get(0).config().path("recipes").fieldNames().forEachRemaining(used::add);
        }
        assertEquals(names(folders.conf.resolve("recipes")), List.copyOf(used), "every recipe is used by a study");
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString().replace(".yml", "")).sorted().toList();
        }
    }

    @Test
    void tablesAreToldWhichDataSetsHaveAMetricOfTheirOwn() throws IOException {
        Path data = Files.createFile(folder.resolve("data.tar.gz"));
        Map<String, String> parameters = new TreeMap<>();
        List.of("cifar10", "imagenet", "threediebench", "ade20k", "coco", "mpii").forEach(name -> parameters.put(name, data.toString()));
        Plan plan = StudyFolder.in(folder).plan("paper", Plan.Selection.ALL, parameters);
        for (String process : List.of("TABLES", "REPORT")) {
            assertEquals("{\"aircraft\":\"mean_per_class\",\"caltech101\":\"mean_per_class\",\"flowers\":\"mean_per_class\","
                            + "\"pet\":\"mean_per_class\",\"voc2007\":\"map11\"}",
                    plan.of(process).get(0).config().path("class_metrics").toString());
        }
    }

    @Test
    void tasksComeInOrderAndLinkToEachOther() throws IOException {
        Plan plan = StudyFolder.in(folder).plan();
        List<String> processes = plan.tasks().stream().map(Plan.Task::process).distinct().toList();
        assertEquals(List.of("PREPARE_DATASET", "PRETRAIN", "R2_IMAGE", "R2_3DIEBENCH", "RETRIEVAL", "LINEAR_PROBE", "KNN", "LOGREG",
                "SEGMENT", "HOMOGRAPHY", "DETECT", "KEYPOINTS", "DEPTH", "VIDEO", "TABLES", "REPORT"), processes);
        for (String process : processes) {
            List<String> ids = plan.of(process).stream().map(Plan.Task::id).toList();
            assertEquals(ids.stream().sorted().distinct().toList(), ids);
        }
        Set<String> ids = new TreeSet<>(plan.tasks().stream().map(Plan.Task::id).toList());
        for (Plan.Task task : plan.tasks()) {
            JsonNode line = Settings.parseJson("line", task.line()).node();
            for (String link : List.of("data", "encoder")) {
                assertTrue(!line.has(link) || ids.contains(line.get(link).asText()), task.line());
            }
        }
        assertTrue(ids.contains("r2-image-vicreg-s0") && ids.contains("linear-probe-all-angle-s0")
                && ids.contains("r2-3diebench-objects-vicreg-s0"), ids.toString());
    }

    @Test
    void sourceIsAnAbsolutePathOutsideTheConfig() throws IOException {
        Path data = Files.createFile(folder.resolve("data.tar.gz"));
        Plan.Task task = StudyFolder.in(folder).plan("mini", Plan.Selection.ALL, Map.of("cifar10", data.toString()))
                .of("PREPARE_DATASET").get(0);
        assertEquals("{\"config\":{\"dataset\":\"cifar10\",\"kind\":\"imagefolder\"},\"id\":\"cifar10\","
                + "\"process\":\"PREPARE_DATASET\",\"source\":\"" + data.toAbsolutePath() + "\"}", task.line());
        assertTrue(StudyFolder.in(folder.resolve("other")).lines().get(0).contains("\"source\":null"));
    }

    @Test
    void orderOfKeysDoesNotMatter() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        List<String> before = folders.lines();
        folders.change("recipes/test-all-angle.yml", "{family: angle, count: 2, weight: 1.0, decoder: [32, 16, 8]}",
                "{decoder: [32, 16, 8], weight: 1.0, count: 2, family: angle}");
        String pictures = "  pictures: {kind: render-pictures, classes: 4, train_per_class: 256, test_per_class: 64, size: 32, seed: 1}\n";
        String tables = "tables: [r2_image, r2_3diebench, retrieval, linear_probe, knn, logreg, dense]\n";
        folders.change("studies/test.yml", pictures, "").change("studies/test.yml", "encoders:\n", pictures + "encoders:\n")
                .change("studies/test.yml", tables, "").change("studies/test.yml", "study: test\n", tables + "study: test\n")
                .change("studies/test.yml", "  - {recipe: test-r2-image, data: pictures}\n", "")
                .change("studies/test.yml", "evaluations:\n", "evaluations:\n")
                .change("studies/test.yml", "  - {recipe: test-r2-3diebench, data: objects}\n",
                        "  - {data: objects, recipe: test-r2-3diebench}\n  - {recipe: test-r2-image, data: pictures}\n");
        assertEquals(before, folders.lines());
    }

    @Test
    void orderOfEncodersIsTheOrderOfRowsAndNothingElse() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        List<String> before = folders.lines();
        String row = "  untrained: {recipe: test-untrained, data: pictures, label: Untrained encoder, paper: null}\n";
        folders.change("studies/test.yml", row, "").change("studies/test.yml", "evaluations:\n", row + "evaluations:\n");
        assertEquals(Set.of("tables", "report"), changed(before, folders.lines()));
    }

    @Test
    void lossWeightChangesThatEncoderOnly() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        List<String> before = folders.lines();
        folders.change("recipes/test-all-angle.yml", "weight: 1.0", "weight: 2.0");
        assertEquals(Set.of("all-angle-s0", "tables", "report"), changed(before, folders.lines()));
    }

    @Test
    void probeRateChangesThatProbeOnly() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        List<String> before = folders.lines();
        folders.change("recipes/test-linear-probe.yml", "[0.01, 0.1, 1.0]", "[0.02, 0.1, 1.0]");
        assertEquals(Set.of("linear-probe-untrained-s0", "linear-probe-vicreg-s0", "linear-probe-vicreg-g-angle-s0",
                "linear-probe-all-angle-s0", "linear-probe-all-trans-s0", "linear-probe-ibot-s0", "linear-probe-sie-all-s0", "linear-probe-cross-attention-s0",
                "linear-probe-ibot-se2-s0", "tables", "report"), changed(before, folders.lines()));
    }

    @Test
    void titleChangesTheReportOnly() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        List<String> before = folders.lines();
        folders.change("studies/test.yml", "title: Every", "title: Each");
        assertEquals(Set.of("tables", "report"), changed(before, folders.lines()));
    }

    @Test
    void selectionKeepsWhatItsRowsNeed() throws IOException {
        Plan plan = StudyFolder.in(folder).plan("test", new Plan.Selection(List.of("vicreg"), List.of(3, 1)), Map.of());
        assertEquals(List.of("pictures", "vicreg-s1", "vicreg-s3", "r2-image-vicreg-s1", "r2-image-vicreg-s3",
                "linear-probe-vicreg-s1", "linear-probe-vicreg-s3", "tables", "report"),
                plan.tasks().stream().map(Plan.Task::id).toList());
        JsonNode tables = plan.of("TABLES").get(0).config();
        assertEquals("[\"r2_image\",\"linear_probe\"]", tables.get("tables").toString());
        assertEquals("[1,3]", tables.get("seeds").toString());
        assertEquals(1, tables.get("rows").size());
    }

    @Test
    void encoderMayBeEvaluatedOnOtherData() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        folders.change("studies/test.yml", "tables: [",
                "  - {recipe: test-linear-probe, data: objects, encoders: [vicreg]}\ntables: [");
        assertEquals(Set.of("linear-probe-objects-vicreg-s0"),
                changed(new ArrayList<>(StudyFolder.in(folder.resolve("other")).lines()), folders.lines()));
    }

    @Test
    void anEvaluationMayHaveSeedsOfItsOwn() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        folders.change("studies/test.yml", "tables: [",
                "  - {recipe: test-linear-probe, data: objects, encoders: [vicreg], seeds: [2, 0, 1]}\ntables: [");
        Plan plan = folders.plan();
        List<JsonNode> tasks = plan.of("LINEAR_PROBE").stream().map(task -> Settings.parseJson("line", task.line()).node())
                .filter(task -> task.path("data").asText().equals("objects")).toList();
        assertEquals(List.of("linear-probe-objects-vicreg-s0", "linear-probe-objects-vicreg-s1", "linear-probe-objects-vicreg-s2"),
                tasks.stream().map(task -> task.path("id").asText()).toList());
        assertEquals(List.of("vicreg-s0"), tasks.stream().map(task -> task.path("encoder").asText()).distinct().toList());
        assertEquals(List.of(0, 1, 2), tasks.stream().map(task -> task.path("config").path("seed").asInt()).toList());
        assertEquals("[0,1,2]", plan.of("TABLES").get(0).config().get("seeds").toString());
        Plan selected = folders.plan("test", new Plan.Selection(List.of("vicreg"), List.of(1)), Map.of());
        assertTrue(selected.of("LINEAR_PROBE").stream().allMatch(task -> task.id().endsWith("-s1")), "a selection is a selection");
    }

    @Test
    void pageCountsTasksAndHours() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        Path out = folder.resolve("out");
        PlanPage.write(folders.plan(), config -> Optional.empty(), out);
        assertEquals(folders.lines(), Files.readAllLines(out.resolve("plan.jsonl")));
        String page = Files.readString(out.resolve("plan.md"));
        assertTrue(page.contains("| PRETRAIN | 13 | 1 | 0.00 |  |"), page);
        assertTrue(page.contains("| vicreg-s0 | test-vicreg | pictures | 80 steps | 64 | 1 | 0.00 |  |"), page);
    }

    @Test
    void anOptionalDataSetIsPlannedWhereItsPathIsGiven() throws IOException {
        StudyFolder folders = StudyFolder.in(folder);
        Map<String, String> needed = Map.of("imagenet", folder.toString(), "threediebench", folder.toString());
        Map<String, String> more = new TreeMap<>(needed);
        more.put("flowers", folder.toString());
        List<String> without = folders.plan("paper", Plan.Selection.ALL, needed).tasks().stream().map(Plan.Task::line).toList();
        List<String> with = folders.plan("paper", Plan.Selection.ALL, more).tasks().stream().map(Plan.Task::line).toList();
        assertEquals(Set.of("flowers", "linear-probe-flowers-ibot-vits-s0", "linear-probe-flowers-ibot-vitl-s0",
                "linear-probe-flowers-ibot-vitl-se2-s0", "linear-probe-flowers-dinov2-vitl-s0", "linear-probe-flowers-dinov2-vitl-se2-s0"),
                changed(without, with));
    }

    /** Ids of the lines that are new or different. */
    private static Set<String> changed(List<String> before, List<String> after) {
        Set<String> ids = new TreeSet<>();
        for (String line : after) {
            if (!before.contains(line)) {
                ids.add(Settings.parseJson("line", line).text("id"));
            }
        }
        return ids;
    }
}
