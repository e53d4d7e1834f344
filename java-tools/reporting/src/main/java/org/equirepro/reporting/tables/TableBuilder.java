package org.equirepro.reporting.tables;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.equirepro.base.ResultRow;
import org.equirepro.base.UserError;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.BlockKey;
import org.equirepro.reporting.tables.Table.Cell;
import org.equirepro.reporting.tables.Table.Column;
import org.equirepro.reporting.tables.Table.Rank;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;
import org.equirepro.reporting.tables.TablesConfig.EncoderRow;

/** Makes the tables from sorted results. */
final class TableBuilder {

    private static final Comparator<BlockKey> ORDER = Comparator.comparing(BlockKey::dataset).thenComparing(BlockKey::recipe)
            .thenComparing(BlockKey::variant, Names::compare).thenComparing(BlockKey::features, Names::compare)
            .thenComparing(BlockKey::protocol, Names::compare);
    private static final String EMPTY_COLUMN = "nothing was measured in this column";
    private static final BlockKey NOTHING = new BlockKey("none", "none", "none", "none", "main");

    private final TablesConfig config;
    private final PaperValues paper;
    private final List<ResultRow> results;
    /** Data sets on which each encoder was measured in any task. */
    private final Map<String, Set<String>> measured;

    TableBuilder(TablesConfig config, List<ResultRow> results, PaperValues paper) {
        this.config = config;
        this.results = results;
        this.paper = paper;
        this.measured = results.stream().collect(Collectors.groupingBy(ResultRow::encoder,
                Collectors.mapping(ResultRow::dataset, Collectors.toSet())));
        for (EncoderRow row : config.rows()) {
            if (row.paper().isPresent() && !paper.hasRow(row.paper().get())) {
                throw UserError.usage("study " + config.study() + ", encoder " + row.encoder()
                        + ": the paper's values have no row '"
                        + row.paper().get() + "'; correct its key paper, or set it to null");
            }
        }
    }

    /** The table, or nothing for a table beside a main one where nothing fills it. */
    Optional<Table> build(TableKind kind) {
        List<Block> blocks = new ArrayList<>();
        if (kind.isAblation()) {
            config.ablations().stream().filter(one -> kind.id().equals("ablation_" + one.parameter()))
                    .forEach(one -> blocks.addAll(blocks(kind, one.rows())));
        } else {
            blocks.addAll(blocks(kind, config.rows()));
        }
        if (blocks.isEmpty() && !kind.isDetail()) {
            blocks.add(block(kind, config.rows(), NOTHING, List.of(), true));
        }
        return blocks.isEmpty() ? Optional.empty() : Optional.of(new Table(kind, List.copyOf(blocks)));
    }

    private List<Block> blocks(TableKind kind, List<EncoderRow> encoders) {
        Set<String> names = encoders.stream().map(EncoderRow::encoder).collect(Collectors.toSet());
        Map<BlockKey, List<ResultRow>> unsorted = new HashMap<>();
        for (ResultRow row : results) {
            if (kind.column(row).isEmpty() || !names.contains(row.encoder())) {
                continue;
            }
            BlockKey key = kind.key(row, config);
            if (!kind.isAblation() || key.isMain()) {
                unsorted.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
            }
        }
        Map<BlockKey, List<ResultRow>> groups = new TreeMap<>(ORDER);
        groups.putAll(unsorted);
        List<Block> blocks = new ArrayList<>();
        Set<List<String>> begun = new HashSet<>();
        named(kind, groups).forEach((key, rows) -> blocks.add(block(kind, encoders, key, rows,
                begun.add(List.of(key.dataset(), key.recipe())))));
        return blocks;
    }

    /** Blocks that join data sets are named by their recipe if there is one only, and taken apart if two recipes fill a cell. */
    private static Map<BlockKey, List<ResultRow>> named(TableKind kind, Map<BlockKey, List<ResultRow>> groups) {
        if (!kind.joinsDataSets()) {
            return groups;
        }
        Map<BlockKey, List<ResultRow>> named = new TreeMap<>(ORDER);
        groups.forEach((key, rows) -> {
            Set<String> recipes = rows.stream().map(ResultRow::recipe).collect(Collectors.toSet());
            Set<List<Object>> cells = rows.stream().map(row -> List.<Object>of(row.encoder(), row.seed(),
                    kind.column(row).orElseThrow())).collect(Collectors.toSet());
            if (recipes.size() > 1 && cells.size() == rows.size()) {
                named.put(key, rows);
            } else {
                rows.forEach(row -> named.computeIfAbsent(new BlockKey(key.dataset(), row.recipe(), key.features(),
                        key.protocol(), key.variant()), k -> new ArrayList<>()).add(row));
            }
        });
        return named;
    }

