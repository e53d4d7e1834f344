package org.equirepro.reporting.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.Cell;
import org.equirepro.reporting.tables.Table.RowKind;

/** The texts of a block's cells, the same in every format: what differs is only how they are dressed. */
public final class CellText {

    private final Block block;
    private final List<String> reasons;
    private final int[] decimals;
    private final int usualSeeds;

    public CellText(Block block) {
        this.block = block;
        List<String> found = new ArrayList<>();
        block.rows().forEach(row -> row.cells().forEach(cell -> {
            if (cell.measured().isEmpty() && !found.contains(cell.missing())) {
                found.add(cell.missing());
            }
        }));
        this.reasons = List.copyOf(found);
        this.decimals = java.util.stream.IntStream.range(0, block.columns().size()).map(block::decimals).toArray();
        this.usualSeeds = block.usualSeeds();
    }

    /** The mean with the digits of its column; only for a measured cell. */
    public String mean(int row, int column) {
        return Quantity.fixed(cell(row, column).measured().orElseThrow().mean(), decimals[column]);
    }

    /** The spread with the digits of its column, if there are two seeds or more. */
    public Optional<String> spread(int row, int column) {
        return cell(row, column).measured().filter(found -> found.std().isPresent())
                .map(found -> Quantity.spread(found.std().getAsDouble(), decimals[column]));
    }

    /** The number of seeds as {@code n=2} where it is not that of the whole block. */
    public Optional<String> seeds(int row, int column) {
        return cell(row, column).measured().filter(found -> found.n() != usualSeeds).map(found -> "n=" + found.n());
    }

    /** The letter that stands for the reason of a missing cell. */
    public String letter(int row, int column) {
        return letter(reasons.indexOf(cell(row, column).missing()));
    }

    /**
     * The paper's value, or {@code -}; empty where no number of the paper is expected: at the floor and in blocks without
     * any.
     */
    public Optional<String> paper(int row, int column) {
        if (!block.hasPaper() || block.rows().get(row).kind() == RowKind.FLOOR) {
            return Optional.empty();
        }
        return Optional.of(cell(row, column).paper().map(Table.Printed::value).orElse("-"));
    }

    /** The sign of the verdict on the paper's value, where there is a verdict. */
    public Optional<String> verdict(int row, int column) {
        return Optional.of(cell(row, column).verdict().mark()).filter(mark -> !mark.isEmpty());
    }

    /** What the letters stand for, as {@code (a) reason}. */
    public List<String> legend() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < reasons.size(); i++) {
            lines.add("(" + letter(i) + ") " + reasons.get(i) + ".");
        }
        return lines;
    }

    private Cell cell(int row, int column) {
        return block.rows().get(row).cells().get(column);
    }

    /** a to z, then aa, ab and so on. */
    private static String letter(int index) {
        String last = String.valueOf((char) ('a' + index % 26));
        return index < 26 ? last : letter(index / 26 - 1) + last;
    }
}
