package org.equirepro.reporting.report;

import java.util.List;
import java.util.Locale;
import org.equirepro.reporting.tables.CellText;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.Cell;
import org.equirepro.reporting.tables.Table.Rank;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;
import org.equirepro.reporting.tables.TableKind;

/** The tables with the paper's values below ours, the same texts as in the other formats. */
final class HtmlTables {

    private HtmlTables() {}

    static void write(List<Table> tables, StringBuilder page) {
        for (Table table : tables) {
            page.append("<h3 id=\"").append(table.kind().id()).append("\">").append(Html.text(table.kind().title()))
                    .append("</h3>\n");
            for (int b = 0; b < table.blocks().size(); b++) {
                Block block = table.blocks().get(b);
                if (b == 1) {
                    page.append("<details>\n<summary>").append(table.blocks().size() - 1)
                            .append(table.kind() == TableKind.COST ? " more: other stages" : " more: other features, borders or metrics")
                            .append("</summary>\n");
                }
                block(block, page);
            }
            if (table.blocks().size() > 1) {
                page.append("</details>\n");
            }
        }
    }

    private static void block(Block block, StringBuilder page) {
        CellText cells = new CellText(block);
        page.append("<h4>").append(Html.text(Html.capital(block.heading()))).append("</h4>\n")
                .append(Html.tableStart("grid", block.heading())).append("<thead><tr><th scope=\"col\">encoder</th>");
        block.columns().forEach(column -> page.append("<th scope=\"col\">").append(Html.text(column.label())).append("</th>"));
        page.append("</tr></thead>\n<tbody>\n");
        for (int r = 0; r < block.rows().size(); r++) {
            Row row = block.rows().get(r);
            page.append("<tr class=\"").append(row.kind().name().toLowerCase(Locale.ROOT)).append("\"><th scope=\"row\">")
                    .append(Html.text(row.label())).append("</th>");
            for (int c = 0; c < block.columns().size(); c++) {
                page.append("<td>");
                cell(block, cells, r, c, page);
                page.append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</tbody>\n").append(Html.tableEnd()).append("<ul class=\"notes\">\n");
        page.append(block.isRanked() ? "<li><strong>best</strong>, <u>second</u> of each column, as printed.</li>\n" : "");
        cells.legend().forEach(line -> page.append("<li>").append(Html.text(line)).append("</li>\n"));
        block.notes().forEach(line -> page.append("<li>")
                .append(Html.text(line.replace("In parentheses: the", "Small numbers: the")))
                .append("</li>\n"));
        page.append("</ul>\n");
    }

    private static void cell(Block block, CellText cells, int r, int c, StringBuilder page) {
        Row row = block.rows().get(r);
        Cell cell = row.cells().get(c);
        if (cell.measured().isEmpty()) {
            page.append("<span class=\"none\">none (").append(cells.letter(r, c)).append(")</span>");
        } else {
            String tag = cell.rank() == Rank.BEST ? "strong" : cell.rank() == Rank.SECOND ? "u" : "span";
            page.append('<').append(tag).append('>').append(row.kind() == RowKind.FLOOR ? cells.mean(r, c) : "<a class=\"to\" href=\"#from-" + Html.text(row.id()) + "\">"
                    + cells.mean(r, c) + "</a>").append("</").append(tag).append('>');
            cells.spread(r, c).ifPresent(spread -> page.append(" <span class=\"sd\">± ").append(Html.text(spread))
                    .append("</span>"));
            cells.seeds(r, c).ifPresent(n -> page.append(" <span class=\"n\">").append(n).append("</span>"));
        }
        if (row.kind() != RowKind.FLOOR && block.hasPaper()) {
            String printed = cell.paper().map(paper -> paper.value() + paper.spread().map(spread -> " ± " + spread).orElse(""))
                    .orElse("-");
            page.append("<span class=\"paper\">paper ").append(printed.equals("-") ? "(-)" : Html.text(printed))
                    .append(cells.verdict(r, c).map(mark -> " <abbr title=\"" + cell.verdict().words() + "\">" + mark
                            + "</abbr>").orElse(""))
                    .append("</span>");
        }
    }
}
