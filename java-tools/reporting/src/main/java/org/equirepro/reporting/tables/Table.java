package org.equirepro.reporting.tables;

import java.util.List;
import java.util.Optional;

/** A table as it is printed: one block for each way of measuring, the main one first. */
public record Table(TableKind kind, List<Block> blocks) {

    /** Place among the encoders of a column, judged on the printed digits. */
    public enum Rank { BEST, SECOND, NONE }

    public enum RowKind { ENCODER, UNTRAINED, FLOOR }

    /**
     * What all numbers of a block share; the words are those of {@code results.csv}.
     *
     * @param dataset data set, or {@code all} where the columns are data sets
     * @param variant {@code main}, or the metric shown in place of the table's own
     */
    public record BlockKey(String dataset, String recipe, String features, String protocol, String variant) {

        public boolean isMain() {
            return variant.equals("main");
        }
    }

    /** One column of one metric. */
    public record Column(String id, String label, String metric) {

        public Quantity quantity() {
            return Quantity.ofMetric(metric);
        }

        public boolean lowerIsBetter() {
            return Quantity.lowerIsBetter(metric);
        }
    }

    /** The paper's number in the unit of the column, as text with the digits of the source. */
    public record Printed(String value, Optional<String> spread) {}

    /**
     * One cell: either measured or missing for a reason.
     *
     * @param verdict what our number says about the paper's
     * @param missing the reason, empty where something was measured
     */
    public record Cell(Optional<Statistic> measured, Rank rank, Optional<Printed> paper, Verdict verdict, String missing) {

        public Cell {
            if (measured.isPresent() == !missing.isEmpty()) {
                throw new IllegalArgumentException("a cell is either measured or missing for a reason");
            }
        }

        Cell ranked(Rank place) {
            return new Cell(measured, place, paper, verdict, missing);
        }
    }

    /** One row; {@code id} is the encoder's or {@code floor}. */
    public record Row(String id, String label, RowKind kind, Optional<String> paper, List<Cell> cells) {}

    /** One grid of numbers with its remarks. */
    public record Block(BlockKey key, List<Column> columns, List<Row> rows, List<String> notes) {

        /** Number of seeds behind most cells: cells with another number say so. */
        public int usualSeeds() {
            return rows.stream().flatMap(row -> row.cells().stream()).flatMap(cell -> cell.measured().stream())
                    .mapToInt(Statistic::n).max().orElse(0);
        }

        /** Decimals of a column: enough for the first digit of every spread in it. */
        public int decimals(int column) {
            Quantity quantity = columns.get(column).quantity();
            return rows.stream().flatMap(row -> row.cells().get(column).measured().stream())
                    .mapToInt(statistic -> quantity.decimalsFor(statistic.std())).max().orElse(quantity.leastDecimals());
        }

        /** True if any cell is the best of its column. */
        public boolean isRanked() {
            return rows.stream().flatMap(row -> row.cells().stream()).anyMatch(cell -> cell.rank() == Rank.BEST);
        }

        /** True if any cell has a number of the paper beside it. */
        public boolean hasPaper() {
            return rows.stream().flatMap(row -> row.cells().stream()).anyMatch(cell -> cell.paper().isPresent());
        }

        /** What sets this block apart, such as "features split_mean, zero_fill". */
        public String heading() {
            if (key.protocol().equals("none")) {
                return "nothing was measured";
            }
            StringBuilder text = new StringBuilder();
            text.append(key.dataset().equals("all") ? key.recipe().equals("cost") ? "cost" : "all data sets" : "data ")
                    .append(key.dataset().equals("all") ? "" : key.dataset());
            text.append(", ").append(key.recipe().equals("cost") ? "stage " : "features ").append(key.features());
            switch (key.protocol()) {
                case "standard" -> { }
                case "zero_fill", "reflect", "zoom" -> text.append(", border ").append(key.protocol());
                case "train" -> text.append(", training objects");
                default -> text.append(", ").append(key.protocol());
            }
            if (!key.isMain()) {
                text.append(", ").append(Names.of(key.variant()));
            }
            return text.toString();
        }
    }
}
