package org.equirepro.reporting.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.ExitCode;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.reporting.runs.ReportFolder;
import org.equirepro.reporting.runs.SummaryFolder;
import org.equirepro.reporting.tables.CsvRows;
import org.equirepro.reporting.tables.CsvSchema;
import org.equirepro.reporting.tables.Quantity;
import org.equirepro.reporting.tables.Sample;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final String RECIPES = """
            ,"recipes":{
              "vicreg":{"kind":"pretrain","backbone":{"name":"vit","image":32,"patch":8,"dim":96,"depth":3,"heads":3},
                "split":{"dim":128,"equivariant":64},"objective":{"name":"vicreg","invariance":10.0,"variance":10.0,
                  "covariance":1.0},
                "reconstruction":{"family":"angle","count":2,"weight":25.0},"optimiser":{"name":"adamw","lr":0.001},"batch":128,
                  "steps":1200},
              "untrained":{"kind":"pretrain","backbone":{"name":"resnet18","image":64},"objective":{"name":"none"}},
              "r2":{"kind":"r2_image","families":["angle","color"],"fills":["zero","reflect"],"features":["split_mean"],
                "hidden":[256,256],
                "epochs":30,"batch":256,"optimiser":{"name":"adamw","lr":0.001}},
              "bench":{"kind":"r2_3diebench","features":["whole"],"hidden":[1024,1024],"epochs":5,"batch":256},
              "probe":{"kind":"linear_probe","features":["backbone_mean"],"lrs":[0.1,0.01],"epochs":20,"batch":256}}}""";

    @TempDir
    Path folder;

    private Path summary;
    private List<Path> encoders;
    private List<Path> evaluations;
    private List<Path> samples;
    private Settings config;

    @BeforeEach
    void makeInputs() throws IOException {
        String plain = Sample.config(3, "r2_image", "r2_3diebench", "linear_probe").canonical();
        config = Settings.parseJson("config.json", plain.substring(0, plain.length() - 1) + RECIPES);
        List<ResultRow> rows = new ArrayList<>(Sample.image(3));
        rows.addAll(Sample.probe(3));
        rows.addAll(Sample.bench(3));
        rows.removeIf(row -> row.encoder().equals("vicreg") && row.target().equals("blur"));
        Path results = folder.resolve("result.csv");
        ResultRow.write(results, rows);
        summary = folder.resolve("summary");
        SummaryFolder.write(config, List.of(results), Sample.PAPER, Sample.SCHEMAS, summary);
        encoders = List.of(encoder("vicreg-angle", 0, true), encoder("vicreg", 1, false), encoder("vicreg", 0, false),
                empty("untrained-s0"));
        Path shown = Files.createDirectories(folder.resolve("evaluations/segment-vicreg-s0"));
        Files.writeString(shown.resolve("settings.json"), "{\"config\":{\"encoder\":\"vicreg\",\"seed\":0,\"recipe_name\":\"seg\","
                + "\"recipe\":{\"kind\":\"segment\"}},\"data_sha256\":\"da7a\",\"encoder_sha256\":\"e4c0\"}");
        Files.writeString(shown.resolve("meter.json"), "{\"seconds\":36,\"threads\":2,\"peak_memory_bytes\":1073741824}");
        Files.createDirectory(shown.resolve("pictures"));
        Files.copy(encoders.get(0).resolve("pictures/reconstructions.png"), shown.resolve("pictures/segmentation.png"));
        evaluations = List.of(shown);
        samples = List.of(Files.copy(encoders.get(0).resolve("pictures/reconstructions.png"), folder.resolve("cifar10.samples.png")));
    }

    private Path encoder(String id, int seed, boolean pictures) throws IOException {
        Path place = Files.createDirectories(folder.resolve("encoders/" + id + "-s" + seed));
        Files.writeString(place.resolve("settings.json"), "{\"study\":\"sample\",\"encoder\":\"" + id + "\",\"seed\":" + seed
                + ",\"recipe_name\":\"vicreg\",\"recipe\":{\"kind\":\"pretrain\",\"ranges\":{\"angle\":45,\"blur\":[0.1,2.0]}}}");
        Files.writeString(place.resolve("meter.json"), "{\"seconds\":3725.5,\"threads\":2,\"peak_memory_bytes\":734003200}");
        Files.writeString(place.resolve("encoder.safetensors"), "weights of " + id + seed);
        StringBuilder curves = new StringBuilder("series,step,epoch,metric,value\n");
        for (String metric : List.of("reconstruction", "lr", "loss", "variance", "feature_std")) {
            for (int step = 5; step <= 2000; step += 5) {
                double noise = 0.05 * Math.sin(step * (seed + 3.7)) * (metric.equals("lr") ? 0 : 1);
                double value = switch (metric) {
                    case "lr" -> 1e-3 * Math.min(1, step / 100.0) * (0.5005 + 0.4995 * Math.cos(Math.PI * step / 2000));
                    case "loss" -> 30 * Math.exp(-step / 300.0) + 0.2 + seed * 0.02;
                    default -> 1.0 / (1 + step / 400.0) + seed * 0.1;
                };
                curves.append("train,").append(step).append(',').append(step / 390.0).append(',').append(metric).append(',')
                        .append(value + noise).append('\n');
            }
        }
        Files.writeString(place.resolve("curves.csv"), curves);
        if (pictures) {
            Path shelf = Files.createDirectories(place.resolve("pictures"));
            BufferedImage picture = new BufferedImage(6 * 34, 3 * 34, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < picture.getHeight(); y++) {
                for (int x = 0; x < picture.getWidth(); x++) {
                    int tile = x / 34 * 40;
                    picture.setRGB(x, y, (x % 34 < 2 || y % 34 < 2) ? 0xffffff
                            : (tile << 16) | ((y * 5 % 256) << 8) | (x * 9 % 256));
                }
            }
            ImageIO.write(picture, "png", shelf.resolve("reconstructions.png").toFile());
            Files.writeString(shelf.resolve("reconstructions.txt"),
                    "Each row: original, view 2, targets at 1/3 and 2/3 of the angle, reconstructions <both>.\n");
        }
        return place;
    }

    private Path empty(String name) throws IOException {
        return Files.createDirectories(folder.resolve("encoders/" + name));
    }

    private void write(Path out) {
        ReportFolder.write(config, summary, encoders, evaluations, samples, Sample.PAPER, Map.of("nextflow", "25.04.4"), out);
    }

    private String write() throws IOException {
        Path place = folder.resolve("report");
        if (Files.exists(place)) {
            AtomicFiles.deleteTree(place);
        }
        write(place);
        Path out = place.resolve("report.html");
        String copy = System.getProperty("equirepro.snapshots");
        if (copy != null) {
            Files.createDirectories(Path.of(copy));
            Files.copy(out, Path.of(copy, "report.html"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.readString(out);
    }

    @Test
    void loadsNothingAndRunsNothing() throws IOException {
        String page = write().replaceAll("data:image/png;base64,[A-Za-z0-9+/=]+", "data:");
        assertFalse(page.contains("http:") || page.contains("https:") || page.contains("//"), "an address of another place");
        assertFalse(page.matches("(?is).*(<script|<iframe|<object|<embed|@import|url\\(|\\son\\w+=).*"),
                "something that loads or runs");
        Matcher loads = Pattern.compile("(?i)(src|href|srcset|data|action)=\"([^\"]*)\"").matcher(page);
        int found = 0;
        while (loads.find()) {
            found++;
            assertTrue(loads.group(2).startsWith("data:") || loads.group(2).startsWith("#"), loads.group());
        }
        assertTrue(found >= 10, "links of the page: " + found);
        assertTrue(page.contains("Content-Security-Policy\" content=\"default-src 'none'"));
        assertFalse(page.contains(folder.toString()), "a path of this machine");
    }

    @Test
    void numbersAreThoseOfTheCsv() throws IOException {
        String page = write();
        int compared = 0;
        for (String table : List.of("r2_image", "r2_image_parameters", "r2_3diebench", "linear_probe")) {
            List<String> cells = new ArrayList<>();
            int start = page.indexOf("<h3 id=\"" + table + "\"");
            int next = page.indexOf("<h3 id", start + 5);
            Matcher matcher = Pattern.compile("<td>(.*?)</td>")
                    .matcher(page.substring(start, Math.min(next, page.indexOf("<h2 id=\"bars\""))));
            while (matcher.find()) {
                cells.add(matcher.group(1));
            }
            CsvRows csv = CsvSchema.builtIn(table).read(summary.resolve("tables/" + table + ".csv"));
            assertEquals(csv.size(), cells.size(), table);
            for (int i = 0; i < csv.size(); i++) {
                compared++;
                String cell = cells.get(i);
                if (csv.isEmpty(i, "mean")) {
                    assertTrue(cell.startsWith("<span class=\"none\">none ("), cell);
                } else {
                    int decimals = csv.text(i, "metric").startsWith("r2") ? 3 : 2;
                    String tag = switch (csv.text(i,
                            "rank")) { case "best" -> "strong"; case "second" -> "u"; default -> "span"; };
                    assertTrue(cell.startsWith("<" + tag + ">" + link(csv, i, Quantity.fixed(csv.number(i, "mean"), decimals)) + "</" + tag
                            + ">"),
                            cell + " against " + csv.text(i, "mean"));
                    assertTrue(cell.contains("± " + Quantity.fixed(csv.number(i, "std"), decimals) + "<"), cell);
                }
                assertEquals(!csv.isEmpty(i, "paper_value"), Pattern.compile("paper [0-9]").matcher(cell).find(), cell);
                assertTrue(cell.contains(csv.isEmpty(i, "paper_value") ? "" : "paper " + csv.text(i, "paper_value")), cell);
            }
        }
        // 3 blocks of 4 x 5 and one of 4; 8 parameters; 6 of 3DIEBench; 4 of the probe
        assertEquals(82, compared);
    }

    /** A number leads to where its encoder came from. */
    private static String link(CsvRows csv, int i, String number) {
        return csv.text(i, "kind").equals("floor") ? number : "<a class=\"to\" href=\"#from-" + csv.text(i, "row") + "\">" + number
                + "</a>";
    }

    @Test
    void everyTextFromOutsideIsEscaped() throws IOException {
        String page = write();
        assertTrue(page.contains("SIE(rot) 50% &amp; &lt;b&gt;"));
        assertTrue(page.contains("reconstructions &lt;both&gt;."));
        assertFalse(page.contains("<b>") || page.contains("<both>"));
    }

    @Test
    void tagsAreClosedInOrder() throws IOException {
        List<String> open = new ArrayList<>();
        Matcher tags = Pattern.compile("<(/?)([a-z][a-z0-9]*)([^>]*)>")
                .matcher(write().replaceFirst("(?s)<style>.*?</style>", ""));
        while (tags.find()) {
            if (List.of("meta", "link", "img", "br").contains(tags.group(2)) || tags.group(3).endsWith("/")) {
                continue;
            }
            if (tags.group(1).isEmpty()) {
                open.add(tags.group(2));
            } else {
                assertEquals(open.remove(open.size() - 1), tags.group(2), () -> "near " + tags.start());
            }
        }
        assertEquals(List.of(), open);
    }

    @Test
    void picturesCurvesSettingsAndProvenanceAreThere() throws IOException {
        String page = write();
        assertEquals(3, page.split("<img ", -1).length - 1);
        assertTrue(page.contains("alt=\"all, inter(angle), seed 0: Each row: original"));
        assertTrue(page.contains("width=\"816\" height=\"408\""), "204 x 102 pixels shown four times as large");
        // five metrics, two rows each, of which one has two seeds and so a band
        assertEquals(10, page.split("<polyline", -1).length - 1);
        assertEquals(5, page.split("<polygon", -1).length - 1);
        assertTrue(page.indexOf("loss (train)") < page.indexOf("reconstruction (train)"));
        assertTrue(page.contains("No curves were logged by: untrained-s0."));
        assertTrue(page.contains("recipe.ranges.blur"));
        assertTrue(page.contains("[0.1,2.0]"));
        assertTrue(page.contains("1 h 02 min 06 s (3725.5 s)"));
        assertTrue(page.contains("peak memory: 700.0 MiB"));
        assertTrue(page.contains("<code>segment-vicreg-s0</code>: recipe <code>seg</code>"), "where it was measured");
        assertTrue(page.contains("stage pretraining"), "cost table");
        assertTrue(page.contains("Of 4 claims: "), "claims in the summary");
        assertTrue(page.contains(org.equirepro.base.Hashes.sha256("weights of vicreg1")));
        assertTrue(page.contains("<h3>Data set cifar10</h3>") && page.contains("<figcaption>Pictures of cifar10, drawn by lot.</figcaption>"));
        assertTrue(page.contains("reconstruction of K = 2 intermediate pictures of angle, weight 25.0"));
        Matcher references = Pattern.compile("\\[(\\d+)\\]</?|\\[(\\d+)\\]")
                .matcher(page.substring(page.indexOf("id=\"methods\"")));
        int most = 0;
        while (references.find()) {
            String number = references.group(1) == null ? references.group(2) : references.group(1);
            most = Math.max(most, Integer.parseInt(number));
        }
        String list = page.substring(page.indexOf("id=\"references\""));
        assertEquals(most, list.substring(0, list.indexOf("</ol>")).split("<li>", -1).length - 1, "as many works as numbers");
    }

    @Test
    void everyDrawingHasAName() throws IOException {
        String page = write();
        Matcher drawings = Pattern.compile("<svg [^>]*>").matcher(page);
        while (drawings.find()) {
            assertTrue(drawings.group().contains("role=\"img\" aria-label=\"") || drawings.group().contains("aria-hidden"),
                    drawings.group());
        }
        Matcher coordinates = Pattern.compile("(?:x|y|x1|x2|y1|y2|cx|cy|width|height|points|d)=\"([^\"]*)\"").matcher(page);
        while (coordinates.find()) {
            assertFalse(coordinates.group(1).matches(".*(NaN|Infinity).*"), coordinates.group());
        }
    }

    @Test
    void equalInputsGiveEqualBytesInAnyOrder() throws IOException {
        byte[] first = write().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        encoders = List.of(encoders.get(3), encoders.get(2), encoders.get(0), encoders.get(1));
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertArrayEquals(first, write().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void brokenInputsAreNamedAndNothingIsWritten() throws IOException {
        Path curves = encoders.get(0).resolve("curves.csv");
        Files.writeString(curves, "series,step,epoch,metric,value\ntrain,1,0.1,loss,NaN\n");
        refused(ExitCode.BAD_DATA, "curves.csv: row 1, column value: not a finite number: 'NaN'");
        Files.delete(curves);
        Path picture = encoders.get(0).resolve("pictures/reconstructions.png");
        Files.write(picture, new byte[0]);
        refused(ExitCode.BAD_DATA, "reconstructions.png: is not a PNG picture");
        Files.delete(picture);
        Path table = summary.resolve("tables/r2_image.csv");
        Files.writeString(table, Files.readString(table).replaceFirst("0\\.35", "0,35"));
        refused(ExitCode.BAD_DATA, "r2_image.csv: row 1: 23 cells instead of 22");
        Files.delete(table);
        refused(ExitCode.MISSING_INPUT, "r2_image.csv: no such file");
        encoders = List.of(folder.resolve("nowhere"));
        Path other = summary;
        summary = folder.resolve("encoders");
        refused(ExitCode.MISSING_INPUT, "holds no folder tables");
        summary = other;
    }

    private void refused(ExitCode code, String message) {
        Path out = folder.resolve("none");
        UserError error = assertThrows(UserError.class, () -> write(out));
        assertEquals(code, error.exitCode());
        assertTrue(error.getMessage().contains(message), error.getMessage());
        assertFalse(Files.exists(out));
    }

    @Test
    void axesHaveRoundNumbersWithin() {
        for (double[] ends : new double[][] {{0, 1}, {-0.6, 1}, {0.0312, 0.0318}, {1e-9, 2e-9}, {3, 3}, {-5, -5}, {0, 0},
                {12, 1200}, {1e-5, 1}}) {
            Scale scale = Scale.over(ends[0], ends[1], true);
            List<Double> ticks = scale.ticks();
            assertTrue(ticks.size() >= 2 && ticks.size() <= 9, ends[0] + " to " + ends[1] + ": " + ticks);
            for (double tick : ticks) {
                assertTrue(scale.place(tick) > -1e-6 && scale.place(tick) < 1 + 1e-6, scale + " " + tick);
            }
        }
        assertEquals("0.001", Scale.label(1e-3));
        assertEquals("5e-4", Scale.label(5e-4));
        assertEquals("1200", Scale.label(1200));
        assertEquals("1.2e6", Scale.label(1.2e6));
        assertEquals("-0.25", Scale.label(-0.25));
    }
}
