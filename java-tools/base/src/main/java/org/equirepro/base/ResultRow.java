package org.equirepro.base;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/**
 * One measured number in long format; the schema is results-schema/results.json. All fields but {@code value}, {@code floor}
 * and {@code samples} form the key.
 *
 * @param study name of the study, e.g. {@code mini}
 * @param encoder id of the encoder's row in the study, e.g. {@code vicreg-angle}
 * @param seed seed of pretraining and probe
 * @param task the recipe's kind, e.g. {@code r2_image}, {@code retrieval}
 * @param dataset id of the data set in the study
 * @param target what is predicted: {@code angle}, {@code color}, {@code blur}, {@code trans}, {@code se2}, {@code rotation},
 *     {@code hue}, {@code class}, {@code corners}, {@code depth}, {@code objects}
 * @param parameter {@code all} for the pooled value, else one parameter such as {@code brightness}
 * @param features which features were read, e.g. {@code split_mean}, {@code whole}, {@code equivariant}
 * @param protocol variant of the protocol, e.g. {@code zero_fill}, {@code reflect}; {@code standard} where there is one only
 * @param metric e.g. {@code r2}, {@code r2_uncentred}, {@code top1}, {@code mrr}; results-schema lists all
 * @param value the number; R2 as a fraction, accuracies and mIoU in per cent, mean corner errors in pixels
 * @param floor what a constant predictor scores on the same samples
 * @param samples how many test samples the value rests on
 * @param recipe name of the evaluation's recipe
 */
public record ResultRow(String study, String encoder, int seed, String task, String dataset, String target, String parameter,
        String features, String protocol, String metric, double value, double floor, long samples, String recipe) {

    /** Version of columns and words; it grows where an older version could not read what is new. */
    public static final int SCHEMA = 1;

    public static final List<String> COLUMNS = List.of("study", "encoder", "seed", "task", "dataset", "target", "parameter",
            "features", "protocol", "metric", "value", "floor", "samples", "recipe");

    /** Order of every file of results. */
    public static final Comparator<ResultRow> ORDER = Comparator.comparing(ResultRow::key);

    private static final CSVFormat FORMAT = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').build();

    public ResultRow {
        if (!Double.isFinite(value) || !Double.isFinite(floor)) {
            throw new IllegalArgumentException("a result must be finite: " + value + ", floor " + floor);
        }
    }

    /** What must be unique among the results of a run. */
    public String key() {
        return String.join("\u001f", study, task, dataset, target, parameter, features, protocol, metric, recipe, encoder,
                "0".repeat(Math.max(0, 10 - Integer.toString(seed).length())) + seed);
    }

    /** Writes the rows, sorted by {@link #key()}; a duplicate key is an error. */
    public static void write(Path file, List<ResultRow> rows) {
        List<ResultRow> sorted = new ArrayList<>(rows);
        sorted.sort(ORDER);
        Set<String> keys = new HashSet<>();
        for (ResultRow row : sorted) {
            if (!keys.add(row.key())) {
                throw UserError.badData(file, "two values for the same cell: " + row);
            }
        }
        AtomicFiles.write(file, out -> {
            CSVPrinter printer = new CSVPrinter(new OutputStreamWriter(out, StandardCharsets.UTF_8), FORMAT);
            printer.printRecord(COLUMNS);
            for (ResultRow r : sorted) {
                printer.printRecord(r.study, r.encoder, r.seed, r.task, r.dataset, r.target, r.parameter, r.features,
                        r.protocol, r.metric, r.value, r.floor, r.samples, r.recipe);
            }
            printer.flush();
        });
    }

    /**
     * Reads a file written by {@link #write}.
     *
     * @throws UserError naming row and column if a column is missing or unknown or a value is not of its type
     */
    public static List<ResultRow> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw UserError.missing(file, "no such results file");
        }
        CSVFormat format = FORMAT.builder().setHeader().setSkipHeaderRecord(true).build();
        try (Reader reader = Files.newBufferedReader(file); CSVParser parser = format.parse(reader)) {
            if (!parser.getHeaderNames().equals(COLUMNS)) {
                throw UserError.badData(file, "columns must be " + COLUMNS + ", found " + parser.getHeaderNames());
            }
            List<ResultRow> rows = new ArrayList<>();
            for (CSVRecord r : parser) {
                rows.add(new ResultRow(r.get(0), r.get(1), (int) whole(file, r, 2), r.get(3), r.get(4), r.get(5), r.get(6), r.get(7),
                        r.get(8), r.get(9), number(file, r, 10), number(file, r, 11), whole(file, r, 12), r.get(13)));
            }
            return rows;
        } catch (IOException | java.io.UncheckedIOException e) {
            throw UserError.badData(file, "not a readable CSV: " + e.getMessage(), e);
        }
    }

    private static double number(Path file, CSVRecord record, int column) {
        try {
            double value = Double.parseDouble(record.get(column));
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw UserError.badData(file, "row " + record.getRecordNumber() + ", column " + COLUMNS.get(column)
                + ": not a finite number: '" + record.get(column) + "'");
    }

    private static long whole(Path file, CSVRecord record, int column) {
        try {
            return Long.parseLong(record.get(column));
        } catch (NumberFormatException e) {
            throw UserError.badData(file, "row " + record.getRecordNumber() + ", column " + COLUMNS.get(column)
                    + ": not a whole number: '" + record.get(column) + "'");
        }
    }
}
