package org.equirepro.reporting.tables;

import java.util.List;
import java.util.Map;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.Rank;
import org.equirepro.reporting.tables.Table.Row;
import org.equirepro.reporting.tables.Table.RowKind;

/** A table as a LaTeX fragment for {@code \input}; it needs the package booktabs. */
public final class LatexTable {

    private static final Map<Character, String> SPECIAL = Map.ofEntries(
            Map.entry('\\', "\\textbackslash{}"), Map.entry('{', "\\{"), Map.entry('}', "\\}"), Map.entry('$', "\\$"),
            Map.entry('&', "\\&"), Map.entry('#', "\\#"), Map.entry('%', "\\%"), Map.entry('_', "\\_"),
            Map.entry('~', "$\\sim$"), Map.entry('^', "\\textasciicircum{}"), Map.entry('<', "$<$"),
                    Map.entry('>', "$>$"),
            Map.entry('≠', "$\\neq$"), Map.entry('|', "$|$"), Map.entry('"', "''"), Map.entry('±', "$\\pm$"), Map.entry('×', "$\\times$"),
                    Map.entry('–', "--"),
            Map.entry('—', "---"), Map.entry('−', "$-$"), Map.entry('λ', "$\\lambda$"), Map.entry('σ', "$\\sigma$"),
            Map.entry('θ', "$\\theta$"), Map.entry('≥', "$\\geq$"), Map.entry('≤', "$\\leq$"), Map.entry('→', "$\\rightarrow$"),
            Map.entry('²', "$^2$"), Map.entry('\n', " "));

    private LatexTable() {}

    static String of(Table table) {
        StringBuilder text = new StringBuilder("% ").append(table.kind().title()).append("; needs \\usepackage{booktabs}\n");
        int number = 0;
        for (Block block : table.blocks()) {
            number++;
            block(table, block, number, text);
        }
        return text.toString();
    }

    private static void block(Table table, Block block, int number, StringBuilder text) {
        CellText cells = new CellText(block);
        text.append("\\begin{table}[tbp]\n\\centering\\small\\setlength{\\tabcolsep}{4pt}\n\\caption{")
                .append(escape(table.kind().title())).append(": ").append(escape(block.heading())).append(".}\n\\label{tab:")
                .append(table.kind().id().replace('_', '-')).append('-').append(number).append("}\n\\begin{tabular}{l")
                .append("l".repeat(block.columns().size())).append("}\n\\toprule\n");
        block.columns().forEach(column -> text.append(" & ").append(escape(column.label())));
        text.append(" \\\\\n\\midrule\n");
        for (int r = 0; r < block.rows().size(); r++) {
            Row row = block.rows().get(r);
            if (row.kind() == RowKind.FLOOR) {
                text.append("\\midrule\n");
            }
            text.append(escape(row.label()));
            for (int c = 0; c < block.columns().size(); c++) {
                text.append(" & ").append(cell(cells, row, r, c));
            }
            text.append(" \\\\\n");
        }
        text.append("\\bottomrule\n\\end{tabular}\n\n\\medskip\n\\begin{minipage}{0.95\\linewidth}\\footnotesize\n")
                .append(block.isRanked() ? "\\textbf{best}, \\underline{second} of each column, as printed.\n" : "");
        remarks(cells.legend(), text);
        remarks(block.notes(), text);
        text.append("\\end{minipage}\n\\end{table}\n");
    }

    private static void remarks(List<String> lines, StringBuilder text) {
        lines.forEach(line -> text.append(escape(line)).append('\n'));
    }

    private static String cell(CellText cells, Row row, int r, int c) {
        StringBuilder text = new StringBuilder();
        if (row.cells().get(c).measured().isEmpty()) {
            text.append("none\\textsuperscript{").append(cells.letter(r, c)).append('}');
        } else {
            Rank rank = row.cells().get(c).rank();
            String mean = math(cells.mean(r, c));
            text.append(rank == Rank.BEST ? "\\textbf{" + mean + "}" : rank == Rank.SECOND ? "\\underline{" + mean + "}" : mean);
            cells.spread(r, c).ifPresent(spread -> text.append(" $\\pm$ ").append(escape(spread)));
            cells.seeds(r, c).ifPresent(n -> text.append(" {\\scriptsize ").append(n).append('}'));
        }
        cells.paper(r, c).ifPresent(value -> text.append(" {\\scriptsize (").append(value.equals("-") ? "--" : math(value))
                .append(cells.verdict(r, c).map(mark -> "\\," + escape(mark)).orElse("")).append(")}"));
        return text.toString();
    }

    /** A number whose minus sign is as long as it should be. */
    private static String math(String number) {
        return number.startsWith("-") ? "$-$" + number.substring(1) : number;
    }

    public static String escape(String text) {
        StringBuilder safe = new StringBuilder();
        for (char c : text.toCharArray()) {
            String special = SPECIAL.get(c);
            if (special == null) {
                safe.append(c);
            } else {
                safe.append(special);
            }
        }
        return safe.toString();
    }
}
