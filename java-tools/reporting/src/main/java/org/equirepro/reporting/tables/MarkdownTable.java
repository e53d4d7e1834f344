package org.equirepro.reporting.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.Table.Rank;
import org.equirepro.reporting.tables.Table.Row;

/** A table in Markdown whose columns line up, so that it also reads well on a terminal. */
public final class MarkdownTable {

    private static final Pattern TAG = Pattern.compile("<(?=[A-Za-z/!?])");
    /** An underscore that is not between letters or digits would start or end emphasis. */
    private static final Pattern LOOSE_UNDERSCORE = Pattern.compile("(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])");

    private MarkdownTable() {}

    /** The whole file of a table. */
    public static String of(Table table, TablesConfig study) {
        StringBuilder text = new StringBuilder("# ").append(table.kind().title()).append('\n');
        text.append('\n').append(sentence(study.title())).append(" Scale: ").append(sentence(study.scale())).append('\n');
        for (Block block : table.blocks()) {
            text.append("\n## ").append(heading(block)).append("\n\n");
            grid(block, text);
            text.append(block.isRanked() ? "\n**best**, _second_ of each column, as printed.\n" : "\n");
            new CellText(block).legend().forEach(line -> text.append("- ").append(plain(line)).append('\n'));
            block.notes().forEach(line -> text.append("- ").append(plain(line)).append('\n'));
        }
        return text.toString();
    }

    private static String heading(Block block) {
        return Character.toUpperCase(block.heading().charAt(0)) + block.heading().substring(1);
    }

    private static void grid(Block block, StringBuilder text) {
        CellText cells = new CellText(block);
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("encoder"));
        block.columns().forEach(column -> head.add(escape(column.label())));
        lines.add(head);
        for (int r = 0; r < block.rows().size(); r++) {
            Row row = block.rows().get(r);
            List<String> line = new ArrayList<>(List.of(escape(row.label())));
            for (int c = 0; c < block.columns().size(); c++) {
                line.add(cell(cells, row, r, c));
            }
            lines.add(line);
        }
        int[] widths = new int[head.size()];
        lines.forEach(line -> {
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], width(line.get(c)));
            }
        });
        for (int l = 0; l < lines.size(); l++) {
            for (int c = 0; c < widths.length; c++) {
                String cell = lines.get(l).get(c);
                text.append("| ").append(cell).append(" ".repeat(widths[c] - width(cell))).append(' ');
            }
            text.append("|\n");
            if (l == 0) {
                for (int width : widths) {
                    text.append("|").append("-".repeat(width + 2));
                }
                text.append("|\n");
            }
        }
    }

    private static String cell(CellText cells, Row row, int r, int c) {
        StringBuilder text = new StringBuilder();
        if (row.cells().get(c).measured().isEmpty()) {
            text.append("none (").append(cells.letter(r, c)).append(')');
        } else {
            String number = cells.mean(r, c) + cells.spread(r, c).map(spread -> " ± " + escape(spread)).orElse("");
            Rank rank = row.cells().get(c).rank();
            String mark = rank == Rank.BEST ? "**" : rank == Rank.SECOND ? "_" : "";
            text.append(mark).append(number).append(mark);
            cells.seeds(r, c).ifPresent(n -> text.append(' ').append(n));
        }
        cells.paper(r, c).ifPresent(value -> text.append(" (").append(value)
                .append(cells.verdict(r, c).map(mark -> " " + mark).orElse("")).append(')'));
        return text.toString();
    }

    private static String sentence(String text) {
        return plain(text.strip()) + (text.strip().endsWith(".") ? "" : ".");
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** A remark or sentence: only what would be taken for a tag is escaped. */
    public static String plain(String text) {
        return TAG.matcher(text).replaceAll("&lt;").replace("\n", " ");
    }

    private static String escape(String text) {
        String safe = plain(text).replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("`", "\\`");
        return LOOSE_UNDERSCORE.matcher(safe).replaceAll("\\\\_");
    }
}
