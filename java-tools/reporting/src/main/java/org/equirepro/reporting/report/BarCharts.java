package org.equirepro.reporting.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.equirepro.reporting.tables.CellText;
import org.equirepro.reporting.tables.Quantity;
import org.equirepro.reporting.tables.Statistic;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.Cell;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;
import org.equirepro.reporting.tables.TableKind;

/** The main block of a table as bars: ours with its spread, the paper's value as a diamond, the constant prediction as a line. */
final class BarCharts {

    private static final int WIDTH = 360;
    private static final int LEFT = 142;
    private static final int RIGHT = 62;
    private static final int STEP = 24;
    private static final int TOP = 6;

    private BarCharts() {}

    static void write(List<Table> tables, Figures figures, StringBuilder page) {
        for (Table table : tables) {
            boolean shown = switch (table.kind()) {
                case R2_IMAGE, R2_3DIEBENCH, ABLATION_K, ABLATION_LAMBDA, DENSE -> true;
                default -> false;
            };
            if (shown && table.blocks().get(0).usualSeeds() > 0) {
                Block block = table.blocks().get(0);
                page.append("<h3>").append(Html.text(table.kind().title())).append("</h3>\n<p class=\"sub\">")
                        .append(Html.text(Html.capital(block.heading()))).append("</p>\n<div class=\"charts\">\n");
                for (int c = 0; c < block.columns().size(); c++) {
                    chart(table.kind(), block, c, figures, page);
                }
                page.append("</div>\n");
            }
        }
    }

    private static void chart(TableKind kind, Block block, int c, Figures figures, StringBuilder page) {
        CellText cells = new CellText(block);
        Table.Column column = block.columns().get(c);
        Scale x = scale(block, c);
        int height = TOP + STEP * (block.rows().size() - 1) + 24;
        page.append("<figure>\n<figcaption>").append(Html.text(Html.capital(column.label())))
                .append("</figcaption>\n");
        int start = page.length();
        page.append("<svg viewBox=\"0 0 ")
                .append(WIDTH).append(' ').append(height).append("\" role=\"img\" aria-label=\"Bars of ")
                .append(Html.text(column.label()))
                .append("; the numbers are in the table\">\n");
        for (double tick : x.ticks()) {
            line("axis", at(x, tick), TOP, height - 20, page);
            page.append("<text class=\"soft\" text-anchor=\"middle\" x=\"").append(Html.at(at(x, tick))).append("\" y=\"")
                    .append(height - 6)
                    .append("\">").append(Scale.label(tick)).append("</text>\n");
        }
        for (int r = 0; r < block.rows().size(); r++) {
            Row row = block.rows().get(r);
            Cell cell = row.cells().get(c);
            if (row.kind() == RowKind.FLOOR) {
                cell.measured().filter(found -> found.mean() >= x.low())
                        .ifPresent(found -> line("floorline", at(x, found.mean()), TOP, height - 20, page));
            } else {
                bar(row, cell, cells, x, r, c, page);
            }
        }
        page.append("</svg>\n");
        figures.add(kind.id() + " " + column.id(), page.substring(start), numbers(block, c));
        page.append("</figure>\n");
    }

    private static List<String[]> numbers(Block block, int c) {
        List<String[]> lines = new ArrayList<>();
        for (Row row : block.rows()) {
            Cell cell = row.cells().get(c);
            Optional<Double> mean = cell.measured().map(Statistic::mean);
            OptionalDouble std = cell.measured().map(Statistic::std).orElse(OptionalDouble.empty());
            lines.add(new String[] {row.label(), "", mean.map(String::valueOf).orElse(""),
                std.isPresent() ? Double.toString(mean.orElseThrow() - std.getAsDouble()) : "",
                std.isPresent() ? Double.toString(mean.orElseThrow() + std.getAsDouble()) : "",
                cell.paper().map(Table.Printed::value).orElse("")});
        }
        return lines;
    }

