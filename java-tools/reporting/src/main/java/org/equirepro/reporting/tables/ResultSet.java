package org.equirepro.reporting.tables;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.equirepro.base.ResultRow;
import org.equirepro.base.UserError;

/** The results of all evaluations of a study, sorted by key. */
public final class ResultSet {

    private ResultSet() {}

    /** Reads and joins the files; a value of another study, encoder or seed and a second value for a cell are refused. */
    public static List<ResultRow> read(TablesConfig config, List<Path> files, CsvSchema schema) {
        if (files.isEmpty()) {
            throw UserError.usage("no results were given; name at least one result.csv");
        }
        return join(config, files.stream().map(schema::read).toList(), schema, false);
    }

    /**
     * Joins results that were read.
     *
     * @param again true if a cell may come twice with the same value, as where two runs share a seed
     */
    public static List<ResultRow> join(TablesConfig config, List<CsvRows> files, CsvSchema schema, boolean again) {
        Set<String> encoders = config.rows().stream().map(TablesConfig.EncoderRow::encoder).collect(Collectors.toSet());
        Set<Integer> seeds = Set.copyOf(config.seeds());
        // files are sorted: in their order there is little left to sort
        Map<String, Found> rows = new LinkedHashMap<>(2 * files.stream().mapToInt(CsvRows::size).sum());
        for (CsvRows csv : files) {
            for (int i = 0; i < csv.size(); i++) {
                ResultRow row = row(csv, i);
                checkBelongs(config, encoders, seeds, csv.file(), i, row);
                Found found = new Found(row.key(), row, csv, i);
                Found twin = rows.put(found.key(), found);
                if (twin != null && !(again && twin.row().equals(row))) {
                    throw UserError.badData(csv.file(), "row " + (i + 1) + " is a second value for the cell of " + twin.csv().file()
                            + ", row " + (twin.line() + 1) + ": " + schema.describe(csv.cells(i)));
                }
            }
        }
        return rows.values().stream().sorted(Comparator.comparing(Found::key)).map(Found::row).toList();
    }

    /** A row with its key and where it was read. */
    private record Found(String key, ResultRow row, CsvRows csv, int line) {}

    public static void write(Path file, List<ResultRow> rows, CsvSchema schema) {
        schema.write(file, rows.stream().map(r -> new String[] {r.study(), r.encoder(), Integer.toString(r.seed()), r.task(),
            r.dataset(), r.target(), r.parameter(), r.features(), r.protocol(), r.metric(), Double.toString(r.value()),
            Double.toString(r.floor()), Long.toString(r.samples()), r.recipe()}).toList());
    }

    private static ResultRow row(CsvRows csv, int i) {
        return new ResultRow(csv.text(i, "study"), csv.text(i, "encoder"), (int) csv.whole(i, "seed"), csv.text(i, "task"),
                csv.text(i, "dataset"), csv.text(i, "target"), csv.text(i, "parameter"), csv.text(i, "features"),
                csv.text(i, "protocol"), csv.text(i, "metric"), csv.number(i, "value"), csv.number(i, "floor"),
                csv.whole(i, "samples"), csv.text(i, "recipe"));
    }

    private static void checkBelongs(TablesConfig config, Set<String> encoders, Set<Integer> seeds, Path file, int line,
            ResultRow row) {
        if (!row.study().equals(config.study())) {
            throw UserError.badData(file, "row " + (line + 1) + ", column study: '" + row.study() + "' is not this study (" + config.study()
                    + ")");
        }
        if (!encoders.contains(row.encoder())) {
            throw UserError.badData(file, "row " + (line + 1) + ", column encoder: study " + config.study() + " has no encoder '"
                    + row.encoder() + "'");
        }
        if (!seeds.contains(row.seed())) {
            throw UserError.badData(file, "row " + (line + 1) + ", column seed: " + row.seed() + " is not a seed of the study: "
                    + config.seeds());
        }
    }
}
