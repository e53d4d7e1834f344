package org.equirepro.reporting.tables;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.equirepro.reporting.tables.Table.Cell;
import org.equirepro.reporting.tables.Table.Column;
import org.equirepro.reporting.tables.Table.Rank;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;

/**
 * Marks the best and the second-best encoder of each column. Numbers that are printed alike share a place, so a bold number
 * never stands beside an equal plain one; the floor takes no part; a column with one number has no best.
 */
final class Ranks {

    private Ranks() {}

    static List<Row> mark(List<Row> rows, List<Column> columns, List<Integer> decimals) {
        List<Row> marked = new ArrayList<>(rows);
        for (int c = 0; c < decimals.size(); c++) {
            TreeSet<BigDecimal> values = new TreeSet<>();
            int count = 0;
            for (Row row : rows) {
                if (counts(row, c)) {
                    values.add(printed(row, c, decimals.get(c)));
                    count++;
                }
            }
            if (count < 2) {
                continue;
            }
            boolean lower = columns.get(c).lowerIsBetter();
            BigDecimal best = lower ? values.first() : values.last();
            BigDecimal second = lower ? values.higher(best) : values.lower(best);
            for (int r = 0; r < rows.size(); r++) {
                if (counts(rows.get(r), c)) {
                    BigDecimal value = printed(rows.get(r), c, decimals.get(c));
                    Rank rank = value.equals(best) ? Rank.BEST : value.equals(second) ? Rank.SECOND : Rank.NONE;
                    marked.set(r, with(marked.get(r), c, rank));
                }
            }
        }
        return List.copyOf(marked);
    }

    private static boolean counts(Row row, int column) {
        return row.kind() != RowKind.FLOOR && row.cells().get(column).measured().isPresent();
    }

    private static BigDecimal printed(Row row, int column, int decimals) {
        return new BigDecimal(Quantity.fixed(row.cells().get(column).measured().orElseThrow().mean(), decimals));
    }

    private static Row with(Row row, int column, Rank rank) {
        List<Cell> cells = new ArrayList<>(row.cells());
        cells.set(column, cells.get(column).ranked(rank));
        return new Row(row.id(), row.label(), row.kind(), row.paper(), List.copyOf(cells));
    }
}
