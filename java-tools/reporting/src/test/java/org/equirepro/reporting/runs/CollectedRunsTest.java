package org.equirepro.reporting.runs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.tables.CsvRows;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.CsvSchemaTest;
import org.equirepro.reporting.tables.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectedRunsTest {

    @TempDir
    Path folder;

    private Path run(String name, int... seeds) throws IOException {
        return StoredRuns.write(folder.resolve(name), 0.001, seeds);
    }

    private static void collect(Path out, Path... runs) {
        collect(out, Optional.empty(), runs);
    }

    private static void collect(Path out, Optional<Path> text, Path... runs) {
        CollectedRuns.write(List.of(runs), out, new CollectedRuns.Options(Sample.PAPER, Sample.SCHEMAS, Map.of("nextflow", "25"),
                run -> Map.of("vicreg-s0", 0.5), text, "0.1.0", "2026-01-31"));
    }

    @Test
    void oneRunIsMadeOnceMoreInPlace() throws IOException {
        Path run = run("results", 0);
        collect(run, run);
        byte[] first = Files.readAllBytes(run.resolve("report.html"));
        collect(run, run);
        assertArrayEquals(first, Files.readAllBytes(run.resolve("report.html")));
        String table = Files.readString(run.resolve("tables/r2_image.md"));
        assertTrue(table.contains("n = 1: one seed a cell (0), so no spread can be given."), table);
        assertTrue(table.contains("~ behind the paper's value: not comparable (scaled down)."), table);
        assertTrue(StoredRuns.lines(table, "| all, inter(angle)").contains("(0.9983 ~)"), table);
        assertTrue(Files.exists(run.resolve("encoders/vicreg-s0/encoder.safetensors")), "what was there stays");
        assertFalse(Files.exists(run.resolve(".collected")));
        assertTrue(Files.exists(run.resolve("figures/r2-image-angle.svg")) && Files.exists(run.resolve("figures/r2-image-angle.csv")));
        assertTrue(Files.readString(run.resolve("figures/r2-image-angle.svg")).startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    }

    @Test
    void seedsOfSeveralRunsAreJoined() throws IOException {
        Path out = folder.resolve("out");
        collect(out, run("one", 0, 1), run("two", 1, 2));
        String table = Files.readString(out.resolve("tables/r2_image.md"));
        assertTrue(table.contains("n = 3: mean ± standard deviation (n - 1) over seeds 0, 1, 2."), table);
        CsvRows rows = CsvSchema.builtIn("provenance").read(out.resolve("tables/provenance.csv"));
        assertEquals(12, rows.size(), "two encoders, two tasks, three seeds");
        assertEquals("vicreg", rows.text(0, "encoder"));
        assertEquals("cd/340", rows.text(0, "evaluation_hash"));
        assertEquals("ab/120", rows.text(0, "training_hash"));
        assertEquals("e4c0", rows.text(0, "encoder_sha256"));
        assertEquals("node8", rows.text(0, "host"));
        assertEquals("node7", rows.text(0, "training_host"));
        assertEquals("datasets/cifar10.receipt.json", rows.text(0, "receipt"));
        String cost = Files.readString(out.resolve("cost/cost.md"));
        // 60 s for 50 of 100 steps, two epochs, two threads
        assertTrue(StoredRuns.lines(cost, "| VICReg ").contains("| 2 ± 0             | 60.0 ± 0.0"), cost);
        assertTrue(StoredRuns.lines(cost, "| VICReg ").contains("0.067"), cost);
        assertTrue(StoredRuns.lines(cost, "| VICReg ").contains("| 1.000 ± 0.000 |"), "1.8 MJ in half of the steps are 1 kWh: " + cost);
        assertTrue(StoredRuns.lines(cost, "| VICReg ").contains("0.500 n=1"), "the plan's hours of one seed: " + cost);
        assertTrue(Files.readString(out.resolve("tables/claims.md")).contains("## a: **holds** (promised)"));
    }

    @Test
    void mixedRecipesAreRefused() throws IOException {
        Path one = run("one", 0);
        Path two = StoredRuns.write(folder.resolve("two"), 0.002, 1);
        refused("PRETRAIN vicreg on cifar10 has other settings in " + two + " than in " + one
                + ": recipe.optimiser.lr: 0.001 -> 0.002", one, two);
        Path three = run("three", 1);
        StoredRuns.change(three.resolve("datasets/cifar10.receipt.json"), "\"01\"", "\"02\"");
        refused("data set cifar10 was prepared from other files", one, three);
        Path four = run("four", 0);
        StoredRuns.change(four.resolve("evaluations/linear-probe-vicreg-s0/result.csv"), "55.5", "56.5");
        refused("is a second value for the cell of", one, four);
        Path five = run("five", 1);
        StoredRuns.change(five.resolve("pipeline_info/plan.jsonl"), "\"study\":\"sample\"", "\"study\":\"other\"");
        refused("only runs of one study can be joined", one, five);
    }

    private void refused(String message, Path... runs) {
        UserError error = assertThrows(UserError.class, () -> collect(folder.resolve("refused"), runs));
        assertTrue(error.getMessage().contains(message), error.getMessage());
        assertFalse(Files.exists(folder.resolve("refused")));
    }

    @Test
    void aFailedTaskAndAMissingEncoderAreSaidInTheTables() throws IOException {
        Path run = run("results", 0);
        AtomicFiles.deleteTree(run.resolve("evaluations/r2-image-vicreg-s0"));
        StoredRuns.change(run.resolve("pipeline_info/trace.txt"), "STUDY:R2_IMAGE\tr2-image-vicreg-s0\tCOMPLETED\t0",
                "STUDY:R2_IMAGE\tr2-image-vicreg-s0\tFAILED\t65");
        AtomicFiles.deleteTree(run.resolve("encoders/vicreg-angle-s0"));
        collect(run, run);
        String table = Files.readString(run.resolve("tables/r2_image.md"));
        assertTrue(table.contains("r2-image-vicreg-s0 failed with exit code 65 in results."), table);
        assertTrue(table.contains("vicreg-angle-s0 (pretraining) left no encoder.safetensors in results."), table);
        assertTrue(StoredRuns.lines(table, "| VICReg").contains("none (b)"), table);
        assertTrue(table.contains("(b) encoder vicreg has no result in this block."), table);
        String page = Files.readString(run.resolve("report.html"));
        assertTrue(page.contains("r2-image-vicreg-s0 failed with exit code 65"), "the page's summary says so");
        assertTrue(page.contains("<p id=\"from-vicreg-angle\">vicreg-angle: the folder of its training is not here.</p>"));
    }

    @Test
    void ofANewerVersionWhatIsKnownIsRead() throws IOException {
        Path run = run("results", 0);
        Path file = run.resolve("evaluations/linear-probe-vicreg-s0/result.csv");
        refusedColumn(run, file);
        StoredRuns.change(run.resolve("pipeline_info/plan.jsonl"), "\"title\":", "\"results_schema\":2,\"title\":");
        collect(run, run);
        String table = Files.readString(run.resolve("tables/linear_probe.md"));
        assertTrue(StoredRuns.lines(table, "| VICReg").contains("55.50"), table);
        assertTrue(table.contains("results was written by a newer version (results schema 2, known here: 1). Left out of it: column "
                + "colour; rows with metric 'top7'."), table);
    }

    private void refusedColumn(Path run, Path file) throws IOException {
        String[] lines = Files.readString(file).split("\n");
        Files.writeString(file, lines[0] + ",colour\n" + lines[1] + ",red\n" + lines[1].replace("top1", "top7") + ",blue\n");
        UserError error = assertThrows(UserError.class, () -> collect(run, run));
        assertTrue(error.getMessage().contains("unknown column colour"), error.getMessage());
    }

    @Test
    void everyFileOfTheCrateIsThereWithItsHash() throws IOException {
        Path run = run("results", 0);
        collect(run, run);
        JsonNode crate = Settings.read(run.resolve(RoCrate.NAME)).node();
        assertEquals("https://w3id.org/ro/crate/1.1/context", crate.path("@context").asText());
        Set<String> ids = new HashSet<>();
        int files = 0;
        for (JsonNode entity : crate.path("@graph")) {
            assertTrue(ids.add(entity.path("@id").asText()), "twice: " + entity.path("@id"));
            if (entity.path("@type").asText().equals("File")) {
                files++;
                Path file = run.resolve(entity.path("@id").asText());
                assertEquals(org.equirepro.base.Hashes.sha256(file), entity.path("sha256").asText());
            }
        }
        assertTrue(files > 30 && ids.contains("#vicreg-s0") && ids.contains("#r2-image-vicreg-angle-s0"), ids.toString());
        for (JsonNode entity : crate.path("@graph")) {
            for (JsonNode link : entity.findValues("@id")) {
                assertTrue(ids.contains(link.asText()) || link.asText().startsWith("https://w3id.org/"), "leads nowhere: " + link);
            }
        }
    }

    @Test
    void everyCsvIsAcceptedByTwoValidators() throws IOException {
        Path run = run("results", 0, 1);
        collect(run, run);
        int files = 0;
        for (String place : List.of("", "tables", "cost", "figures")) {
            try (var entries = Files.list(run.resolve(place))) {
                for (Path file : entries.filter(one -> one.toString().endsWith(".csv")).toList()) {
                    String name = file.getFileName().toString().replace(".csv", "");
                    assertTrue(CsvSchemaTest.agree(place.equals("figures") ? "figure" : name, file) > 0, file.toString());
                    files++;
                }
            }
        }
        assertTrue(files > 12, "files: " + files);
    }

    @Test
    void twoRunsSideBySideShowSettingsAndCells() throws IOException {
        Path one = run("one", 0, 1, 2);
        Path two = StoredRuns.write(folder.resolve("two"), 0.002, 0, 1, 2);
        StoredRuns.change(two.resolve("evaluations/linear-probe-vicreg-s0/result.csv"), "55.5", "56.5");
        String text = RunDiff.of(one, two, Sample.SCHEMAS);
        assertTrue(text.contains("- PRETRAIN vicreg: recipe.optimiser.lr: 0.001 -> 0.002\n"), text);
        String cell = StoredRuns.lines(text, "| linear_probe/cifar10/vicreg/class/all/backbone_mean/standard/linear_probe-small/top1 |");
        assertTrue(cell.contains("| +0.3333 better | paired t, two-sided p = 0.4226 |"), text);
        assertEquals(1, text.lines().filter(line -> line.startsWith("| linear_probe/") || line.startsWith("| r2_image/")).count());
        assertTrue(RunDiff.of(one, one, Sample.SCHEMAS).contains("No setting differs."));
    }

    @Test
    void aCellIsReplayedFromItsDataOn() throws IOException {
        Path run = run("results", 0, 1);
        UserError several = assertThrows(UserError.class, () -> Replay.script("r2_image/vicreg/angle", List.of(run), Sample.SCHEMAS));
        assertTrue(several.getMessage().contains("fits 3 cells; name one of them"), several.getMessage());
        UserError none = assertThrows(UserError.class, () -> Replay.script("r2_image/nobody", List.of(run), Sample.SCHEMAS));
        assertTrue(none.getMessage().startsWith("no cell is called r2_image/nobody"), none.getMessage());
        String script = Replay.script("r2_image/vicreg/angle/split_mean/zero_fill", List.of(run), Sample.SCHEMAS);
        List<String> commands = script.lines().filter(line -> line.startsWith("bin/")).toList();
        assertEquals(List.of(
                "bin/equirepro prepare --config replay/cifar10.json --source /data/cifar10 --out data/cifar10",
                "bin/equirepro pretrain --config replay/vicreg-s0.json --data data/cifar10 --out encoders/vicreg-s0 --store store "
                        + "--threads 2",
                "bin/equirepro r2-image --config replay/r2-image-vicreg-s0.json --data data/cifar10 --encoder encoders/vicreg-s0 "
                        + "--out evaluations/r2-image-vicreg-s0 --threads 1",
                "bin/equirepro pretrain --config replay/vicreg-s1.json --data data/cifar10 --out encoders/vicreg-s1 --store store "
                        + "--threads 2",
                "bin/equirepro r2-image --config replay/r2-image-vicreg-s1.json --data data/cifar10 --encoder encoders/vicreg-s1 "
                        + "--out evaluations/r2-image-vicreg-s1 --threads 1"), commands);
        assertTrue(script.contains("# seed 1: r2 was 0.0312"), script);
    }

    @Test
    void joinedRunsCanBeJoinedAgain() throws IOException {
        Path joined = folder.resolve("joined");
        Path one = run("one", 0);
        AtomicFiles.deleteTree(one.resolve("evaluations/r2-image-vicreg-s0"));
        collect(joined, one, run("two", 1));
        assertFalse(Files.readString(joined.resolve("plan.jsonl")).contains("/data/"), "the source's place is not told");
        collect(folder.resolve("again"), joined, run("three", 2));
        collect(folder.resolve("once"), one, folder.resolve("two"), folder.resolve("three"));
        for (String file : List.of("results.csv", "tables/r2_image.md", "tables/linear_probe.csv", "tables/claims.csv", "tables/notes.csv")) {
            assertEquals(Files.readString(folder.resolve("once").resolve(file)), Files.readString(folder.resolve("again").resolve(file)));
        }
    }

    @Test
    void provenanceOutlivesTheFolders() throws IOException {
        Path once = folder.resolve("once");
        collect(once, run("one", 0), run("two", 1));
        Path kept = Files.createDirectories(folder.resolve("kept"));
        for (String file : List.of("plan.jsonl", "results.csv", "tables/provenance.csv")) {
            Files.copy(once.resolve(file), kept.resolve(Path.of(file).getFileName()));
        }
        collect(folder.resolve("again"), kept, run("three", 2));
        collect(folder.resolve("joined"), once, folder.resolve("three"));
        collect(folder.resolve("all"), folder.resolve("one"), folder.resolve("two"), folder.resolve("three"));
        String all = Files.readString(folder.resolve("all/tables/provenance.csv"));
        assertEquals(all, Files.readString(folder.resolve("again/tables/provenance.csv")));
        assertEquals(all, Files.readString(folder.resolve("joined/tables/provenance.csv")));
    }

    @Test
    void aTextIsFilledInWithWhatWasFound() throws IOException {
        Path run = run("results", 0, 1, 2);
        String cell = "Rotation is {{cell r2_image vicreg angle}}, mirrored {{ cell r2_image vicreg angle protocol=reflect }}.\n";
        collect(run, Optional.of(text("# Found\n\n" + cell + "{{claim a holds}}: {{test a angle vicreg-angle vicreg}}\n\n{{table r2_image}}\n"
                + "{{claims}}\n{{cost}}\n{{curves}}\n")), run);
        String page = Files.readString(run.resolve("page.md"));
        String table = Files.readString(run.resolve("tables/r2_image.md"));
        String main = StoredRuns.lines(table, "| VICReg ").lines().findFirst().orElseThrow().split("\\|")[2].replaceAll("[*_]|\\(.*\\)", "").strip();
        assertTrue(page.startsWith("<!-- text.md, filled in by equirepro collect --text: change that -->\n# Found\n\nRotation is " + main + ", mirrored "), page);
        assertFalse(page.contains("{{"), page);
        assertTrue(page.contains("\nholds: vicreg-angle above vicreg in angle: holds, difference +"), page);
        assertTrue(page.contains(table.strip()) && page.contains(Files.readString(run.resolve("tables/claims.md")).strip())
                && page.contains(Files.readString(run.resolve("cost/cost.md")).strip()), page);
        String before = Files.readString(run.resolve("results.csv"));
        wrong(run, "{{cell r2_image nobody angle}}", "line 1: no block of table r2_image has row nobody and column angle");
        wrong(run, "\n{{claim a fails}}", "line 2: the text says of claim a that it fails, the results say holds");
        wrong(run, "{{claim z holds}}", "no claim z among [a, ");
        wrong(run, "{{test a angle vicreg vicreg}}", "claim a compares no angle vicreg vicreg");
        wrong(run, "{{cell r2_image vicreg angle colour=red}}", "a cell has features=WORD and protocol=WORD");
        wrong(run, "{{tabel r2_image}}", "{{tabel r2_image}} is none of table NAME, claims");
        assertEquals(before, Files.readString(run.resolve("results.csv")));
    }

    private Path text(String words) throws IOException {
        return Files.writeString(folder.resolve("text.md"), words);
    }

    private void wrong(Path run, String words, String message) throws IOException {
        Path text = text(words);
        UserError error = assertThrows(UserError.class, () -> collect(run, Optional.of(text), run));
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }

    @Test
    void eachOfManyResultsStandsInItsCell() throws IOException {
        int seeds = 10;
        Path run = run("results", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        AtomicFiles.deleteTree(run.resolve("evaluations"));
        List<ResultRow> rows = new ArrayList<>();
        for (int i = 0; i < 1250; i++) {
            for (String target : List.of("angle", "color", "blur", "trans")) {
                for (String encoder : List.of("vicreg", "vicreg-angle")) {
                    rows.add(new ResultRow("sample", encoder, i % seeds, "r2_image", "d" + i / seeds % 25, target, "all",
                            "f" + i / (25 * seeds), "zero_fill", "r2", rows.size() * 1e-4, 0, 100, "r2"));
                }
            }
        }
        ResultRow.write(run.resolve("results.csv"), rows);
        collect(folder.resolve("out"), run);
        rows.sort(ResultRow.ORDER);
        assertEquals(rows, ResultRow.read(folder.resolve("out/results.csv")));
        CsvRows table = CsvSchema.builtIn("r2_image").read(folder.resolve("out/tables/r2_image.csv"));
        Map<String, String> cells = new HashMap<>();
        for (int i = 0; i < table.size(); i++) {
            cells.put(String.join("/", table.text(i, "dataset"), table.text(i, "features"), table.text(i, "row"), table.text(i, "column")),
                    table.text(i, "values"));
        }
        for (ResultRow row : rows) {
            String[] values = cells.get(String.join("/", row.dataset(), row.features(), row.encoder(), row.target())).split(" ");
            assertEquals(seeds, values.length);
            assertEquals(row.value(), Double.parseDouble(values[row.seed()]), row.toString());
        }
    }
}