    private static void bar(Row row, Cell cell, CellText cells, Scale x, int r, int c, StringBuilder page) {
        double middle = TOP + STEP * r + STEP / 2.0;
        page.append("<text text-anchor=\"end\" x=\"").append(LEFT - 8).append("\" y=\"").append(Html.at(middle + 4))
                .append("\"><title>")
                .append(Html.text(row.label())).append("</title>").append(Html.text(shortened(row.label()))).append("</text>\n");
        String value = "none (" + (cell.measured().isEmpty() ? cells.letter(r, c) : "") + ")";
        if (cell.measured().isPresent()) {
            double mean = cell.measured().get().mean();
            double zero = at(x, Math.max(0, x.low()));
            double tip = at(x, Math.max(mean, x.low()));
            page.append("<rect class=\"bar").append(row.kind() == RowKind.UNTRAINED ? " untrained" : "").append("\" x=\"")
                    .append(Html.at(Math.min(zero, tip))).append("\" y=\"").append(Html.at(middle - 7)).append("\" width=\"")
                    .append(Html.at(Math.max(0.5, Math.abs(tip - zero)))).append("\" height=\"14\"/>\n");
            if (cell.measured().get().std().isPresent()) {
                double std = cell.measured().get().std().getAsDouble();
                double from = at(x, Math.max(x.low(), mean - std));
                double to = at(x, Math.min(x.high(), Math.max(x.low(), mean + std)));
                page.append("<line class=\"whisker\" x1=\"").append(Html.at(from)).append("\" x2=\"").append(Html.at(to))
                        .append("\" y1=\"")
                        .append(Html.at(middle)).append("\" y2=\"").append(Html.at(middle)).append("\"/>\n");
            }
            value = (mean < x.low() ? "← " : "") + cells.mean(r, c);
        }
        page.append("<text class=\"soft\" x=\"").append(WIDTH - RIGHT + 11).append("\" y=\"").append(Html.at(middle + 4))
                .append("\">")
                .append(value).append("</text>\n");
        if (cell.paper().isPresent()) {
            double place = at(x, Double.parseDouble(cell.paper().get().value()));
            page.append("<path class=\"mark\" d=\"M").append(Html.at(place)).append(' ').append(Html.at(middle - 6))
                    .append("l5 6l-5 6l-5 -6z\"><title>")
                    .append("paper ").append(Html.text(cell.paper().get().value())).append("</title></path>\n");
        }
    }

    /** From 0, or from the lowest number but not below -1, to 1 or 100. */
    private static Scale scale(Block block, int c) {
        double least = block.rows().stream().flatMap(row -> row.cells().get(c).measured().stream())
                .mapToDouble(found -> found.mean()).min().orElse(0);
        if (block.columns().get(c).quantity() == Quantity.PIXELS) {
            double most = block.rows().stream().flatMap(row -> row.cells().get(c).measured().stream())
                    .mapToDouble(found -> found.mean()).max().orElse(1);
            return new Scale(0, Math.max(1, most * 1.05), false);
        }
        boolean percent = block.columns().get(c).quantity() == Quantity.PERCENT;
        double low = percent || least > -0.02 ? 0 : Math.max(-1, Math.floor(least * 5) / 5);
        return new Scale(low, percent ? 100 : 1, false);
    }

    private static double at(Scale x, double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private static void line(String kind, double x, double from, double to, StringBuilder page) {
        page.append("<line class=\"").append(kind).append("\" x1=\"").append(Html.at(x)).append("\" x2=\"").append(Html.at(x))
                .append("\" y1=\"").append(Html.at(from)).append("\" y2=\"").append(Html.at(to)).append("\"/>\n");
    }

    private static String shortened(String label) {
        return label.codePointCount(0, label.length()) <= 23 ? label : label.substring(0, label.offsetByCodePoints(0, 22)) + "…";
    }
}
