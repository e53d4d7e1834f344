package org.equirepro.reporting.tables;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.BlockKey;
import org.equirepro.reporting.tables.Table.Cell;
import org.equirepro.reporting.tables.Table.Column;
import org.equirepro.reporting.tables.Table.Printed;
import org.equirepro.reporting.tables.Table.Rank;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;

/** The computation cost in the form of the other tables: a block for each stage, a row for each encoder, nothing ranked. */
public final class CostTable {

    private static final List<String> COLUMNS = List.of("devices", "seconds_per_epoch", "epochs", "device_hours", "planned_hours",
            "peak_memory", "energy");

    /**
     * What one encoder took in one stage.
     *
     * @param stage {@code pretraining} or the kind of an evaluation
     * @param columns column id to one number a seed
     */
    public record Entry(String stage, String encoder, Map<String, Map<Integer, Double>> columns) {}

    private CostTable() {}

    /**
     * Makes the table.
     *
     * @param posterRows the poster's row beside an encoder's pretraining
     * @param overheads remarks for the first block
     */
    public static Table of(TablesConfig study, List<Entry> entries, Map<String, String> posterRows, List<String> overheads,
            PaperValues paper) {
        Map<String, List<Entry>> stages = new LinkedHashMap<>();
        entries.forEach(entry -> stages.computeIfAbsent(entry.stage(), s -> new ArrayList<>()).add(entry));
        List<Block> blocks = new ArrayList<>();
        stages.forEach((stage, some) -> {
            List<Column> columns = COLUMNS.stream().filter(id -> some.stream().anyMatch(entry -> entry.columns().containsKey(id)))
                    .map(id -> TableKind.COST.describe(id, id)).toList();
            List<Row> rows = some.stream().map(entry -> row(study, entry, columns, posterRows, paper)).toList();
            Block block = new Block(new BlockKey("all", "cost", stage, "standard", "main"), columns, rows, List.of());
            List<String> notes = new ArrayList<>(List.of("Devices: GPUs, or threads of a CPU where there is no GPU. Seconds by the "
                    + "task's own meter, or by the trace where it has none; memory of the process. Nothing is ranked."));
            if (columns.stream().anyMatch(column -> column.id().equals("planned_hours"))) {
                notes.add("planned: device hours that the plan reckons for an A100; compare them only with a run on one.");
            }
            notes.add(columns.stream().anyMatch(column -> column.id().equals("energy"))
                    ? "Energy: of the machine's processors while the task ran, whoever used them."
                    : "Energy: the machine told none; of GPUs it is not metered.");
            if (block.hasPaper()) {
                notes.add("In parentheses: the poster's value for the same backbone; ~ not comparable (other machines).");
            }
            notes.addAll(blocks.isEmpty() ? overheads : List.of());
            blocks.add(new Block(block.key(), columns, rows, List.copyOf(notes)));
        });
        return new Table(TableKind.COST, List.copyOf(blocks));
    }

    private static Row row(TablesConfig study, Entry entry, List<Column> columns, Map<String, String> posterRows,
            PaperValues paper) {
        Optional<String> poster = Optional.ofNullable(posterRows.get(entry.encoder()))
                .filter(row -> entry.stage().equals("pretraining") && study.paperScale());
        List<Cell> cells = new ArrayList<>();
        for (Column column : columns) {
            Optional<Statistic> found = Optional.ofNullable(entry.columns().get(column.id())).map(Statistic::of);
            Optional<Printed> printed = poster.flatMap(row -> paper.find("cost", row, column.id().equals("devices") ? "gpus"
                    : column.id())).map(value -> new Printed(value.value().toPlainString(), Optional.empty()));
            cells.add(new Cell(found, Rank.NONE, printed, Verdict.of(found, printed, column.quantity(), study.paperScale()),
                    found.isPresent() ? "" : "nothing was metered"));
        }
        TablesConfig.EncoderRow encoder = study.row(entry.encoder()).orElseThrow();
        return new Row(entry.encoder(), encoder.label(), encoder.untrained() ? RowKind.UNTRAINED : RowKind.ENCODER, poster,
                List.copyOf(cells));
    }
}
