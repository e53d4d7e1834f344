package org.equirepro.reporting.tables;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.equirepro.base.UserError;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.BlockKey;
import org.equirepro.reporting.tables.Table.Cell;
import org.equirepro.reporting.tables.Table.Column;
import org.equirepro.reporting.tables.Table.Printed;
import org.equirepro.reporting.tables.Table.Rank;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;

/** A table as CSV, one cell a row, from which it can be made again. */
public final class TableCsv {

    private TableCsv() {}

    static void write(Path file, Table table, CsvSchema schema) {
        List<String[]> lines = new ArrayList<>();
        for (Block block : table.blocks()) {
            for (Row row : block.rows()) {
                for (int c = 0; c < block.columns().size(); c++) {
                    lines.add(line(block, row, block.columns().get(c), row.cells().get(c)));
                }
            }
        }
        schema.write(file, lines);
    }

    static void writeNotes(Path file, List<Table> tables, CsvSchema schema) {
        List<String[]> lines = new ArrayList<>();
        for (Table table : tables) {
            for (int b = 0; b < table.blocks().size(); b++) {
                List<String> notes = table.blocks().get(b).notes();
                for (int n = 0; n < notes.size(); n++) {
                    lines.add(new String[] {table.kind().id(), Integer.toString(b + 1), Integer.toString(n + 1), notes.get(n)});
                }
            }
        }
        schema.write(file, lines);
    }

    /** Reads the tables of a study from the folder that holds their CSV files. */
    public static List<Table> read(Path folder, TablesConfig config) {
        CsvRows notes = CsvSchema.builtIn("notes").read(folder.resolve("notes.csv"));
        List<Table> tables = new ArrayList<>();
        for (String task : config.tables()) {
            for (TableKind kind : TableKind.ofTable(task)) {
                Path file = folder.resolve(kind.id() + ".csv");
                if (!kind.isDetail() || java.nio.file.Files.exists(file)) {
                    tables.add(read(file, kind, notes));
                }
            }
        }
        return List.copyOf(tables);
    }

    private static Table read(Path file, TableKind kind, CsvRows notes) {
        CsvRows csv = CsvSchema.builtIn(kind.id()).read(file);
        Map<BlockKey, Map<String, List<Integer>>> lines = new LinkedHashMap<>();
        for (int i = 0; i < csv.size(); i++) {
            BlockKey key = new BlockKey(csv.text(i, "dataset"), csv.text(i, "recipe"), csv.text(i, "features"),
                    csv.text(i, "protocol"), csv.text(i, "variant"));
            lines.computeIfAbsent(key, k -> new LinkedHashMap<>()).computeIfAbsent(csv.text(i, "row"), r -> new ArrayList<>())
                    .add(i);
        }
        List<Block> blocks = new ArrayList<>();
        lines.forEach((key, byRow) -> {
            List<Integer> first = byRow.values().iterator().next();
            List<Column> columns = first.stream().map(i -> kind.describe(csv.text(i, "column"), csv.text(i, "metric")))
                    .toList();
            List<Row> rows = byRow.values().stream().map(cells -> row(csv, cells, columns)).toList();
            blocks.add(new Block(key, columns, rows, notes(notes, kind, blocks.size() + 1)));
        });
        return new Table(kind, List.copyOf(blocks));
    }

    private static Row row(CsvRows csv, List<Integer> lines, List<Column> columns) {
        int first = lines.get(0);
        List<String> found = lines.stream().map(i -> csv.text(i, "column")).toList();
        if (!found.equals(columns.stream().map(Column::id).toList())) {
            throw UserError.badData(csv.file(), "row " + (first + 1) + ", column column: " + csv.text(first, "row")
                    + " has the columns " + found + ", the rows before it others");
        }
        return new Row(csv.text(first, "row"), csv.text(first, "label"), RowKind.valueOf(upper(csv.text(first, "kind"))),
                optional(csv.text(first, "paper_row")), lines.stream().map(i -> cell(csv, i)).toList());
    }

    private static Cell cell(CsvRows csv, int i) {
        Optional<Statistic> measured = Optional.empty();
        boolean missing = csv.isEmpty(i, "mean");
        if (missing == csv.isEmpty(i, "missing")) {
            throw UserError.badData(csv.file(), "row " + (i + 1)
                    + ": exactly one of the columns mean and missing must be filled");
        }
        if (!missing) {
            List<Integer> seeds = Stream.of(csv.text(i, "seeds").split(" ")).map(Integer::valueOf).toList();
            measured = Optional.of(new Statistic(csv.number(i, "mean"),
                    csv.isEmpty(i, "std") ? OptionalDouble.empty() : OptionalDouble.of(csv.number(i, "std")), seeds,
                    Stream.of(csv.text(i, "values").split(" ")).map(Double::valueOf).toList()));
        }
        Optional<Printed> paper = optional(csv.text(i, "paper_value"))
                .map(value -> new Printed(value, optional(csv.text(i, "paper_spread"))));
        return new Cell(measured, Rank.valueOf(upper(csv.text(i, "rank"))), paper, Verdict.valueOf(upper(csv.text(i, "verdict"))),
                csv.text(i, "missing"));
    }

    private static List<String> notes(CsvRows notes, TableKind kind, int block) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < notes.size(); i++) {
            if (notes.text(i, "table").equals(kind.id()) && notes.whole(i, "block") == block) {
                found.add(notes.text(i, "text"));
            }
        }
        return List.copyOf(found);
    }

    private static String[] line(Block block, Row row, Column column, Cell cell) {
        BlockKey key = block.key();
        Optional<Statistic> found = cell.measured();
        return new String[] {key.dataset(), key.recipe(), key.features(), key.protocol(), key.variant(), row.id(), row.label(),
            lower(row.kind()), column.id(), column.metric(),
            found.map(s -> Double.toString(s.mean())).orElse(""),
            found.filter(s -> s.std().isPresent()).map(s -> Double.toString(s.std().getAsDouble())).orElse(""),
            Integer.toString(found.map(Statistic::n).orElse(0)),
            found.map(s -> String.join(" ", s.seeds().stream().map(String::valueOf).toList())).orElse(""),
            found.map(s -> String.join(" ", s.values().stream().map(String::valueOf).toList())).orElse(""),
            found.filter(s -> s.n() > 1).map(s -> Double.toString(s.halfWidth().getAsDouble())).orElse(""),
            lower(cell.rank()), row.paper().orElse(""), cell.paper().map(Printed::value).orElse(""),
            cell.paper().flatMap(Printed::spread).orElse(""), cell.verdict().id(), cell.missing()};
    }

    private static Optional<String> optional(String cell) {
        return cell.isEmpty() ? Optional.empty() : Optional.of(cell);
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}
