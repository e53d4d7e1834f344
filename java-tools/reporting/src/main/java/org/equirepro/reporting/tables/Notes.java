package org.equirepro.reporting.tables;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.equirepro.base.ClassMetric;
import org.equirepro.base.ResultRow;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.Column;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;
import org.equirepro.reporting.tables.TablesConfig.EncoderRow;

/** The remarks below a block: how often it was measured, what the floor is, what the paper has and we have not. */
final class Notes {

    private final TablesConfig config;
    private final PaperValues paper;

    Notes(TablesConfig config, PaperValues paper) {
        this.config = config;
        this.paper = paper;
    }

    List<String> of(TableKind kind, Block block, List<ResultRow> rows, List<EncoderRow> elsewhere, boolean first) {
        List<String> notes = new ArrayList<>();
        if (!rows.isEmpty()) {
            notes.add(seeds(block));
            notes.addAll(fewerSeeds(block));
            notes.add(samples(rows));
            if (first) {
                notes.add("constant prediction: what always predicting the same scores on the same samples; below it nothing "
                        + "was read.");
            }
            floorsDiffer(kind, rows, notes);
        }
        if (block.key().variant().equals("r2_uncentred")) {
            notes.add("The targets were not centred here, so a constant prediction scores far above 0; compare with its row.");
        }
        switch (block.key().protocol()) {
            case "zero_fill" -> notes.add("zero_fill: moved pictures have empty borders, which alone give part of the answer "
                    + "away.");
            case "reflect" -> notes.add("reflect: borders are filled by mirroring, so no empty wedge gives the answer away.");
            case "zoom" -> notes.add("zoom: only the middle of each picture is seen, so no border ever shows.");
            default -> { }
        }
        if (first && block.rows().stream().noneMatch(row -> row.kind() == RowKind.UNTRAINED)) {
            notes.add("No untrained encoder was measured here.");
        }
        if (first && !elsewhere.isEmpty()) {
            notes.add("Not in this block, measured on other data only: " + elsewhere.stream().map(EncoderRow::label)
                    .collect(Collectors.joining("; ")) + ".");
        }
        if (block.columns().stream().anyMatch(column -> column.lowerIsBetter())) {
            notes.add("Errors: lower is better, and best and second are the lowest.");
        }
        ownMetrics(kind, block, notes);
        recipes(kind, block, rows, notes);
        paperNotes(kind, block, rows, first, notes);
        verdicts(block, first, notes);
        if (first) {
            notes.addAll(config.remarks());
        }
        return List.copyOf(notes);
    }

    /** Where accuracies of several measures stand side by side. */
    private static void ownMetrics(TableKind kind, Block block, List<String> notes) {
        boolean own = kind.joinsDataSets() && block.key().isMain() && block.columns().stream().anyMatch(column ->
                column.metric().equals(ClassMetric.MEAN_PER_CLASS.word()) || column.metric().equals(ClassMetric.MAP11.word()));
        if (own) {
            Map<String, List<String>> columns = new LinkedHashMap<>();
            block.columns().forEach(column -> columns.computeIfAbsent(column.metric(), m -> new ArrayList<>()).add(column.id()));
            notes.add("Each data set is measured by its own metric: " + columns.entrySet().stream()
                    .map(one -> Names.of(one.getKey()) + " for " + String.join(", ", one.getValue())).collect(Collectors.joining("; ")) + ".");
        }
    }

    private String seeds(Block block) {
        int n = block.usualSeeds();
        Set<Integer> seeds = new TreeSet<>();
        block.rows().forEach(row -> row.cells().forEach(cell -> cell.measured().ifPresent(found -> seeds.addAll(found.seeds()))));
        if (n < 2) {
            return "n = 1: one seed a cell (" + join(seeds) + "), so no spread can be given.";
        }
        return "n = " + n + ": mean ± standard deviation (n - 1) over seeds " + join(seeds) + ".";
    }

    private List<String> fewerSeeds(Block block) {
        List<String> notes = new ArrayList<>();
        for (Row row : block.rows()) {
            Set<Integer> absent = new TreeSet<>();
            row.cells().forEach(cell -> cell.measured().ifPresent(found -> {
                Set<Integer> rest = new TreeSet<>(config.seeds());
                found.seeds().forEach(rest::remove);
                absent.addAll(rest);
            }));
            if (!absent.isEmpty() && row.kind() != RowKind.FLOOR) {
                notes.add(row.label() + ": not every cell has seed " + join(absent) + " of the study's " + config.seeds().size()
                        + ".");
            }
        }
        return notes;
    }

