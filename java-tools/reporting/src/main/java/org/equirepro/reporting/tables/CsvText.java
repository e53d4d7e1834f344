package org.equirepro.reporting.tables;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** CSV as commons-csv reads and writes it; texts without quotes, which are nearly all, go a shorter way to the same. */
final class CsvText {

    private static final CSVFormat FORMAT = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').build();

    private CsvText() {}

    /** The lines of a file with their cells; empty lines do not count. */
    static List<String[]> read(Path file) throws IOException {
        String text = Files.readString(file);
        List<String[]> lines = new ArrayList<>();
        if (text.indexOf('"') < 0) {
            split(text.toCharArray(), lines);
            return lines;
        }
        try (CSVParser parser = CSVParser.parse(text, FORMAT)) {
            for (CSVRecord record : parser) {
                lines.add(record.values());
            }
        }
        return lines;
    }

    /** A cell like the one above it is that same string: words repeat from line to line, and then cost little to compare. */
    private static void split(char[] text, List<String[]> lines) {
        List<String> cells = new ArrayList<>();
        String[] above = new String[0];
        int from = 0;
        for (int i = 0; i <= text.length; i++) {
            boolean comma = i < text.length && text[i] == ',';
            boolean end = i == text.length || text[i] == '\n' || text[i] == '\r';
            if (comma || end && (i > from || !cells.isEmpty())) {
                String same = cells.size() < above.length ? above[cells.size()] : "";
                cells.add(equal(same, text, from, i) ? same : new String(text, from, i - from));
            }
            if (end && !cells.isEmpty()) {
                above = cells.toArray(String[]::new);
                lines.add(above);
                cells.clear();
            }
            from = comma || end ? i + 1 : from;
        }
    }

    private static boolean equal(String word, char[] text, int from, int to) {
        boolean equal = word.length() == to - from;
        for (int i = 0; equal && i < word.length(); i++) {
            equal = word.charAt(i) == text[from + i];
        }
        return equal;
    }

    /** Writes lines in UTF-8. */
    static void write(List<String[]> lines, OutputStream out) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String[] cells : lines) {
            for (int c = 0; c < cells.length; c++) {
                if (isPlain(cells[c])) {
                    text.append(c == 0 ? "" : ",").append(cells[c]);
                } else {
                    FORMAT.print(cells[c], text, c == 0);
                }
            }
            text.append('\n');
            if (text.length() > 1 << 16) {
                out.write(text.toString().getBytes(StandardCharsets.UTF_8));
                text.setLength(0);
            }
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** True if the cell surely needs no quotes: it begins with a letter or digit and goes on with such, points, _ and -. */
    private static boolean isPlain(String cell) {
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            boolean word = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z';
            if (!word && (i == 0 || c != '.' && c != '_' && c != '-')) {
                return false;
            }
        }
        return !cell.isEmpty();
    }
}
