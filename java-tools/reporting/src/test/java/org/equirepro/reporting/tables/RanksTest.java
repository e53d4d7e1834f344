package org.equirepro.reporting.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.equirepro.reporting.tables.Table.Cell;
import org.equirepro.reporting.tables.Table.Rank;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;
import org.junit.jupiter.api.Test;

class RanksTest {

    /** Ranks of a column as letters: b, s, or a dot. NaN stands for a missing cell, the last row is the floor. */
    private static String ranks(int decimals, double... values) {
        return ranks("r2", decimals, values);
    }

    private static String ranks(String metric, int decimals, double... values) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            Cell cell = Double.isNaN(values[i]) ? new Cell(Optional.empty(), Rank.NONE, Optional.empty(), Verdict.NONE, "why")
                    : new Cell(Optional.of(Statistic.of(Map.of(0, values[i]))), Rank.NONE,
                    Optional.empty(), Verdict.NONE, "");
            rows.add(new Row("r" + i, "r" + i, i == values.length - 1 ? RowKind.FLOOR : RowKind.ENCODER, Optional.empty(),
                    List.of(cell)));
        }
        StringBuilder letters = new StringBuilder();
        Ranks.mark(rows, List.of(new Table.Column("c", "c", metric)), List.of(decimals)).forEach(row -> letters.append(
                row.cells().get(0).rank() == Rank.BEST ? 'b' : row.cells().get(0).rank() == Rank.SECOND ? 's' : '.'));
        return letters.toString();
    }

    @Test
    void bestAndSecond() {
        assertEquals(".bs.", ranks(3, 0.1, 0.9, 0.5, 0.0));
        assertEquals("sb.", ranks(3, -0.2, -0.1, 0.99), "the floor takes no part");
    }

    @Test
    void ofErrorsTheLowestIsBest() {
        assertEquals("s.b.", ranks("mce", 2, 1.5, 2.5, 1.25, 0.1));
    }

    @Test
    void tiesArePrintedTies() {
        assertEquals("bbs..", ranks(3, 0.9311, 0.9309, 0.9, 0.8, 0));
        assertEquals("bs...", ranks(4, 0.9311, 0.9309, 0.9, 0.8, 0));
        assertEquals("bss.", ranks(2, 0.9, 0.8, 0.801, 0));
        assertEquals("bb.", ranks(3, 0.5, 0.5, 0));
    }

    @Test
    void missingCellsAndSingleNumbers() {
        assertEquals(".b.s.", ranks(3, Double.NaN, 0.9, Double.NaN, 0.5, 0.1));
        assertEquals("...", ranks(3, Double.NaN, 0.9, 0.1), "one number is not the best of anything");
        assertEquals("...", ranks(3, Double.NaN, Double.NaN, Double.NaN));
    }

    @Test
    void digitsFollowTheSpread() {
        assertEquals(3, Quantity.FRACTION.decimalsFor(OptionalDouble.empty()));
        assertEquals(3, Quantity.FRACTION.decimalsFor(OptionalDouble.of(0)));
        assertEquals(3, Quantity.FRACTION.decimalsFor(OptionalDouble.of(0.0999)));
        assertEquals(3, Quantity.FRACTION.decimalsFor(OptionalDouble.of(0.002)));
        assertEquals(4, Quantity.FRACTION.decimalsFor(OptionalDouble.of(0.0005)));
        assertEquals(4, Quantity.FRACTION.decimalsFor(OptionalDouble.of(1e-7)), "not more than four");
        assertEquals(2, Quantity.PERCENT.decimalsFor(OptionalDouble.of(1.5)));
        assertEquals(3, Quantity.PERCENT.decimalsFor(OptionalDouble.of(0.004)));
        assertEquals("<0.0001", Quantity.spread(1e-7, 4));
        assertEquals("0.000", Quantity.spread(0, 3));
        assertEquals("0.000", Quantity.fixed(-0.0001, 3), "no minus zero");
        assertEquals("-0.031", Quantity.fixed(-0.0305, 3));
        assertEquals("0.931", Quantity.fixed(0.9305, 3), "half goes up");
    }

    @Test
    void spreadIsThatOfASample() {
        Statistic statistic = Statistic.of(Map.of(2, 3.0, 0, 1.0, 1, 2.0));
        assertEquals(2.0, statistic.mean());
        assertEquals(1.0, statistic.std().getAsDouble());
        assertEquals(List.of(0, 1, 2), statistic.seeds());
        assertEquals(OptionalDouble.empty(), Statistic.of(Map.of(0, 1.0)).std());
    }
}
