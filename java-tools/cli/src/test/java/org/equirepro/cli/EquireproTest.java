package org.equirepro.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.equirepro.base.RecipeFile;
import org.equirepro.base.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a person sees: exit codes, one-line errors, help. */
final class EquireproTest {

    private static final Path CONF = Path.of(System.getProperty("equirepro.home")).resolve("conf").normalize();

    @TempDir
    Path folder;

    private record Outcome(int code, String out, String err) {}

    /** Runs the command with the standard streams caught. */
    private static Outcome run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream caughtOut = new ByteArrayOutputStream();
        ByteArrayOutputStream caughtErr = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(caughtOut, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(caughtErr, true, StandardCharsets.UTF_8));
            int code = Equirepro.run(arguments);
            return new Outcome(code, caughtOut.toString(StandardCharsets.UTF_8), caughtErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static String[] words(String line) {
        return line.isBlank() ? new String[0] : line.trim().split(" ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'' | a command is missing (see equirepro --help)",
        "plann | Unmatched argument at index 0: 'plann'; did you mean plan? (see equirepro --help)",
        "plan --studdy x --conf c --out o | Unknown option: '--studdy'; did you mean --study?",
        "plan --out o | Missing required argument (specify one of these): (--study=FILE | FILE) (see equirepro plan --help)",
        "pretrain --config c --data d --out o | Missing required option: '--store=DIR' (see equirepro pretrain --help)",
        "plan --study s --conf c --out o --seeds a | Invalid value for option '--seeds' (N): 'a' is not an int",
        "fingerprint --parts fit | --parts must be one of",
        "pretrain --config c --data d --store s --out o --threads 0 | --threads must be at least 1, found 0",
        "import --from f --layout mocov3 --out o | --layout must be auto, ibot, dinov2, timm or mae, found mocov3",
        "export --encoder e --out weights.pt | --out must end in .safetensors, found weights.pt",
        "export --encoder e --layout vissl --out o | --layout must be timm, found vissl",
        "pretrain --config c --data d --store s --out o --budget -1 | --budget must be more than 0 seconds, found -1.0",
    })
    void wrongUseIsOneLineAndCode2(String line, String message) throws IOException {
        String[] arguments = words(line.replace("--config c", "--config " + Files.writeString(folder.resolve("c.json"),
                "{\"a\":1}")));
        Outcome outcome = run(arguments);
        assertTrue(outcome.err.startsWith("equirepro: ") && outcome.err.contains(message), outcome.err);
        assertEquals(1, outcome.err.lines().count(), outcome.err);
        assertEquals("", outcome.out);
        assertEquals(2, outcome.code);
    }

    @Test
    void problemHasItsCodeAndNoTraceUnlessAsked() {
        String[] line = {"prepare", "--config", folder.resolve("absent.json").toString(), "--out",
                folder.resolve("o").toString()};
        Outcome quiet = run(line);
        assertEquals("equirepro: " + folder.resolve("absent.json") + ": no such file\n", quiet.err);
        assertEquals(66, quiet.code);
        assertFalse(Files.exists(folder.resolve("o")));
        String[] asked = java.util.Arrays.copyOf(line, line.length + 1);
        asked[line.length] = "--debug";
        Outcome loud = run(asked);
        assertTrue(loud.err.startsWith(quiet.err) && loud.err.contains("\tat org.equirepro"), loud.err);
        assertEquals(66, loud.code);
    }

    @Test
    void whatIsNoCheckpointIsNotImported() throws IOException {
        Path file = Files.writeString(folder.resolve("page.pth"), "<html>not found</html>");
        Path out = folder.resolve("encoder");
        Outcome outcome = run("import", "--from", file.toString(), "--out", out.toString());
        assertTrue(outcome.err.contains(file + ": corrupt or no PyTorch checkpoint"), outcome.err);
        assertEquals(65, outcome.code);
        assertFalse(Files.exists(out));
        Outcome absent = run("export", "--encoder", out.toString(), "--out", folder.resolve("o.safetensors").toString());
        assertTrue(absent.err.contains("no such safetensors file"), absent.err);
        assertEquals(66, absent.code);
    }

    @Test
    void planIsWritten() throws IOException {
        Path out = folder.resolve("plan");
        Outcome outcome = run("plan", "--study", CONF.resolve("studies/test.yml").toString(), "--conf", CONF.toString(), "--set",
                "cifar10=/nowhere", "--rows", "vicreg,all-angle", "--seeds", "0,1", "--out", out.toString());
        assertEquals(0, outcome.code, outcome.err);
        assertEquals("plan: 37 tasks, 4 encoders\n", outcome.err);
        assertEquals(37, Files.readAllLines(out.resolve("plan.jsonl")).size());
    }

    @Test
    void planWithoutFolderIsAPageThatNeedsNoData() {
        Outcome outcome = run("plan", CONF.resolve("studies/paper.yml").toString(), "--rows", "all-angle,objects-ours");
        assertEquals(0, outcome.code, outcome.err);
        assertTrue(outcome.out.contains("| all-angle-s0 | paper-all-angle | imagenet | 800 epochs | 2048 | 8 | 181 | 1,067 |"), outcome.out);
        assertTrue(outcome.out.contains("| data sets as they were fetched | 172 |"), outcome.out);
    }

    @Test
    void dryRunReckonsARecipeOrATasksConfiguration() throws IOException {
        String recipe = CONF.resolve("recipes/paper-all-angle.yml").toString();
        Outcome page = run("pretrain", "--dry-run", "--config", recipe, "--ranks", "8");
        assertEquals(0, page.code, page.err);
        assertTrue(page.out.contains("backbone                                21,665,664           18.394"), page.out);
        assertTrue(page.out.contains("1,066.7 h   8 GPUs x 600 s an epoch x 800 epochs"), page.out);
        Path config = folder.resolve("config.json");
        Files.writeString(config, "{\"seed\": 0, \"recipe_name\": \"mine\", \"recipe\": " + RecipeFile.read(Path.of(recipe)).canonical() + "}");
        Outcome json = run("pretrain", "--dry-run", "--config", config.toString(), "--members", "20480", "--json", "--samples-per-second", "100");
        Settings answer = Settings.parseJson("answer", json.out);
        assertEquals("mine", answer.text("recipe"));
        assertEquals(8000, answer.integer("steps"));
        assertEquals(8000 * 2048 / 100.0 / 3600, answer.real("device_hours"), 1e-9);
    }

    @Test
    void treeIsRendered() throws IOException {
        Path config = folder.resolve("tree.yml");
        Files.writeString(config,
                "{kind: render-3d, classes: 2, objects_per_class: 2, views: 2, size: 16, seed: 3, test_fraction: 0.5}");
        Path out = folder.resolve("tree");
        Outcome outcome = run("render", "--config", config.toString(), "--out", out.toString());
        assertEquals(0, outcome.code, outcome.err);
        try (var files = Files.walk(out)) {
            assertEquals(8, files.filter(f -> f.getFileName().toString().matches("image_[01]\\.jpg")).count());
        }
    }

    @Test
    void scenesAreRenderedInTheLayoutThatIsAskedFor() throws IOException {
        Path config = folder.resolve("scenes.yml");
        Files.writeString(config, "{kind: render-scenes, annotations: segmentation, size: 32, train_pictures: 1, test_pictures: 1, seed: 3, "
                + "depth: true}");
        Path ade = folder.resolve("ade");
        assertEquals(0, run("render", "--config", config.toString(), "--out", ade.toString()).code);
        assertTrue(Files.exists(ade.resolve("annotations/validation/ADE_val_00000001.png")));
        assertTrue(Files.exists(ade.resolve("depth/training/ADE_train_00000001.png")));
        Path coco = folder.resolve("coco");
        assertEquals(0, run("render", "--config", config.toString(), "--layout", "coco", "--out", coco.toString()).code);
        assertTrue(Files.exists(coco.resolve("annotations/person_keypoints_val2017.json")));
        Files.writeString(config,
                "{kind: render-3d, classes: 2, objects_per_class: 2, views: 2, size: 16, seed: 3, test_fraction: 0.5}");
        assertEquals(2, run("render", "--config", config.toString(), "--layout", "coco", "--out", folder + "/x").code);
    }

    @Test
    void fingerprintsAreProperties() {
        Outcome outcome = run("fingerprint");
        assertEquals(0, outcome.code, outcome.err);
        List<String> lines = outcome.out.lines().toList();
        assertEquals(List.copyOf(FingerprintCommand.roots().keySet()), lines.stream().map(line -> line.split("=")[0]).toList());
        assertEquals(lines.size(), new TreeSet<>(lines.stream().map(line -> line.split("=")[1]).toList()).size());
        assertTrue(lines.stream().allMatch(line -> line.matches("[a-z0-9-]+=[0-9a-f]{64}")), outcome.out);
        assertEquals(outcome, run("fingerprint"));
    }

    @Test
    void fingerprintOfPretrainingKnowsNoCommandLine() {
        Outcome outcome = run("fingerprint", "--parts", "pretrain");
        assertTrue(outcome.out.contains("class org/equirepro/pretraining/Pretraining "), outcome.out);
        assertTrue(outcome.out.contains("file org/equirepro/tensor/ops.py "), outcome.out);
        assertTrue(outcome.out.contains("\nlibtorch "), outcome.out);
        for (String stranger : List.of("org/equirepro/cli", "org/equirepro/study", "org/equirepro/reporting", "picocli")) {
            assertFalse(outcome.out.contains(stranger), stranger);
        }
        assertFalse(run("fingerprint", "--parts", "prepare").out.contains("libtorch"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "plan --version"})
    void versionIsThatOfTheBuild(String line) throws IOException {
        String pom = Files.readString(CONF.resolveSibling("java-tools").resolve("pom.xml"));
        assertTrue(pom.contains("<version>" + Equirepro.VERSION + "</version>"));
        assertEquals(new Outcome(0, "equirepro " + Equirepro.VERSION + "\n", ""), run(words(line)));
    }

    @Test
    void doctorTellsItsRowsAsJsonAndAsATable() {
        Outcome json = run("doctor", "--json", "--in-process");
        assertEquals(0, json.code, json.out + json.err);
        var rows = Settings.parseJson("doctor", "{\"rows\":" + json.out + "}").sections("rows");
        assertTrue(rows.stream().anyMatch(row -> row.text("what").equals("engine") && row.text("state").equals("OK")), json.out);
        Outcome table = run("doctor", "--in-process");
        assertTrue(table.out.contains("\nok      engine"), table.out);
        assertEquals(System.getenv("PYTORCH_VERSION") + " cpu\n", run("doctor", "--identify", "--in-process").out);
    }

    @Test
    void everyCommandExplainsItself() {
        CommandLine top = new CommandLine(new Equirepro());
        for (var entry : top.getSubcommands().entrySet()) {
            Outcome outcome = run(entry.getKey(), "--help");
            assertEquals(0, outcome.code);
            assertTrue(outcome.out.startsWith("Usage: equirepro " + entry.getKey()), outcome.out);
            for (var option : entry.getValue().getCommandSpec().options()) {
                assertTrue(option.description().length > 0 && !option.description()[0].isBlank(), entry.getKey() + " " + option);
            }
        }
        assertTrue(run("--help").out.contains("75 saved in good order"));
    }

    @Test
    void unexpectedProblemIsOneLineToo() {
        CommandLine command = new CommandLine(new Equirepro());
        java.io.StringWriter text = new java.io.StringWriter();
        command.setErr(new PrintWriter(text));
        int code = new Problems(() -> false).handleExecutionException(new IllegalStateException("one\n  two"), command, null);
        assertEquals(1, code);
        assertEquals("equirepro: unexpected java.lang.IllegalStateException: one two (run again with --debug for where)\n",
                text.toString());
    }
}
