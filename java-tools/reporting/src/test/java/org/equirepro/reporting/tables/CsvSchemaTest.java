package org.equirepro.reporting.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.UserError;
import org.equirepro.reporting.runs.SummaryFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class CsvSchemaTest {

    private static final String GOOD = "mini,vicreg,0,r2_image,cifar10,angle,all,split_mean,zero_fill,r2,0.931,-0.001,2500,probe";

    @TempDir
    Path folder;

    private Path results(String... lines) throws IOException {
        Path file = folder.resolve("result.csv");
        Files.writeString(file, String.join(",", ResultRow.COLUMNS) + "\n" + String.join("\n", lines) + "\n");
        return file;
    }

    private static String problem(String schema, Path file) {
        UserError error = assertThrows(UserError.class, () -> CsvSchema.read(Sample.SCHEMAS, schema).read(file));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertFalse(error.getMessage().contains("\n"));
        return error.getMessage();
    }

    @Test
    void theSchemaHasTheColumnsOfResultRow() throws IOException {
        CsvSchema schema = CsvSchema.read(Sample.SCHEMAS, "results");
        assertEquals(ResultRow.COLUMNS, schema.columns());
        assertEquals(1, schema.read(results(GOOD)).size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0.931     | NaN       | row 2, column value: not a finite number: 'NaN'",
        "0.931     | Infinity  | row 2, column value: not a finite number: 'Infinity'",
        "0.931     | -inf      | row 2, column value: not a finite number: '-inf'",
        "0.931     | 1e999     | row 2, column value: too large to be a number here: 1e999",
        "0.931     | \"0,931\" | row 2, column value: '0,931' has a decimal comma; write a decimal point",
        "0.931     | 0,931     | row 2: 15 cells instead of 14; a number with a decimal comma",
        "0.931     | .931      | row 2, column value: not a finite number: '.931'",
        "0.931     | 0x1p3     | row 2, column value: not a finite number: '0x1p3'",
        "0.931     | 931       | row 2, column value: must be at most 100, found 931",
        "0.931     | ''        | row 2, column value: not a finite number: ''",
        "vicreg,0, | vicreg,x, | row 2, column seed: not a whole number: 'x'",
        "vicreg,0, | vicreg,-1, | row 2, column seed: must be at least 0, found -1",
        "vicreg,0, | ',0,'     | row 2, column encoder: is empty",
        "r2_image  | r2_images | row 2, column task: must be one of r2_image, r2_3diebench, retrieval, linear_probe, knn, logreg, segment, homography, detect, keypoints, depth, video, found 'r2_images'",
        "split_mean | Split    | row 2, column features: must match ^[a-z0-9_]+$, found 'Split'"})
    void aWrongCellIsNamedWithRowAndColumn(String from, String to, String message) throws IOException {
        String second = GOOD.replace(from, to);
        assertTrue(!second.equals(GOOD));
        Path file = results(GOOD.replace("vicreg", "other"), second);
        assertTrue(problem("results", file).startsWith(file + ": " + message), () -> problem("results", file));
    }

    @Test
    void aRepeatedKeyNamesBothRows() throws IOException {
        String message = problem("results", results(GOOD, GOOD.replace("vicreg", "other"), GOOD.replace("0.931", "0.5")));
        assertTrue(message.contains("row 3 is a second value for the cell of row 1: study mini, encoder vicreg, seed 0"),
                message);
    }

    @Test
    void columnsMustBeThoseOfTheSchema() throws IOException {
        Path file = folder.resolve("curves.csv");
        Files.writeString(file, "series,step,epoch,metric,value,extra\n");
        assertTrue(problem("curves", file).contains("unknown column extra; the columns are series,step,epoch,metric,value"));
        Files.writeString(file, "series,step,epoch,metric\n");
        assertTrue(problem("curves", file).endsWith("column value is missing"));
        Files.writeString(file, "step,series,epoch,metric,value\n");
        assertTrue(problem("curves", file).endsWith("in this order, each once"));
        Files.writeString(file, "series,step,epoch,metric,value,value\n");
        assertTrue(problem("curves", file).endsWith("in this order, each once"));
        Files.writeString(file, "");
        assertTrue(problem("curves", file).contains("is empty; its first line must be series,step"));
        Files.write(file, new byte[] {'s', (byte) 0xff, '\n'});
        assertTrue(problem("curves", file).contains("not a readable CSV in UTF-8"));
    }

    @Test
    void whatIsWrittenIsCheckedToo() {
        CsvSchema schema = CsvSchema.read(Sample.SCHEMAS, "curves");
        Path file = folder.resolve("curves.csv");
        UserError error = assertThrows(UserError.class,
                () -> schema.write(file, List.<String[]>of(new String[] {"train", "1", "0.5", "loss", "NaN"})));
        assertTrue(error.getMessage().endsWith("row 1, column value: not a finite number: 'NaN'"), error.getMessage());
        assertFalse(Files.exists(file));
    }

    @Test
    void everySchemaIsPackedWithTheProgram() throws IOException {
        try (var files = Files.list(Sample.SCHEMAS)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".json", "");
                assertEquals(CsvSchema.read(Sample.SCHEMAS, name).columns(), CsvSchema.builtIn(name).columns());
            }
        }
    }

    /** The rules here and those of an independent validator of JSON Schema judge alike. */
    @Test
    void anotherValidatorAgrees() throws IOException {
        JsonSchema second = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Sample.SCHEMAS.resolve("results.json")));
        CsvSchema first = CsvSchema.read(Sample.SCHEMAS, "results");
        String[][] changes = {{"mini", "mini"}, {"vicreg,0,", "vicreg,-1,"}, {"vicreg", ""}, {"r2_image", "r3_image"},
                {"angle", "zoom"},
            {"split_mean", "a b"}, {"0.931", "100.5"}, {"0.931", "-7.25e-3"}, {",r2,", ",r3,"}, {"2500", "0"}, {"probe", ""}};
        int good = 0;
        for (String[] change : changes) {
            String[] cells = GOOD.replace(change[0], change[1]).split(",", -1);
            boolean accepted = second.validate(first.object(cells)).isEmpty();
            good += accepted ? 1 : 0;
            Path file = results(String.join(",", cells));
            if (accepted) {
                assertEquals(1, first.read(file).size(), change[1]);
            } else {
                assertThrows(UserError.class, () -> first.read(file), change[1]);
            }
        }
        assertEquals(2, good);
    }

    @Test
    void anotherValidatorAcceptsTheTablesAndThePapersValues() throws IOException {
        Path out = folder.resolve("out");
        Path file = folder.resolve("all.csv");
        ResultRow.write(file, Sample.everything(2));
        SummaryFolder.write(Sample.paperScale(2, Sample.ALL), List.of(file), Sample.PAPER, Sample.SCHEMAS, out);
        int checked = agree("paper-values", Sample.PAPER) + agree("results", out.resolve("results.csv"));
        for (String name : List.of("r2_image", "r2_image_parameters", "ablation_k", "r2_3diebench", "retrieval", "linear_probe", "knn", "dense",
                "dense_details", "notes", "claims")) {
            checked += agree(name, out.resolve("tables/" + name + ".csv"));
        }
        assertTrue(checked > 250, "rows checked: " + checked);
    }

    /** Reads a file by our rules and each of its rows by the other validator's; the number of rows. */
    public static int agree(String name, Path file) throws IOException {
        JsonSchema second = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(Sample.SCHEMAS.resolve(name + ".json")));
        CsvSchema first = CsvSchema.read(Sample.SCHEMAS, name);
        CsvRows rows = first.read(file);
        for (int i = 0; i < rows.size(); i++) {
            assertEquals(java.util.Set.of(), second.validate(first.object(rows.cells(i))), file + ", row " + (i + 1));
        }
        return rows.size();
    }
}
