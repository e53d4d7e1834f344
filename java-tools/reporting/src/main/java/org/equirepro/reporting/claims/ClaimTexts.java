package org.equirepro.reporting.claims;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.equirepro.reporting.claims.ClaimResult.Comparison;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.LatexTable;
import org.equirepro.reporting.tables.MarkdownTable;

/** The tested claims as CSV (one comparison a row), Markdown and LaTeX. */
public final class ClaimTexts {

    /** What the outcomes mean; the same words in every format. */
    public static final String RULE = "A claim holds if each comparison of two rows holds at a level of 5 % (one-sided t test over "
            + "seeds, paired by seed where both rows have the same seeds, else Welch's); it fails if a comparison is reversed at "
            + "5 % divided by the number of comparisons; otherwise it is undecided.";

    private ClaimTexts() {}

    public static void writeCsv(Path file, List<ClaimResult> results, CsvSchema schema) {
        List<String[]> lines = new ArrayList<>();
        for (ClaimResult result : results) {
            Claim claim = result.claim();
            for (Comparison one : result.comparisons()) {
                lines.add(new String[] {claim.id(), claim.text(), claim.promised() ? "yes" : "no", result.outcome().word(),
                    claim.table(), one.column(), one.block(), one.above(), one.below(), Double.toString(claim.margin()),
                    one.difference().map(d -> Double.toString(d.value())).orElse(""),
                    one.difference().map(Difference::test).orElse("none"), number(one, Difference::t),
                    number(one, Difference::degrees), number(one, Difference::above), number(one, Difference::under),
                    result.outcome(one).word(), one.reason()});
            }
        }
        schema.write(file, lines);
    }

    private static String number(Comparison one, java.util.function.Function<Difference, OptionalDouble> part) {
        OptionalDouble found = one.difference().map(part).orElse(OptionalDouble.empty());
        return found.isPresent() ? Double.toString(found.getAsDouble()) : "";
    }

    public static String markdown(List<ClaimResult> results) {
        StringBuilder text = new StringBuilder("# Claims\n\n").append(RULE).append("\n");
        for (ClaimResult result : results) {
            text.append("\n## ").append(result.claim().id()).append(": **").append(result.outcome().word()).append("**")
                    .append(result.claim().promised() ? " (promised)" : "").append("\n\n")
                    .append(MarkdownTable.plain(result.claim().text())).append("\n\n");
            result.comparisons().forEach(one -> text.append("- ").append(MarkdownTable.plain(sentence(result, one))).append('\n'));
        }
        return text.toString();
    }

    public static String latex(List<ClaimResult> results) {
        StringBuilder text = new StringBuilder("% Claims; needs \\usepackage{booktabs}\n\\begin{table}[tbp]\n\\centering\\small\n"
                + "\\caption{Claims.}\n\\label{tab:claims}\n\\begin{tabular}{lp{0.55\\linewidth}ll}\n\\toprule\n"
                + "claim & in words & outcome & comparisons \\\\\n\\midrule\n");
        results.forEach(result -> text.append(LatexTable.escape(result.claim().id())).append(" & ")
                .append(LatexTable.escape(result.claim().text())).append(" & ").append(result.outcome().word()).append(" & ")
                .append(LatexTable.escape(result.tally())).append(" \\\\\n"));
        return text.append("\\bottomrule\n\\end{tabular}\n\n\\medskip\n\\begin{minipage}{0.95\\linewidth}\\footnotesize\n")
                .append(LatexTable.escape(RULE)).append("\n\\end{minipage}\n\\end{table}\n").toString();
    }

    /** One comparison in words, with its statistic. */
    public static String sentence(ClaimResult result, Comparison one) {
        StringBuilder text = new StringBuilder(one.above()).append(" above ").append(one.below()).append(" in ")
                .append(one.column());
        if (result.claim().margin() != 0) {
            text.append(" by more than ").append(result.claim().margin());
        }
        text.append(": ").append(result.outcome(one).word());
        one.difference().ifPresent(d -> {
            text.append(", difference ").append(String.format(Locale.ROOT, "%+.4f", d.value()));
            d.t().ifPresent(t -> text.append(String.format(Locale.ROOT, ", %s t = %.2f with %.1f degrees of freedom", d.test(), t,
                    d.degrees().getAsDouble())));
            d.above().ifPresent(p -> text.append(p < 1e-4 ? ", p < 0.0001" : String.format(Locale.ROOT, ", p = %.4f", p)));
        });
        return text.append(one.reason().isEmpty() ? "" : " (" + one.reason() + ")").append('.').toString();
    }
}
