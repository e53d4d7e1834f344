package org.equirepro.reporting.report;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.equirepro.reporting.runs.Leaves;

/** Where every encoder came from: pictures of its reconstructions, its settings, what it cost, and the hashes of all files. */
final class Provenance {

    /** What evaluations draw, in words. */
    private static final Map<String, String> DRAWN = Map.of(
            "detections", "Test pictures: annotated on the left, found on the right.",
            "keypoints", "Test pictures: annotated on the left, found on the right.",
            "segmentation", "Test pictures: as they are, annotated, predicted.",
            "homography", "Test pictures: the patch (white), where its corners are truly seen from (green), where they were found (red).");

    private Provenance() {}

    /** Some pictures of each data set. */
    static void samples(List<Path> sheets, StringBuilder page) {
        for (Path sheet : sheets) {
            EncoderFolder.Picture picture = EncoderFolder.picture(sheet);
            String data = picture.name().replaceAll("\\.samples$", "");
            page.append("<h3>Data set ").append(Html.text(data)).append("</h3>\n<div class=\"pictures\">\n");
            picture(data, new EncoderFolder.Picture(data, "Pictures of " + data + ", drawn by lot.", picture.png(), picture.width(),
                    picture.height()), page);
            page.append("</div>\n");
        }
    }

    static void pictures(List<EncoderFolder> encoders, StringBuilder page) {
        boolean any = false;
        for (EncoderFolder encoder : encoders) {
            if (!encoder.pictures().isEmpty()) {
                any = true;
                page.append("<h3>").append(Html.text(encoder.label())).append("</h3>\n<div class=\"pictures\">\n");
                encoder.pictures().forEach(picture -> picture(encoder.label(), picture, page));
                page.append("</div>\n");
            }
        }
        if (!any) {
            page.append("<p>No encoder of this study wrote pictures.</p>\n");
        }
    }

    /** Small pictures are shown at a whole multiple of their size, so that their pixels stay square. */
    private static void picture(String label, EncoderFolder.Picture picture, StringBuilder page) {
        int times = Math.max(1, Math.min(4, 900 / Math.max(1, picture.width())));
        page.append("<figure><img width=\"").append(picture.width() * times).append("\" height=\"")
                .append(picture.height() * times)
                .append("\" alt=\"").append(Html.text(label + ": " + picture.caption().replace('\n', ' ')))
                .append("\" src=\"").append(Embedded.source(picture.png()))
                .append("\">\n<figcaption>")
                .append(Html.text(picture.caption())).append("</figcaption></figure>\n");
    }

    static void settings(List<EncoderFolder> encoders, StringBuilder page) {
        for (EncoderFolder encoder : encoders) {
            if (encoder.settings().isEmpty()) {
                page.append("<p>").append(Html.text(encoder.label())).append(": no settings.json was written.</p>\n");
                continue;
            }
            page.append("<details>\n<summary>").append(Html.text(encoder.label())).append("</summary>\n")
                    .append(Html.tableStart("list", "Settings of " + encoder.label()))
                    .append("<thead><tr><th scope=\"col\">key</th><th scope=\"col\">value</th></tr></thead>\n<tbody>\n");
            Leaves.of(encoder.settings().get()).forEach((key, value) -> page.append("<tr><th scope=\"row\"><code>")
                    .append(Html.text(key))
                    .append("</code></th><td class=\"text\"><code>").append(Html.text(value)).append("</code></td></tr>\n"));
            page.append("</tbody>\n").append(Html.tableEnd()).append("</details>\n");
        }
    }

