package org.equirepro.reporting.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.claims.ClaimResult;
import org.equirepro.reporting.claims.Claims;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.Tables;
import org.equirepro.reporting.tables.TablesConfig;

/** One page that holds everything: it loads nothing, runs no script, and reads well on a phone and on paper. */
public final class Report {

    /** The browser itself refuses whatever is not in the page. */
    private static final String NOTHING_FROM_OUTSIDE = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
    private static final String[][] SECTIONS = {{"summary", "Summary"}, {"claims", "Claims"}, {"tables", "Tables"},
        {"bars", "Beside the paper"}, {"curves", "Learning curves"}, {"pictures", "Pictures"}, {"resources", "Resources"},
        {"settings", "Settings"}, {"provenance", "Provenance"}, {"methods", "Methods"}};

    /**
     * What a report is made of.
     *
     * @param config settings of a REPORT task: those of the tables
     * @param tables of the study
     * @param files what {@code equirepro tables} made of them: names with their SHA-256
     * @param encoders folders of pretrainings: settings.json, curves.csv, meter.json, encoder.safetensors, pictures/*.png with *.txt
     * @param evaluations folders of evaluations: settings.json, pictures/
     * @param samples {@code NAME.samples.png}: some pictures of each data set
     * @param cost the cost table, if anything was metered
     * @param environment versions and hashes of the programs
     */
    public record Inputs(Settings config, List<Table> tables, Map<String, String> files, List<Path> encoders,
            List<Path> evaluations, List<Path> samples, Optional<Table> cost, Map<String, String> environment) {}

    private final Inputs inputs;
    private final TablesConfig study;
    private final Figures figures = new Figures();
    private final StringBuilder page = new StringBuilder(1 << 16);

    private Report(Inputs inputs) {
        this.inputs = inputs;
        this.study = TablesConfig.of(inputs.config());
    }

    /**
     * Writes {@code report.html}, {@code figures/} (each drawing as SVG and CSV) and {@code cost/} into an existing folder.
     * Equal inputs give equal bytes.
     *
     * @throws UserError naming the file that is missing or wrong
     */
    public static void write(Inputs inputs, Path folder) {
        Report report = new Report(inputs);
        report.page();
        AtomicFiles.writeText(folder.resolve("report.html"), report.page.toString());
        report.figures.write(folder.resolve("figures"));
        inputs.cost().ifPresent(cost -> AtomicFiles.writeFolder(folder.resolve("cost"), place -> Tables.write(report.study, cost, null,
                place)));
    }

    private void page() {
        List<Table> tables = inputs.tables();
        List<ClaimResult> claims = Claims.test(study, tables);
        List<EncoderFolder> encoders = inputs.encoders().stream().map(folder -> EncoderFolder.read(folder, study))
                .sorted(EncoderFolder.ORDER).toList();
        List<EvaluationFolder> evaluations = inputs.evaluations().stream().map(EvaluationFolder::read).toList();
        head();
        section("summary");
        Summary.write(study, tables, claims, page);
        section("claims");
        HtmlClaims.write(claims, page);
        section("tables");
        HtmlTables.write(tables, page);
        section("bars");
        page.append("<p>Bars: ours, grey for the untrained encoder, with the standard deviation over seeds where there are "
                + "two or more. Diamonds: the paper's value of the same row. Dashed line: constant prediction.</p>\n");
        BarCharts.write(tables, figures, page);
        section("curves");
        CurveCharts.write(encoders, figures, page);
        section("pictures");
        Provenance.samples(inputs.samples(), page);
        page.append("<p>Originals, the intermediate pictures that were to be rebuilt, and what the decoders made of them.</p>\n");
        Provenance.pictures(encoders, page);
        Provenance.evaluationPictures(evaluations, page);
        section("resources");
        if (inputs.cost().isPresent()) {
            HtmlTables.write(List.of(inputs.cost().get()), page);
        } else {
            page.append("<p>Nothing was metered.</p>\n");
        }
        section("settings");
        Provenance.settings(encoders, page);
        section("provenance");
        Provenance.environment(inputs.environment(), page);
        Provenance.files(inputs.files(), page);
        Provenance.meters(encoders, evaluations, page);
        section("methods");
        Settings config = inputs.config();
        new Methods(config.has("recipes") ? config.at("recipes").node() : Settings.object()).write(page);
        page.append("</main>\n<footer><p>This page holds all it shows; it loads nothing and runs no script.</p></footer>\n</body>\n"
                + "</html>\n");
    }

    private void head() {
        page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
                + "http-equiv=\"Content-Security-Policy\" content=\"")
                .append(NOTHING_FROM_OUTSIDE)
                .append("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(Html.text(study.title())).append("</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n")
                .append(Figures.resource("report.css"))
                .append("</style>\n</head>\n<body>\n<header>\n<h1>")
                .append(Html.text(study.title())).append("</h1>\n<p class=\"sub\">Study ").append(Html.text(study.study()))
                .append(": reconstruction of intermediate transformed pictures, the paper's tables beside ours</p>\n")
                .append("<nav aria-label=\"Sections\"><ul>");
        for (String[] section : SECTIONS) {
            page.append("<li><a href=\"#").append(section[0]).append("\">").append(section[1]).append("</a></li>");
        }
        page.append("</ul></nav>\n</header>\n<main>\n");
    }

    private void section(String id) {
        for (String[] section : SECTIONS) {
            if (section[0].equals(id)) {
                page.append("<h2 id=\"").append(id).append("\">").append(section[1]).append("</h2>\n");
            }
        }
    }
}
