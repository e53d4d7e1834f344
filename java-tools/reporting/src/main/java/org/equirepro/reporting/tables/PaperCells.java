package org.equirepro.reporting.tables;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.UserError;
import org.equirepro.reporting.tables.Table.Column;
import org.equirepro.reporting.tables.Table.Printed;

/** The paper's number for a cell, in the unit of its column. */
final class PaperCells {

    private PaperCells() {}

    /** The printed number; the mean column is the mean of the printed columns, without a spread. */
    static Optional<Printed> find(PaperValues paper, TableKind kind, String row, Column column) {
        if (!column.id().equals("mean")) {
            return paper.find(kind.id(), row, column.id()).map(value -> new Printed(
                    convert(value.value(), value, column).toPlainString(),
                    value.spread().map(spread -> convert(spread, value, column).toPlainString())));
        }
        List<BigDecimal> parts = new ArrayList<>();
        for (String part : kind.columns()) {
            paper.find(kind.id(), row, part).ifPresent(value -> parts.add(convert(value.value(), value, column)));
        }
        if (parts.size() < kind.columns().size()) {
            return Optional.empty();
        }
        int scale = parts.stream().mapToInt(BigDecimal::scale).max().orElseThrow();
        BigDecimal sum = parts.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        return Optional.of(new Printed(sum.divide(BigDecimal.valueOf(parts.size()), scale, RoundingMode.HALF_UP).toPlainString(),
                Optional.empty()));
    }

    private static BigDecimal convert(BigDecimal number, PaperValues.Value value, Column column) {
        String unit = column.quantity().unit();
        if (value.unit().equals(unit)) {
            return number;
        }
        if (value.unit().equals("fraction") && unit.equals("percent")) {
            return number.movePointRight(2);
        }
        if (value.unit().equals("percent") && unit.equals("fraction")) {
            return number.movePointLeft(2);
        }
        throw UserError.usage("the paper's value of table " + value.table() + ", row " + value.row() + ", column "
                + value.column()
                + " has unit " + value.unit() + "; this table needs fraction or percent");
    }
}