    static void meters(List<EncoderFolder> encoders, List<EvaluationFolder> evaluations, StringBuilder page) {
        Set<String> anchors = new HashSet<>();
        for (EncoderFolder encoder : encoders) {
            String anchor = anchors.add(encoder.encoder()) ? " id=\"from-" + Html.text(encoder.encoder()) + "\"" : "";
            page.append("<h4").append(anchor).append(">").append(Html.text(encoder.label())).append("</h4>\n<ul>\n<li>Folder: <code>")
                    .append(Html.text(encoder.name())).append("</code></li>\n<li>Encoder, SHA-256: ")
                    .append(encoder.sha().map(sha -> "<code>" + sha + "</code>").orElse("no encoder.safetensors was found"))
                    .append("</li>\n");
            if (encoder.meter().isEmpty()) {
                page.append("<li>no meter.json was written</li>\n");
            } else {
                Leaves.of(encoder.meter().get()).forEach((key, value) -> page.append("<li>")
                        .append(Html.text(key.replaceAll("_bytes$", "").replace('_', ' ')))
                        .append(": ")
                        .append(Html.text(meterValue(key, value))).append("</li>\n"));
            }
            evaluations.stream().filter(one -> one.encoder().equals(encoder.encoder()) && one.seed().equals(encoder.seed()))
                    .forEach(one -> page.append("<li>Measured in <code>").append(Html.text(one.name())).append("</code>: recipe <code>")
                            .append(Html.text(one.recipe())).append("</code>, data set, SHA-256 of its receipt <code>")
                            .append(Html.text(one.dataSha())).append("</code>, encoder as read <code>")
                            .append(Html.text(one.encoderSha())).append("</code></li>\n"));
            page.append("</ul>\n");
        }
        // where a cell's encoder left no folder here, its link still leads somewhere that says so
        evaluations.stream().map(EvaluationFolder::encoder).distinct().filter(anchors::add)
                .forEach(id -> page.append("<p id=\"from-").append(Html.text(id)).append("\">").append(Html.text(id))
                        .append(": the folder of its training is not here.</p>\n"));
    }

    /** Pictures that evaluations drew: of each kind the first one's at once, the others' when asked for. */
    static void evaluationPictures(List<EvaluationFolder> evaluations, StringBuilder page) {
        Set<String> begun = new HashSet<>();
        for (EvaluationFolder one : evaluations) {
            for (EncoderFolder.Picture drawn : one.pictures()) {
                boolean first = begun.add(drawn.name());
                String name = Html.text(one.name());
                page.append(first ? "<h3>" + name + "</h3>\n" : "<details>\n<summary>" + name + "</summary>\n").append("<div class=\"pictures\">\n");
                picture(one.name(), new EncoderFolder.Picture(drawn.name(), DRAWN.getOrDefault(drawn.name(), drawn.caption()), drawn.png(),
                        drawn.width(), drawn.height()), page);
                page.append(first ? "</div>\n" : "</div>\n</details>\n");
            }
        }
    }

    static void environment(Map<String, String> environment, StringBuilder page) {
        page.append(Html.tableStart("list", "Environment")).append("<caption>Environment</caption>\n<thead><tr><th scope=\"col\">part"
                + "</th><th scope=\"col\">version or hash</th></tr></thead>\n<tbody>\n");
        environment.forEach((part, version) -> page.append("<tr><th scope=\"row\">").append(Html.text(part))
                .append("</th><td class=\"text\"><code>").append(Html.text(version)).append("</code></td></tr>\n"));
        page.append("</tbody>\n").append(Html.tableEnd());
    }

    static void files(Map<String, String> files, StringBuilder page) {
        page.append(Html.tableStart("list", "Files behind this report"))
                .append("<caption>Files behind this report</caption>\n<thead><tr>")
                .append("<th scope=\"col\">file</th><th scope=\"col\">SHA-256</th></tr></thead>\n<tbody>\n");
        files.forEach((name, hash) -> page.append("<tr><th scope=\"row\"><code>").append(Html.text(name))
                .append("</code></th><td class=\"text\"><code>").append(hash).append("</code></td></tr>\n"));
        page.append("</tbody>\n").append(Html.tableEnd());
    }

    /** Seconds as minutes and hours, bytes as MiB; everything else as it is. */
    private static String meterValue(String key, String value) {
        if (!value.matches("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            return value;
        }
        double number = new BigDecimal(value).doubleValue();
        String last = key.toLowerCase(Locale.ROOT);
        if (last.endsWith("seconds")) {
            long whole = Math.round(number);
            String seconds = String.format(Locale.ROOT, "%.1f s", number);
            return number < 60 ? seconds
                    : String.format(Locale.ROOT, "%d h %02d min %02d s (%s)", whole / 3600, whole / 60 % 60, whole % 60, seconds);
        }
        if (last.endsWith("bytes")) {
            return String.format(Locale.ROOT, "%,.1f MiB", number / (1 << 20));
        }
        return value;
    }
}