    private Block block(TableKind kind, List<EncoderRow> encoders, BlockKey key, List<ResultRow> rows, boolean first) {
        List<String> ids = columns(kind, key, rows);
        boolean mean = kind.hasMean() && ids.containsAll(kind.columns());
        // encoder, column, seed
        Map<String, Map<String, Map<Integer, Double>>> values = new LinkedHashMap<>();
        Map<String, Map<Integer, List<Double>>> floors = new LinkedHashMap<>();
        Map<String, String> metrics = new LinkedHashMap<>();
        for (ResultRow row : rows) {
            String column = kind.column(row).orElseThrow();
            metrics.put(column, row.metric());
            values.computeIfAbsent(row.encoder(), e -> new LinkedHashMap<>()).computeIfAbsent(column, c -> new TreeMap<>())
                    .put(row.seed(), row.value());
            floors.computeIfAbsent(column, c -> new TreeMap<>()).computeIfAbsent(row.seed(), s -> new ArrayList<>())
                    .add(row.floor());
        }
        Map<String, Map<Integer, Double>> floor = new LinkedHashMap<>();
        floors.forEach((column, bySeed) -> bySeed.forEach((seed, list) -> floor.computeIfAbsent(column, c -> new TreeMap<>())
                .put(seed, list.stream().mapToDouble(Double::doubleValue).sum() / list.size())));
        if (mean) {
            values.values().forEach(byColumn -> putMean(kind, byColumn));
            putMean(kind, floor);
            ids.add("mean");
        }
        List<Column> columns = ids.stream().map(id -> kind.describe(id,
                metrics.getOrDefault(id, kind.usualMetric(id, key.variant())))).toList();
        Set<String> datasets = rows.stream().map(ResultRow::dataset).collect(Collectors.toSet());
        List<Row> grid = new ArrayList<>();
        List<EncoderRow> elsewhere = new ArrayList<>();
        for (EncoderRow encoder : encoders) {
            Set<String> own = measured.getOrDefault(encoder.encoder(), Set.of());
            if (datasets.isEmpty() || own.isEmpty() || own.stream().anyMatch(datasets::contains)) {
                grid.add(encoderRow(kind, key, encoder, columns, floor.keySet(), values.getOrDefault(encoder.encoder(), Map.of())));
            } else {
                elsewhere.add(encoder);
            }
        }
        grid.add(new Row("floor", "constant prediction", RowKind.FLOOR, Optional.empty(), columns.stream().map(column -> cell(
                floor.get(column.id()), Optional.empty(), EMPTY_COLUMN, column)).toList()));
        Block unranked = new Block(key, columns, List.copyOf(grid), List.of());
        List<Integer> decimals = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) {
            decimals.add(unranked.decimals(c));
        }
        Block ranked = new Block(key, columns, Ranks.mark(grid, columns, decimals), List.of());
        return new Block(key, columns, ranked.rows(), new Notes(config, paper).of(kind, ranked, rows, elsewhere, first));
    }

    private static List<String> columns(TableKind kind, BlockKey key, List<ResultRow> rows) {
        TreeSet<String> ids = new TreeSet<>(Names::compare);
        if (key.isMain()) {
            ids.addAll(kind.columns());
        }
        rows.forEach(row -> ids.add(kind.column(row).orElseThrow()));
        if (ids.isEmpty()) {
            ids.add("none");
        }
        return new ArrayList<>(ids);
    }

    /** Adds the mean over the table's own columns for each seed that has all of them. */
    private static void putMean(TableKind kind, Map<String, Map<Integer, Double>> byColumn) {
        Map<Integer, Double> means = new TreeMap<>();
        for (int seed : byColumn.getOrDefault(kind.columns().get(0), Map.of()).keySet()) {
            if (kind.columns().stream().allMatch(column -> byColumn.getOrDefault(column, Map.of()).containsKey(seed))) {
                means.put(seed, kind.columns().stream().mapToDouble(column -> byColumn.get(column).get(seed)).sum()
                        / kind.columns().size());
            }
        }
        if (!means.isEmpty()) {
            byColumn.put("mean", means);
        }
    }

    private Row encoderRow(TableKind kind, BlockKey key, EncoderRow encoder, List<Column> columns, Set<String> filled,
            Map<String, Map<Integer, Double>> values) {
        List<Cell> cells = new ArrayList<>();
        for (Column column : columns) {
            String reason;
            if (!measured.containsKey(encoder.encoder())) {
                reason = "encoder " + encoder.encoder() + " has no result in this run";
            } else if (values.isEmpty()) {
                reason = "encoder " + encoder.encoder() + " has no result in this block";
            } else if (!filled.contains(column.id())) {
                reason = EMPTY_COLUMN;
            } else if (column.id().equals("mean")) {
                reason = "the mean needs all of its columns, for the same seed";
            } else {
                reason = "encoder " + encoder.encoder() + " has no result for " + column.id();
            }
            Optional<Table.Printed> printed = encoder.paper().filter(row -> kind.comparable(key))
                    .flatMap(row -> PaperCells.find(paper, kind, row, column));
            cells.add(cell(values.get(column.id()), printed, reason, column));
        }
        return new Row(encoder.encoder(), encoder.label(), encoder.untrained() ? RowKind.UNTRAINED : RowKind.ENCODER,
                encoder.paper(),
                List.copyOf(cells));
    }

    private Cell cell(Map<Integer, Double> bySeed, Optional<Table.Printed> printed, String reason, Column column) {
        Optional<Statistic> found = Optional.ofNullable(bySeed).map(Statistic::of);
        Verdict verdict = Verdict.of(found, printed, column.quantity(), config.paperScale());
        return new Cell(found, Rank.NONE, printed, verdict, found.isPresent() ? "" : reason);
    }
}
