package org.equirepro.reporting.tables;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * The shape of one CSV file, taken from a JSON Schema (draft 2020-12) that describes a row as an object. The columns come in
 * the order of {@code properties}; {@code x-key} lists the columns that together must be unique. Every file is read and
 * written through this class, so a wrong cell is refused with file, row and column. Rows are counted from 1 below the header.
 */
public final class CsvSchema {

    private static final List<String> KEYWORDS = List.of("$schema", "title", "description", "type", "additionalProperties",
            "x-key", "required", "properties");

    private final String name;
    private final List<CsvColumn> columns;
    private final List<String> names;
    private final List<Integer> key;

    private CsvSchema(String name, List<CsvColumn> columns, List<Integer> key) {
        this.name = name;
        this.columns = columns;
        this.names = columns.stream().map(CsvColumn::name).toList();
        this.key = key;
    }

    /** Reads {@code folder/name.json}; without a folder the schema that was packed with the program. */
    public static CsvSchema read(Path folder, String name) {
        if (folder == null) {
            return builtIn(name);
        }
        Path file = folder.resolve(name + ".json");
        return of(name, Settings.read(file));
    }

    /** The schema of this name that was packed with the program. */
    public static CsvSchema builtIn(String name) {
        String resource = "/results-schema/" + name + ".json";
        try (InputStream in = CsvSchema.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no schema is packed as " + resource);
            }
            return of(name, Settings.parseJson(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CsvSchema of(String name, Settings schema) {
        for (String keyword : schema.keys()) {
            if (!KEYWORDS.contains(keyword)) {
                throw UserError.usage(schema.source() + ": keyword " + keyword + " is not among those checked here: " + KEYWORDS);
            }
        }
        if (schema.flag("additionalProperties", true)) {
            throw UserError.usage(schema.source() + ": additionalProperties must be false");
        }
        Settings properties = schema.at("properties");
        List<CsvColumn> columns = new ArrayList<>();
        for (String column : properties.keys()) {
            columns.add(CsvColumn.of(column, properties.at(column)));
        }
        List<String> names = properties.keys();
        if (!schema.texts("required").equals(names)) {
            throw UserError.usage(schema.source() + ": required must list every column in the order of properties");
        }
        List<Integer> key = new ArrayList<>();
        for (String column : schema.texts("x-key")) {
            if (!names.contains(column)) {
                throw UserError.usage(schema.source() + ": x-key names a column that is not there: " + column);
            }
            key.add(names.indexOf(column));
        }
        return new CsvSchema(name, List.copyOf(columns), List.copyOf(key));
    }

    public String name() {
        return name;
    }

    /** The columns in the order of the file. */
    public List<String> columns() {
        return names;
    }

    /** Reads and checks a file. */
    public CsvRows read(Path file) {
        List<String[]> lines = lines(file);
        checkHeader(file, List.of(lines.get(0)));
        List<String[]> rows = lines.subList(1, lines.size());
        check(file, rows);
        return new CsvRows(file, names, rows);
    }

    /** Header and rows. */
    private List<String[]> lines(Path file) {
        if (!Files.isRegularFile(file)) {
            throw UserError.missing(file, "no such file");
        }
        try {
            List<String[]> lines = CsvText.read(file);
            if (lines.isEmpty()) {
                throw UserError.badData(file, "is empty; its first line must be " + String.join(",", names));
            }
            return lines;
        } catch (IOException | UncheckedIOException e) {
            throw UserError.badData(file, "not a readable CSV in UTF-8: " + e.getMessage(), e);
        }
    }

    /**
     * Reads what is known here of a file of a newer version: columns that are not in this schema and rows with cells that it
     * does not allow are left out.
     *
     * @param left gets what was left out, in words
     */
    public CsvRows readKnown(Path file, java.util.Set<String> left) {
        List<String[]> lines = lines(file);
        List<String> header = List.of(lines.get(0));
        List<String> absent = names.stream().filter(name -> !header.contains(name)).toList();
        if (!absent.isEmpty()) {
            throw UserError.badData(file, "column " + String.join(", ", absent) + " is missing");
        }
        header.stream().filter(name -> !names.contains(name)).forEach(name -> left.add("column " + name));
        int[] places = names.stream().mapToInt(header::indexOf).toArray();
        List<String[]> rows = new ArrayList<>();
        for (String[] line : lines.subList(1, lines.size())) {
            String[] row = new String[columns.size()];
            String problem = line.length == header.size() ? null : "of another length";
            for (int c = 0; c < row.length && problem == null; c++) {
                row[c] = line[places[c]];
                problem = columns.get(c).problem(row[c]) == null ? null : "with " + names.get(c) + " '" + row[c] + "'";
            }
            if (problem == null) {
                rows.add(row);
            } else {
                left.add("rows " + problem);
            }
        }
        check(file, rows);
        return new CsvRows(file, names, rows);
    }

    /** Checks the rows and writes them whole or not at all. */
    public void write(Path file, List<String[]> rows) {
        check(file, rows);
        AtomicFiles.write(file, out -> {
            CsvText.write(List.<String[]>of(names.toArray(String[]::new)), out);
            CsvText.write(rows, out);
        });
    }

    private void checkHeader(Path file, List<String> found) {
        if (found.equals(names)) {
            return;
        }
        LinkedHashSet<String> unknown = new LinkedHashSet<>(found);
        unknown.removeAll(names);
        if (!unknown.isEmpty()) {
            throw UserError.badData(file, "unknown column " + String.join(", ", unknown) + "; the columns are "
                    + String.join(",", names));
        }
        LinkedHashSet<String> absent = new LinkedHashSet<>(names);
        absent.removeAll(found);
        if (!absent.isEmpty()) {
            throw UserError.badData(file, "column " + String.join(", ", absent) + " is missing");
        }
        throw UserError.badData(file, "columns must be " + String.join(",", names) + " in this order, each once");
    }

    private void check(Path file, List<String[]> rows) {
        Map<String, Integer> seen = new HashMap<>(2 * rows.size());
        String[] good = new String[columns.size()]; // the last good cell of each column: words repeat from row to row
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            String[] row = rows.get(i);
            if (row.length != columns.size()) {
                throw UserError.badData(file, "row " + (i + 1) + ": " + row.length + " cells instead of " + columns.size()
                        + (row.length > columns.size() ? "; a number with a decimal comma, or a text with a comma and no quotes?"
                        : ""));
            }
            for (int c = 0; c < row.length; c++) {
                if (row[c].equals(good[c])) {
                    continue;
                }
                String problem = columns.get(c).problem(row[c]);
                if (problem != null) {
                    throw UserError.badData(file, "row " + (i + 1) + ", column " + names.get(c) + ": " + problem);
                }
                good[c] = row[c];
            }
            id.setLength(0);
            for (int c : key) {
                id.append(row[c]).append('\u001f');
            }
            Integer first = seen.put(id.toString(), i + 1);
            if (first != null) {
                throw UserError.badData(file, "row " + (i + 1) + " is a second value for the cell of row " + first + ": "
                        + describe(row));
            }
        }
    }

    /** The key of a row in words. */
    String describe(String[] row) {
        StringBuilder text = new StringBuilder();
        for (int c : key) {
            text.append(text.isEmpty() ? "" : ", ").append(names.get(c)).append(' ').append(row[c]);
        }
        return text.toString();
    }

    /** The row as the object that the schema describes; an empty cell of a nullable column is null. */
    JsonNode object(String[] row) {
        var object = Settings.object();
        for (int c = 0; c < columns.size(); c++) {
            object.set(names.get(c), columns.get(c).value(row[c]));
        }
        return object;
    }
}
