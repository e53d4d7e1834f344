package org.equirepro.reporting.tables;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shorter ways give what commons-csv gives. */
class CsvTextTest {

    private static final CSVFormat FORMAT = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').build();

    @TempDir
    Path folder;

    private static String random(Random draws, String letters) {
        StringBuilder text = new StringBuilder();
        for (int i = draws.nextInt(6); i > 0; i--) {
            text.append(letters.charAt(draws.nextInt(letters.length())));
        }
        return text.toString();
    }

    @Test
    void cellsAreQuotedAsTheLibraryQuotesThem() throws IOException {
        Random draws = new Random(1);
        List<String[]> lines = new ArrayList<>();
        StringWriter expected = new StringWriter();
        CSVPrinter printer = new CSVPrinter(expected, FORMAT);
        for (int i = 0; i < 20_000; i++) {
            String[] cells = {random(draws, "aZ09.-_ ,\"\n\r#~é≠\t"), random(draws, "aZ09.-_ ,\"\n\r#~é≠\t"), random(draws, "a1.-_")};
            lines.add(cells);
            printer.printRecord((Object[]) cells);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CsvText.write(lines, out);
        assertEquals(expected.toString(), out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void linesAreReadAsTheLibraryReadsThem() throws IOException {
        Random draws = new Random(2);
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder();
            for (int line = draws.nextInt(5); line > 0; line--) {
                text.append(random(draws, "ab, ,≠\n\r")).append(draws.nextBoolean() ? "\n" : "\r\n");
            }
            text.append(random(draws, i % 2 == 0 ? "ab," : "ab,\n"));
            check(text.toString());
        }
        check("a,\"b,\nc\",d\n\ne,\"\",\"f\"\"g\"\n");
    }

    private void check(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("some.csv"), text);
        List<String[]> found = CsvText.read(file);
        try (CSVParser parser = CSVParser.parse(text, FORMAT)) {
            List<CSVRecord> records = parser.getRecords();
            assertEquals(records.size(), found.size(), text);
            for (int i = 0; i < records.size(); i++) {
                assertArrayEquals(records.get(i).values(), found.get(i), text);
            }
        }
    }
}