    private static String samples(List<ResultRow> rows) {
        long least = rows.stream().mapToLong(ResultRow::samples).min().orElseThrow();
        long most = rows.stream().mapToLong(ResultRow::samples).max().orElseThrow();
        return "Test samples per value: " + grouped(least) + (least == most ? "" : " to " + grouped(most)) + ".";
    }

    private static void floorsDiffer(TableKind kind, List<ResultRow> rows, List<String> notes) {
        Map<String, double[]> range = new TreeMap<>(Names::compare);
        Map<String, double[]> perSeed = new TreeMap<>();
        for (ResultRow row : rows) {
            String column = kind.column(row).orElseThrow();
            double[] span = perSeed.computeIfAbsent(column + '\u001f' + row.seed(), k -> new double[] {row.floor(), row.floor()});
            span[0] = Math.min(span[0], row.floor());
            span[1] = Math.max(span[1], row.floor());
            if (span[1] - span[0] > 1e-6) {
                double[] widest = range.computeIfAbsent(column, k -> new double[] {span[0], span[1]});
                widest[0] = Math.min(widest[0], span[0]);
                widest[1] = Math.max(widest[1], span[1]);
            }
        }
        range.forEach((column, span) -> notes.add("The constant prediction differs between encoders of one seed for " + column
                + " (" + Quantity.fixed(span[0], 4) + " to " + Quantity.fixed(span[1], 4) + "); its row shows the mean."));
    }

    /** Which recipe measured what, where a block joins several. */
    private static void recipes(TableKind kind, Block block, List<ResultRow> rows, List<String> notes) {
        if (kind.joinsDataSets() && block.key().recipe().equals("all")) {
            Map<String, Set<String>> columns = new TreeMap<>();
            rows.forEach(row -> columns.computeIfAbsent(row.recipe(), r -> new TreeSet<>(Names::compare))
                    .add(kind.column(row).orElseThrow()));
            columns.forEach((recipe, names) -> notes.add("Recipe " + recipe + ": " + String.join(", ", names) + "."));
        }
    }

    /** What the signs behind the paper's values mean, with the limits they rest on. */
    private static void verdicts(Block block, boolean first, List<String> notes) {
        Set<Verdict> shown = new TreeSet<>();
        Set<String> limits = new LinkedHashSet<>();
        block.rows().forEach(row -> {
            for (int c = 0; c < block.columns().size(); c++) {
                shown.add(row.cells().get(c).verdict());
                Quantity quantity = block.columns().get(c).quantity();
                limits.add(Quantity.fixed(quantity.tolerance(), quantity.tolerance() < 0.01 ? 3 : 2) + " (" + quantity.unit() + ")");
            }
        });
        if (!first || shown.stream().allMatch(verdict -> verdict == Verdict.NONE)) {
            return;
        }
        if (shown.contains(Verdict.NOT_COMPARABLE)) {
            notes.add("~ behind the paper's value: not comparable (scaled down).");
            return;
        }
        notes.add("Behind the paper's value: = reproduced (the 95 % interval of our mean over seeds lies within the paper's value "
                + "± its spread ± a tolerance of " + String.join(", ", limits)
                + "); ≠ differs (wholly outside); ? cannot be said (reaches over a limit, or one seed only).");
    }

    private void paperNotes(TableKind kind, Block block, List<ResultRow> rows, boolean first, List<String> notes) {
        if (first && block.hasPaper()) {
            boolean mean = block.columns().stream().anyMatch(column -> column.id().equals("mean"));
            notes.add("In parentheses: the paper's value, (-) where it has none." + (mean ? " Its mean is computed here." : "")
                    + " Heed the scale of this study before comparing numbers.");
        } else if (!block.hasPaper() && !rows.isEmpty() && !kind.isDetail() && !kind.comparable(block.key())) {
            notes.add("The paper has no such numbers.");
        }
        Set<String> remarks = new LinkedHashSet<>();
        for (Row row : block.rows()) {
            for (int c = 0; c < block.columns().size(); c++) {
                Column column = block.columns().get(c);
                if (row.cells().get(c).paper().isPresent()) {
                    paper.find(kind.id(), row.paper().orElseThrow(), column.id()).filter(value -> !value.remark().isEmpty())
                            .ifPresent(value -> remarks.add("Paper, " + value.row() + ", " + column.label() + ": "
                            + value.remark()));
                }
            }
        }
        if (first) {
            notes.addAll(remarks);
        }
        if (first && !kind.isDetail()) {
            List<String> absent = new ArrayList<>(paper.rows(kind.id()));
            config.rows().forEach(row -> row.paper().ifPresent(absent::remove));
            if (!absent.isEmpty()) {
                notes.add("Rows of the paper that this study does not have: " + String.join("; ", absent) + ".");
            }
        }
    }

    private static String join(Set<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
