package org.equirepro.reporting.tables;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.runs.SummaryFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {

    private static final String[] ALL = Sample.ALL;

    @TempDir
    Path folder;

    private Path results(String name, List<ResultRow> rows) {
        Path file = folder.resolve(name);
        ResultRow.write(file, rows);
        return file;
    }

    private Path write(Settings config, List<ResultRow> rows) {
        Path out = folder.resolve("out");
        SummaryFolder.write(config, List.of(results("result.csv", rows)), Sample.PAPER, Sample.SCHEMAS, out);
        return out.resolve("tables");
    }

    private static List<ResultRow> everything(int seeds) {
        return Sample.everything(seeds);
    }

    private static void assertSnapshot(String name, Path found) throws IOException {
        String text = Files.readString(found);
        String snapshots = System.getProperty("equirepro.snapshots");
        if (snapshots != null) {
            Files.createDirectories(Path.of(snapshots));
            Files.writeString(Path.of(snapshots, name), text);
            return;
        }
        try (var in = TablesTest.class.getResourceAsStream("/snapshots/" + name)) {
            assertEquals(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8), text, name);
        }
    }

    @Test
    void everyFormatIsAsItWasReviewed() throws IOException {
        Path tables = write(Sample.paperScale(3, ALL), everything(3));
        for (String name : List.of("r2_image", "r2_image_parameters", "ablation_k", "r2_3diebench", "retrieval", "linear_probe", "knn",
                "dense", "dense_details", "claims")) {
            for (String format : List.of("csv", "md", "tex")) {
                assertSnapshot(name + "." + format, tables.resolve(name + "." + format));
            }
        }
        assertSnapshot("notes.csv", tables.resolve("notes.csv"));
        assertFalse(Files.exists(tables.resolve("r2_3diebench_parameters.csv")), "no single parameter of 3DIEBench was measured");
    }

    /** Top-1, mean over classes and average precision in one table; what is not a set's own stands in another block. */
    @Test
    void everyDataSetIsShownByItsOwnMetric() throws IOException {
        String plain = Sample.config(2, "linear_probe").canonical();
        Settings config = Settings.parseJson("config.json", plain.substring(0, plain.length() - 1)
                + ",\"class_metrics\":{\"aircraft\":\"mean_per_class\",\"voc2007\":\"map11\"}}");
        Path tables = write(config, Sample.dataSets(2));
        for (String format : List.of("csv", "md")) {
            assertSnapshot("linear_probe_metrics." + format, tables.resolve("linear_probe." + format));
        }
    }

    @Test
    void theOrderOfTheFilesDoesNotMatter() throws IOException {
        List<ResultRow> rows = everything(2);
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < rows.size(); i += 7) {
            files.add(results("part" + i + ".csv", rows.subList(i, Math.min(i + 7, rows.size()))));
        }
        SummaryFolder.write(Sample.config(2, ALL), files, Sample.PAPER, Sample.SCHEMAS, folder.resolve("a"));
        Collections.reverse(files);
        SummaryFolder.write(Sample.config(2, ALL), files, Sample.PAPER, Sample.SCHEMAS, folder.resolve("b"));
        try (var entries = Files.walk(folder.resolve("a"))) {
            for (Path file : entries.filter(Files::isRegularFile).toList()) {
                Path twin = folder.resolve("b").resolve(folder.resolve("a").relativize(file));
                assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(twin), file.toString());
            }
        }
    }

    @Test
    void mergedResultsAreTheInputsSorted() {
        List<ResultRow> rows = everything(2);
        List<Path> files = List.of(results("one.csv", rows.subList(20, rows.size())), results("two.csv", rows.subList(0, 20)));
        SummaryFolder.write(Sample.config(2, ALL), files, Sample.PAPER, Sample.SCHEMAS, folder.resolve("out"));
        List<ResultRow> expected = new ArrayList<>(rows);
        expected.sort(ResultRow.ORDER);
        assertEquals(expected, ResultRow.read(folder.resolve("out/results.csv")));
    }

    @Test
    void oneSeedHasNoSpreadAndSaysSo() throws IOException {
        String text = Files.readString(write(Sample.config(1, "r2_image"), Sample.image(1)).resolve("r2_image.md"));
        String grid = text.lines().filter(line -> line.startsWith("|")).reduce("", String::concat);
        assertFalse(grid.contains("±"), grid);
        assertTrue(text.contains("n = 1: one seed a cell (0), so no spread can be given."), text);
    }

    @Test
    void missingCellsAreMarkedAndExplained() throws IOException {
        List<ResultRow> rows = new ArrayList<>(Sample.image(2));
        rows.removeIf(row -> row.encoder().equals("vicreg") && row.target().equals("blur"));
        rows.removeIf(row -> row.encoder().equals("untrained") && row.target().equals("trans") && row.seed() == 1);
        String text = Files.readString(write(Sample.config(2, "r2_image"), rows).resolve("r2_image.md"));
        String main = text.substring(0, text.indexOf("## ", text.indexOf("## ") + 3));
        String vicreg = main.lines().filter(line -> line.startsWith("| VICReg")).findFirst().orElseThrow();
        assertTrue(vicreg.matches("\\| VICReg +\\|[^|]+\\|[^|]+\\| none \\(a\\) \\(-\\) +\\|[^|]+\\| none \\(b\\) \\(-\\) +\\|"),
                vicreg);
        assertTrue(main.contains("- (a) encoder vicreg has no result for blur."), main);
        assertTrue(main.contains("- (b) the mean needs all of its columns, for the same seed."), main);
        assertTrue(main.contains("encoder sie has no result in this run"), main);
        String untrained = main.lines().filter(line -> line.startsWith("| untrained")).findFirst().orElseThrow();
        assertTrue(untrained.contains("0.762** n=1"), untrained);
        assertTrue(main.contains("untrained: not every cell has seed 1 of the study's 2."), main);
    }

    @Test
    void aColumnThatNobodyFillsIsExplainedOnce() throws IOException {
        List<ResultRow> rows = new ArrayList<>(Sample.image(1));
        rows.removeIf(row -> !row.target().equals("angle"));
        String text = Files.readString(write(Sample.config(1, "r2_image"), rows).resolve("r2_image.md"));
        String main = text.substring(0, text.indexOf("## ", text.indexOf("## ") + 3));
        assertEquals(1, main.lines().filter(line -> line.contains("nothing was measured in this column")).count(), main);
        assertFalse(main.contains("has no result for"), main);
    }

    @Test
    void aTaskWithoutAnyResultStillGivesATable() throws IOException {
        Path tables = write(Sample.config(1, "r2_image", "linear_probe"), Sample.image(1));
        String text = Files.readString(tables.resolve("linear_probe.md"));
        assertTrue(text.contains("encoder vicreg has no result in this block"), text);
        assertTrue(text.contains("## Nothing was measured"), text);
        assertTrue(text.contains("constant prediction   | none (e)"), text);
    }

    @Test
    void everyCellStandsInTheCsv() {
        CsvRows csv = CsvSchema.read(Sample.SCHEMAS, "r2_image")
                .read(write(Sample.config(3, "r2_image"), Sample.image(3)).resolve("r2_image.csv"));
        // 3 blocks of 5 rows and 5 columns, 1 uncentred block of 5 rows and 1 column
        assertEquals(3 * 25 + 5, csv.size());
        int found = -1;
        for (int i = 0; i < csv.size(); i++) {
            if (csv.text(i, "row").equals("vicreg-angle") && csv.text(i, "column").equals("angle") && found < 0) {
                found = i;
            }
        }
        assertEquals(0.662, csv.number(found, "mean"), 1e-12);
        assertEquals(0.004, csv.number(found, "std"), 1e-12);
        assertEquals("3", csv.text(found, "n"));
        assertEquals("0 1 2", csv.text(found, "seeds"));
        assertEquals("best", csv.text(found, "rank"));
        assertEquals("0.9983", csv.text(found, "paper_value"));
        assertEquals("0.0005", csv.text(found, "paper_spread"));
    }

    @Test
    void whatWasWrittenCanBeReadBack() {
        Settings config = Sample.config(3, ALL);
        Path tables = write(config, everything(3));
        List<Table> read = TableCsv.read(tables, TablesConfig.of(config));
        assertEquals(List.of(TableKind.R2_IMAGE, TableKind.R2_IMAGE_PARAMETERS, TableKind.R2_3DIEBENCH, TableKind.RETRIEVAL,
                TableKind.LINEAR_PROBE, TableKind.KNN, TableKind.DENSE, TableKind.DENSE_DETAILS),
                read.stream().map(Table::kind).toList());
        TablesConfig study = TablesConfig.of(config);
        List<ResultRow> rows = everything(3);
        rows.sort(ResultRow.ORDER);
        PaperValues paper = PaperValues.read(Sample.PAPER, CsvSchema.read(Sample.SCHEMAS, "paper-values"));
        TableBuilder builder = new TableBuilder(study, rows, paper);
        read.forEach(table -> assertEquals(builder.build(table.kind()).orElseThrow(), table));
    }

    @Test
    void aSecondValueForACellNamesBothPlaces() {
        Path one = results("one.csv", Sample.probe(1));
        Path two = results("two.csv", Sample.probe(1).subList(1, 2));
        UserError error = assertThrows(UserError.class, () -> SummaryFolder.write(Sample.config(1, ALL), List.of(one, two), Sample.PAPER,
                Sample.SCHEMAS, folder.resolve("out")));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().contains("two.csv: row 1 is a second value for the cell of "), error.getMessage());
        assertTrue(error.getMessage().contains("one.csv, row 2"), error.getMessage());
        assertTrue(error.getMessage().contains("encoder vicreg"), error.getMessage());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void resultsThatDoNotBelongAreRefused() {
        ResultRow stranger = Sample.row("other", 0, "r2_image", "angle", "all", "split_mean", "zero_fill", "r2", 0.5, 0);
        assertRefused(List.of(stranger), "row 1, column encoder: study sample has no encoder 'other'");
        ResultRow seed = Sample.row("vicreg", 7, "r2_image", "angle", "all", "split_mean", "zero_fill", "r2", 0.5, 0);
        assertRefused(List.of(seed), "row 1, column seed: 7 is not a seed of the study: [0]");
        ResultRow study = new ResultRow("else", "vicreg", 0, "r2_image", "d", "angle", "all", "f", "p", "r2", 0, 0, 1, "r");
        assertRefused(List.of(study), "row 1, column study: 'else' is not this study (sample)");
    }

    private void assertRefused(List<ResultRow> rows, String message) {
        UserError error = assertThrows(UserError.class, () -> write(Sample.config(1, ALL), rows));
        assertTrue(error.getMessage().endsWith(message), error.getMessage());
    }

    @Test
    void anUnknownPaperRowAndAnUnknownTableAreRefused() {
        Settings wrong = Settings.parseJson("config.json",
                Sample.config(1, "r2_image").canonical().replace("SIE(rot)\"", "SIE(rott)\""));
        UserError row = assertThrows(UserError.class, () -> write(wrong, Sample.image(1)));
        assertTrue(row.getMessage().contains("encoder sie: the paper's values have no row 'SIE(rott)'"), row.getMessage());
        UserError table = assertThrows(UserError.class, () -> write(Sample.config(1, "r3_image"), Sample.image(1)));
        assertTrue(table.getMessage().contains("tables: no table is known for 'r3_image'"), table.getMessage());
    }

    @Test
    void thePapersMeanIsThatOfItsColumns() {
        PaperValues paper = PaperValues.read(Sample.PAPER, CsvSchema.read(Sample.SCHEMAS, "paper-values"));
        Table.Column mean = TableKind.R2_IMAGE.describe("mean", "r2");
        String[] rows = {"SIE(rot)", "SIE(color)", "SIE(blur)", "SIE(trans)", "SIE(all)", "cross_atten_recon",
                "all, inter(trans)"};
        String[] printed = {"0.610", "0.355", "0.542", "0.525", "0.592", "0.878", "0.9710"};
        for (int i = 0; i < rows.length; i++) {
            assertEquals(printed[i], PaperCells.find(paper, TableKind.R2_IMAGE, rows[i], mean).orElseThrow().value(), rows[i]);
        }
        // fractions of the poster become per cent in a column of per cent
        assertEquals("82.0", PaperCells.find(paper, TableKind.R2_3DIEBENCH, "SIE(rot)",
                TableKind.R2_3DIEBENCH.describe("class", "top1"))
                .orElseThrow().value());
    }

    @Test
    void tablesKnowNothingOfTheReport() throws IOException {
        Path source = Sample.HOME.resolve("java-tools/reporting/src/main/java/org/equirepro/reporting/tables");
        try (var files = Files.list(source)) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                assertFalse(text.contains("reporting.report"), file.toString());
                assertFalse(text.contains("ai.djl"), file.toString());
            }
        }
    }
}
