package org.equirepro.reporting.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.tables.Table;
import org.equirepro.reporting.tables.TableCsv;
import org.equirepro.reporting.tables.TablesConfig;

/** One page that holds everything: it loads nothing, runs no script, and reads well on a phone and on paper. */
public final class Report {

    /** The browser itself refuses whatever is not in the page. */
    private static final String NOTHING_FROM_OUTSIDE = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private Report() {}

    /**
     * Writes the report. Equal inputs give equal bytes.
     *
     * @param config settings of a REPORT task: those of the tables, and {@code recipes} (name to recipe) for the methods
     * @param tables what {@link org.equirepro.reporting.tables.Tables#write} made: a folder with {@code results.csv} and
     *     {@code tables/}
     * @param encoderFolders folders of pretrainings: settings.json, curves.csv, meter.json, encoder.safetensors,
     *     pictures/*.png with *.txt
     * @param out the HTML file
     * @throws UserError naming the file that is missing or wrong; {@code out} is then not written
     */
    public static void write(Settings config, Path tables, List<Path> encoderFolders, Path out) {
        TablesConfig study = TablesConfig.of(config);
        if (!Files.isDirectory(tables.resolve("tables"))) {
            throw UserError.missing(tables, "holds no folder tables; give the folder that the command tables wrote");
        }
        List<Table> read = TableCsv.read(tables.resolve("tables"), study);
        List<EncoderFolder> encoders = encoderFolders.stream().map(folder -> EncoderFolder.read(folder, study))
                .sorted(EncoderFolder.ORDER).toList();
        AtomicFiles.writeText(out, page(config, study, read, encoders, tables));
    }

    private static String page(Settings config, TablesConfig study, List<Table> tables, List<EncoderFolder> encoders,
            Path summary) {
        StringBuilder page = new StringBuilder(1 << 16);
        page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
                + "http-equiv=\"Content-Security-Policy\" content=\"")
                .append(NOTHING_FROM_OUTSIDE)
                .append("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(Html.text(study.title())).append("</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n").append(css())
                .append("</style>\n</head>\n<body>\n<header>\n<h1>")
                .append(Html.text(study.title())).append("</h1>\n<p class=\"sub\">Study ").append(Html.text(study.study()))
                .append(": reconstruction of intermediate transformed pictures, the paper's tables beside ours</p>\n")
                .append("<nav aria-label=\"Sections\"><ul>");
        String[][] sections = {{"summary", "Summary"}, {"tables", "Tables"}, {"bars", "R2 beside the paper"},
                {"curves", "Learning curves"},
            {"pictures", "Pictures"}, {"settings", "Settings"}, {"provenance", "Provenance"}, {"methods", "Methods"}};
        for (String[] section : sections) {
            page.append("<li><a href=\"#").append(section[0]).append("\">").append(section[1]).append("</a></li>");
        }
        page.append("</ul></nav>\n</header>\n<main>\n");
        heading(sections[0], page);
        Summary.write(study, tables, page);
        heading(sections[1], page);
        HtmlTables.write(tables, page);
        heading(sections[2], page);
        page.append("<p>Bars: ours, grey for the untrained encoder, with the standard deviation over seeds where there are "
                + "two or more. ")
                .append("Diamonds: the paper's value of the same row. Dashed line: constant prediction.</p>\n");
        BarCharts.write(tables, page);
        heading(sections[3], page);
        CurveCharts.write(encoders, page);
        heading(sections[4], page);
        page.append("<p>Originals, the intermediate pictures that were to be rebuilt, and what the decoders made of them.</p>\n");
        Provenance.pictures(encoders, page);
        heading(sections[5], page);
        Provenance.settings(encoders, page);
        heading(sections[6], page);
        Provenance.files(summary, page);
        Provenance.meters(encoders, page);
        heading(sections[7], page);
        new Methods(config.has("recipes") ? config.at("recipes").node() : Settings.object()).write(page);
        return page.append("</main>\n<footer><p>This page holds all it shows; it loads nothing and runs no "
                + "script.</p></footer>\n</body>\n</html>\n")
                .toString();
    }

    private static void heading(String[] section, StringBuilder page) {
        page.append("<h2 id=\"").append(section[0]).append("\">").append(section[1]).append("</h2>\n");
    }

    private static String css() {
        try (InputStream in = Report.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
