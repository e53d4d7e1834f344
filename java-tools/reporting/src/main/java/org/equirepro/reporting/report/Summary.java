package org.equirepro.reporting.report;

import java.util.List;
import java.util.Optional;
import org.equirepro.reporting.claims.ClaimResult;
import org.equirepro.reporting.tables.CellText;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.Rank;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;
import org.equirepro.reporting.tables.TablesConfig;

/** The first page: what was run, at which scale, and the best row of each column beside the untrained encoder and the floor. */
final class Summary {

    private Summary() {}

    static void write(TablesConfig study, List<Table> tables, List<ClaimResult> claims, StringBuilder page) {
        page.append("<div class=\"call\" role=\"note\"><p><strong>Scale.</strong> ")
                .append(Html.capital(Html.sentence(study.scale()))).append("</p></div>\n<p>")
                .append(study.rows().size()).append(study.rows().size() == 1 ? " encoder, " : " encoders, ")
                .append(study.seeds().size() == 1 ? "one seed" : study.seeds().size() + " seeds")
                .append(" each. Below: the best row of each column, with what an <em>untrained</em> encoder (the same network "
                        + "with its first, ")
                .append("random weights) and a <em>constant prediction</em> score. A number that does not exceed the "
                        + "untrained encoder's ")
                .append("is no sign that the training helped.</p>\n");
        HtmlClaims.tally(claims).ifPresent(tally -> page.append("<p><a href=\"#claims\">").append(Html.text(tally)).append("</a></p>\n"));
        study.remarks().forEach(remark -> page.append("<p class=\"call\">").append(Html.text(remark)).append("</p>\n"));
        page.append(Html.tableStart("list", "Best of each column")).append("<caption>Best of each column</caption>\n<thead><tr>")
                .append("<th scope=\"col\">measured</th><th scope=\"col\">best row</th><th scope=\"col\">score</th><th "
                        + "scope=\"col\">paper, ")
                .append("same row</th><th scope=\"col\">untrained</th><th scope=\"col\">constant</th></tr></thead>\n<tbody>\n");
        for (Table table : tables) {
            if (!table.kind().isDetail()) {
                for (int c = 0; c < table.blocks().get(0).columns().size(); c++) {
                    line(table, c, page);
                }
            }
        }
        page.append("</tbody>\n").append(Html.tableEnd())
                .append("<p class=\"sub\">R2: 1 is a perfect prediction. Accuracies in per cent. ")
                .append("From the first block of each table.</p>\n");
    }

    private static void line(Table table, int c, StringBuilder page) {
        Block block = table.blocks().get(0);
        CellText cells = new CellText(block);
        Optional<Integer> best = Optional.empty();
        for (int r = block.rows().size() - 1; r >= 0; r--) {
            boolean only = block.rows().stream().filter(row -> row.kind() != RowKind.FLOOR)
                    .filter(row -> row.cells().get(c).measured().isPresent()).count() == 1;
            Row row = block.rows().get(r);
            boolean candidate = row.kind() != RowKind.FLOOR && row.cells().get(c).measured().isPresent();
            if (candidate && (only || row.cells().get(c).rank() == Rank.BEST)) {
                best = Optional.of(r);
            }
        }
        page.append("<tr><th scope=\"row\">").append(Html.text(table.kind().id().replace('_', ' '))).append(": ")
                .append(Html.text(block.columns().get(c).label())).append("</th><td class=\"text\">");
        if (best.isEmpty()) {
            page.append("none was measured</td><td>none</td><td>none</td>");
        } else {
            int r = best.get();
            long ties = block.rows().stream().filter(row -> row.cells().get(c).rank() == Rank.BEST).count();
            page.append(Html.text(block.rows().get(r).label())).append(ties > 1 ? " (and " + (ties - 1) + " equal)" : "")
                    .append("</td><td>")
                    .append(score(cells, r, c)).append("</td><td>")
                    .append(Html.text(block.rows().get(r).cells().get(c).paper().map(Table.Printed::value).orElse("none")))
                    .append("</td>");
        }
        page.append("<td>").append(kind(block, cells, RowKind.UNTRAINED, c)).append("</td><td>")
                .append(kind(block, cells, RowKind.FLOOR, c))
                .append("</td></tr>\n");
    }

    private static String kind(Block block, CellText cells, RowKind kind, int c) {
        for (int r = 0; r < block.rows().size(); r++) {
            if (block.rows().get(r).kind() == kind && block.rows().get(r).cells().get(c).measured().isPresent()) {
                return cells.mean(r, c);
            }
        }
        return "none";
    }

    private static String score(CellText cells, int r, int c) {
        return cells.mean(r, c) + cells.spread(r, c).map(spread -> " ± " + Html.text(spread)).orElse("");
    }
}
