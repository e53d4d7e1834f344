package org.equirepro.reporting.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.equirepro.base.UserError;
import org.equirepro.reporting.claims.ClaimResult;
import org.equirepro.reporting.claims.ClaimResult.Comparison;
import org.equirepro.reporting.claims.ClaimTexts;
import org.equirepro.reporting.tables.CellText;
import org.equirepro.reporting.tables.CsvRows;
import org.equirepro.reporting.tables.MarkdownTable;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.Table.Block;
import org.equirepro.reporting.tables.TablesConfig;

/**
 * A text in Markdown whose numbers are filled in, so that none is typed by hand. Between {@code {{} and {@code }}} stands one of
 * <ul>
 * <li>{@code table NAME}, {@code claims}, {@code cost}, {@code curves}: the whole;
 * <li>{@code cell TABLE ROW COLUMN [features=WORD] [protocol=WORD]}: mean and spread, from the first block that fits;
 * <li>{@code claim ID OUTCOME}: the outcome, which must be the one that the text was written for;
 * <li>{@code test ID COLUMN ABOVE BELOW}: the sentence on one comparison of a claim.
 * </ul>
 */
public final class ResultsPage {

    private static final Pattern PLACE = Pattern.compile("\\{\\{([^{}]*)}}");

    private final Report.Inputs inputs;
    private final TablesConfig study;
    private final List<ClaimResult> claims;

    /** Of what a report is made of. */
    public ResultsPage(Report.Inputs inputs, List<ClaimResult> claims) {
        this.inputs = inputs;
        this.study = TablesConfig.of(inputs.config());
        this.claims = claims;
    }

    /**
     * The text with everything filled in.
     *
     * @throws UserError naming the line whose words mean nothing, or claim what was not found
     */
    public String fill(Path text) {
        StringBuilder page = new StringBuilder("<!-- ").append(text.getFileName())
                .append(", filled in by equirepro collect --text: change that -->\n");
        int number = 0;
        try {
            for (String line : Files.readAllLines(text)) {
                number++;
                page.append(PLACE.matcher(line).replaceAll(found -> Matcher.quoteReplacement(filled(found.group(1).strip())))).append('\n');
            }
        } catch (IOException e) {
            throw UserError.missing(text, "cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw UserError.badData(text, "line " + number + ": " + e.getMessage());
        }
        return page.toString();
    }

    private String filled(String place) {
        String[] words = place.split("\\s+");
        return switch (words[0] + " " + Math.min(words.length, 5)) {
            case "table 2" -> MarkdownTable.of(table(words[1]), study).strip();
            case "claims 1" -> ClaimTexts.markdown(claims).strip();
            case "cost 1" -> inputs.cost().map(cost -> MarkdownTable.of(cost, study).strip()).orElse("Nothing was metered.");
            case "curves 1" -> curves();
            case "cell 4", "cell 5" -> cell(words);
            case "claim 3" -> outcome(words[1], words[2]);
            case "test 5" -> test(words);
            default -> throw new IllegalArgumentException("{{" + place + "}} is none of table NAME, claims, cost, curves, cell TABLE ROW "
                    + "COLUMN [features=WORD] [protocol=WORD], claim ID OUTCOME, test ID COLUMN ABOVE BELOW");
        };
    }

    private Table table(String id) {
        return inputs.tables().stream().filter(one -> one.kind().id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no table " + id + " among "
                        + inputs.tables().stream().map(one -> one.kind().id()).toList()));
    }

    private ClaimResult claim(String id) {
        return claims.stream().filter(one -> one.claim().id().equals(id)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("no claim " + id + " among " + claims.stream().map(one -> one.claim().id()).toList()));
    }

    private String cell(String[] words) {
        Map<String, String> wanted = Arrays.stream(words).skip(4).map(word -> word.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length < 2 ? "" : pair[1]));
        if (!List.of("features", "protocol").containsAll(wanted.keySet())) {
            throw new IllegalArgumentException("a cell has features=WORD and protocol=WORD, not " + wanted.keySet());
        }
        for (Block block : table(words[1]).blocks()) {
            List<String> rows = block.rows().stream().map(Table.Row::id).toList();
            List<String> columns = block.columns().stream().map(Table.Column::id).toList();
            int r = rows.indexOf(words[2]);
            int c = columns.indexOf(words[3]);
            boolean fits = block.key().isMain() && wanted.getOrDefault("features", block.key().features()).equals(block.key().features())
                    && wanted.getOrDefault("protocol", block.key().protocol()).equals(block.key().protocol());
            if (fits && r >= 0 && c >= 0) {
                CellText cells = new CellText(block);
                return block.rows().get(r).cells().get(c).measured().isEmpty() ? "none"
                        : cells.mean(r, c) + cells.spread(r, c).map(spread -> " ± " + spread).orElse("");
            }
        }
        throw new IllegalArgumentException("no block of table " + words[1] + " has row " + words[2] + " and column " + words[3]
                + (wanted.isEmpty() ? "" : " with " + wanted));
    }

    private String outcome(String id, String written) {
        String found = claim(id).outcome().word();
        if (!found.equals(written)) {
            throw new IllegalArgumentException("the text says of claim " + id + " that it " + written + ", the results say " + found
                    + "; write these sentences anew");
        }
        return found;
    }

    private String test(String[] words) {
        ClaimResult claim = claim(words[1]);
        Optional<Comparison> one = words.length > 5 ? Optional.empty() : claim.comparisons().stream().filter(each ->
                each.column().equals(words[2]) && each.above().equals(words[3]) && each.below().equals(words[4])).findFirst();
        return ClaimTexts.sentence(claim, one.orElseThrow(() -> new IllegalArgumentException("claim " + words[1]
                + " compares no " + String.join(" ", Arrays.asList(words).subList(2, words.length)))));
    }

    /** First and last value of what each training logged, as means over seeds. */
    private String curves() {
        Map<String, Map<String, double[]>> ends = new LinkedHashMap<>();
        inputs.encoders().stream().map(folder -> EncoderFolder.read(folder, study)).sorted(EncoderFolder.ORDER).forEach(encoder ->
                encoder.curves().ifPresent(curves -> add(curves, ends.computeIfAbsent(encoder.row(), row -> new TreeMap<>()))));
        if (ends.isEmpty()) {
            return "No curves are kept here.";
        }
        StringBuilder text = new StringBuilder("| encoder | series | first | last |\n|---|---|---|---|");
        ends.forEach((row, bySeries) -> bySeries.forEach((series, sums) -> text.append(String.format(Locale.ROOT, "\n| %s | %s | %.4g | %.4g |",
                MarkdownTable.plain(row), series, sums[0] / sums[2], sums[1] / sums[2]))));
        return text.toString();
    }

    private static void add(CsvRows curves, Map<String, double[]> sums) {
        Map<String, int[]> lines = new TreeMap<>();
        for (int i = 0; i < curves.size(); i++) {
            int line = i;
            lines.computeIfAbsent(curves.text(i, "series") + " " + curves.text(i, "metric"), s -> new int[] {line, line})[1] = i;
        }
        lines.forEach((series, ends) -> {
            double[] sum = sums.computeIfAbsent(series, s -> new double[3]);
            sum[0] += curves.number(ends[0], "value");
            sum[1] += curves.number(ends[1], "value");
            sum[2]++;
        });
    }
}
