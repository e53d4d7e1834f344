package org.equirepro.reporting.tables;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The numbers of the poster and of the paper, with the digits that are printed there. */
public final class PaperValues {

    /**
     * One printed number.
     *
     * @param spread what stands after its plus-minus sign, if anything does
     * @param remark conflicts between sources, or empty
     */
    public record Value(String table, String row, String column, BigDecimal value, Optional<BigDecimal> spread, String unit,
            String source, String remark) {}

    private final Map<String, Value> values;

    private PaperValues(Map<String, Value> values) {
        this.values = values;
    }

    /** Reads and checks {@code conf/paper-values.csv}. */
    public static PaperValues read(Path file, CsvSchema schema) {
        CsvRows rows = schema.read(file);
        Map<String, Value> values = new LinkedHashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            Optional<BigDecimal> spread = rows.isEmpty(i, "spread") ? Optional.empty()
                    : Optional.of(new BigDecimal(rows.text(i, "spread")));
            Value value = new Value(rows.text(i, "table"), rows.text(i, "row"), rows.text(i, "column"),
                    new BigDecimal(rows.text(i, "value")), spread, rows.text(i, "unit"), rows.text(i, "source"),
                            rows.text(i, "remark"));
            values.put(key(value.table(), value.row(), value.column()), value);
        }
        return new PaperValues(values);
    }

    public Optional<Value> find(String table, String row, String column) {
        return Optional.ofNullable(values.get(key(table, row, column)));
    }

    /** The rows of a table in the order of the file. */
    public List<String> rows(String table) {
        Set<String> rows = new LinkedHashSet<>();
        values.values().stream().filter(value -> value.table().equals(table)).forEach(value -> rows.add(value.row()));
        return List.copyOf(rows);
    }

    /** True if any table has a row of this name. */
    public boolean hasRow(String row) {
        return values.values().stream().anyMatch(value -> value.row().equals(row));
    }

    private static String key(String table, String row, String column) {
        return table + '\u001f' + row + '\u001f' + column;
    }
}
