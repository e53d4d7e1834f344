package org.equirepro.reporting.tables;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of a CSV file that passed its schema. */
public final class CsvRows {

    private final Path file;
    private final Map<String, Integer> columns = new HashMap<>();
    private final List<String[]> rows;

    CsvRows(Path file, List<String> columns, List<String[]> rows) {
        this.file = file;
        for (int c = 0; c < columns.size(); c++) {
            this.columns.put(columns.get(c), c);
        }
        this.rows = rows;
    }

    public int size() {
        return rows.size();
    }

    public Path file() {
        return file;
    }

    /** The cells of row {@code i}, counted from 0. */
    String[] cells(int i) {
        return rows.get(i);
    }

    public String text(int row, String column) {
        Integer index = columns.get(column);
        if (index == null) {
            throw new IllegalArgumentException("no column " + column + " among " + columns.keySet());
        }
        return rows.get(row)[index];
    }

    public double number(int row, String column) {
        return Double.parseDouble(text(row, column));
    }

    public long whole(int row, String column) {
        return Long.parseLong(text(row, column));
    }

    /** True if the cell holds nothing. */
    public boolean isEmpty(int row, String column) {
        return text(row, column).isEmpty();
    }
}
