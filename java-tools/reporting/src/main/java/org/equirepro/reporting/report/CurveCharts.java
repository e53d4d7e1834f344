package org.equirepro.reporting.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.reporting.tables.CsvRows;

/** What the trainings logged: one drawing for each metric, one line for each training. */
final class CurveCharts {

    private static final List<String> ORDER = List.of("loss", "invariance", "variance", "covariance", "reconstruction",
            "feature_std", "lr");
    private static final int WIDTH = 360;
    private static final int HEIGHT = 200;
    private static final int LEFT = 48;
    private static final int RIGHT = 10;
    private static final int TOP = 8;
    private static final int BOTTOM = 30;
    /** More points than this in a line are averaged. */
    private static final int POINTS = 240;

    /** A point, with the band around it; a band of no height where there is one seed. */
    private record Point(double step, double value, double low, double high) {
        static Point of(double step, double value) {
            return new Point(step, value, value, value);
        }
    }

    /** One row of the study in one drawing: the mean over its seeds. */
    private record Line(int encoder, String label, int seeds, List<Point> points) {}

    private CurveCharts() {}

    static void write(List<EncoderFolder> encoders, Figures figures, StringBuilder page) {
        // metric and series, encoder, points
        Map<String, Map<Integer, List<Point>>> panels = new TreeMap<>(CurveCharts::compare);
        for (int e = 0; e < encoders.size(); e++) {
            if (encoders.get(e).curves().isPresent()) {
                collect(encoders.get(e).curves().get(), e, panels);
            }
        }
        List<String> without = new ArrayList<>();
        for (int e = 0; e < encoders.size(); e++) {
            int index = e;
            if (panels.values().stream().noneMatch(lines -> lines.containsKey(index))) {
                without.add(encoders.get(e).label());
            }
        }
        if (!panels.isEmpty()) {
            legend(encoders, panels, page);
            page.append("<div class=\"charts\">\n");
            panels.forEach((name, lines) -> panel(title(name), rows(lines, encoders), encoders, figures, page));
            page.append("</div>\n<p class=\"sub\">Horizontal: optimiser steps. A vertical axis whose numbers span a factor of "
                    + "100 or ")
                    .append("more is logarithmic. Bands are one standard deviation over seeds. Lines of more than ").append(POINTS)
                    .append(" points show means of neighbours.</p>\n");
            ends(panels, encoders, page);
        }
        if (!without.isEmpty()) {
            page.append("<p>No curves were logged by: ").append(Html.text(String.join("; ", without))).append(".</p>\n");
        }
    }

    private static void collect(CsvRows curves, int encoder, Map<String, Map<Integer, List<Point>>> panels) {
        for (int i = 0; i < curves.size(); i++) {
            panels.computeIfAbsent(curves.text(i, "metric") + '\u001f' + curves.text(i, "series"), k -> new LinkedHashMap<>())
                    .computeIfAbsent(encoder, k -> new ArrayList<>())
                    .add(Point.of(curves.number(i, "step"), curves.number(i, "value")));
        }
    }

    private static int compare(String left, String right) {
        int a = ORDER.indexOf(left.substring(0, left.indexOf('\u001f')));
        int b = ORDER.indexOf(right.substring(0, right.indexOf('\u001f')));
        int byOrder = Integer.compare(a < 0 ? ORDER.size() : a, b < 0 ? ORDER.size() : b);
        return byOrder != 0 ? byOrder : left.compareTo(right);
    }

    private static String title(String name) {
        String[] parts = name.split("\u001f");
        return parts[0].replace('_', ' ') + " (" + parts[1] + ")";
    }

    /** The seeds of a row become one line: their mean at the steps that all of them logged, with one standard deviation around. */
    private static List<Line> rows(Map<Integer, List<Point>> lines, List<EncoderFolder> encoders) {
        Map<String, List<Integer>> byRow = new LinkedHashMap<>();
        lines.keySet().stream().sorted().forEach(e -> byRow.computeIfAbsent(encoders.get(e).row(), r -> new ArrayList<>()).add(e));
        List<Line> rows = new ArrayList<>();
        byRow.forEach((row, seeds) -> {
            TreeMap<Double, List<Double>> atStep = new TreeMap<>();
            seeds.forEach(e -> lines.get(e).forEach(point -> atStep.computeIfAbsent(point.step(), s -> new ArrayList<>())
                    .add(point.value())));
            List<Point> points = new ArrayList<>();
            atStep.forEach((step, values) -> {
                if (values.size() == seeds.size()) {
                    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
                    double std = values.size() < 2 ? 0 : Math.sqrt(values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum()
                            / (values.size() - 1));
                    points.add(new Point(step, mean, mean - std, mean + std));
                }
            });
            if (!points.isEmpty()) {
                rows.add(new Line(seeds.get(0), row, seeds.size(), thinned(points)));
            }
        });
        return rows;
    }

    /** One style for each row: six colours, then the same colours broken in three ways. */
    private static String style(List<EncoderFolder> encoders, int encoder) {
        List<String> rows = encoders.stream().map(EncoderFolder::row).distinct().toList();
        int row = rows.indexOf(encoders.get(encoder).row());
        return "k" + row % 6 + (row < 6 ? "" : " d" + Math.min(3, row / 6));
    }

    private static void legend(List<EncoderFolder> encoders, Map<String, Map<Integer, List<Point>>> panels, StringBuilder page) {
        Map<String, List<Integer>> rows = new LinkedHashMap<>();
        for (int e = 0; e < encoders.size(); e++) {
            int index = e;
            if (panels.values().stream().anyMatch(lines -> lines.containsKey(index))) {
                rows.computeIfAbsent(encoders.get(e).row(), row -> new ArrayList<>()).add(e);
            }
        }
        page.append("<ul class=\"legend\">\n");
        rows.forEach((row, trainings) -> page.append("<li><svg viewBox=\"0 0 28 8\" aria-hidden=\"true\"><line x1=\"0\" "
                + "y1=\"4\" x2=\"28\" y2=\"4\" class=\"")
                .append(style(encoders, trainings.get(0))).append("\"/></svg>").append(Html.text(row))
                .append(trainings.size() > 1 ? " (" + trainings.size() + " seeds: mean, band of one standard deviation)" : "").append("</li>\n"));
        page.append("</ul>\n");
    }

    private static void panel(String title, List<Line> drawn, List<EncoderFolder> encoders, Figures figures, StringBuilder page) {
        if (drawn.isEmpty()) {
            return;
        }
        List<Point> all = drawn.stream().flatMap(line -> line.points().stream()).toList();
        Scale y = Scale.over(all.stream().mapToDouble(Point::value).min().orElseThrow(),
                all.stream().mapToDouble(Point::value).max().orElseThrow(), true);
        double last = Math.max(1, all.stream().mapToDouble(Point::step).max().orElseThrow());
        Scale x = new Scale(0, last, false);
        page.append("<figure>\n<figcaption>").append(Html.text(title)).append("</figcaption>\n");
        int start = page.length();
        page.append("<svg viewBox=\"0 0 ").append(WIDTH)
                .append(' ')
                .append(HEIGHT).append("\" role=\"img\" aria-label=\"").append(Html.text(title)).append(" over steps, ")
                .append(drawn.size()).append(drawn.size() == 1 ? " line" : " lines").append("\">\n");
        for (double tick : y.ticks()) {
            double at = vertical(y, tick);
            page.append("<line class=\"axis\" x1=\"").append(LEFT).append("\" x2=\"").append(WIDTH - RIGHT).append("\" y1=\"")
                    .append(Html.at(at)).append("\" y2=\"").append(Html.at(at))
                    .append("\"/><text class=\"soft\" text-anchor=\"end\" x=\"")
                    .append(LEFT - 6).append("\" y=\"").append(Html.at(at + 4)).append("\">").append(Scale.label(tick))
                    .append("</text>\n");
        }
        for (double tick : x.ticks()) {
            double at = horizontal(x, tick);
            page.append("<text class=\"soft\" text-anchor=\"middle\" x=\"").append(Html.at(Math.min(at, WIDTH - 16)))
                    .append("\" y=\"")
                    .append(HEIGHT - 10).append("\">").append(Scale.label(tick)).append("</text>\n");
        }
        drawn.forEach(line -> line(line, x, y, style(encoders, line.encoder()), page));
        page.append("</svg>\n");
        figures.add("curve " + title, page.substring(start), numbers(drawn));
        page.append("</figure>\n");
    }

    private static void line(Line line, Scale x, Scale y, String style, StringBuilder page) {
        List<Point> points = line.points();
        if (points.size() == 1) {
            page.append("<circle class=\"mark ").append(style).append("\" cx=\"").append(Html.at(horizontal(x, points.get(0).step())))
                    .append("\" cy=\"").append(Html.at(vertical(y, points.get(0).value()))).append("\" r=\"3\"><title>")
                    .append(Html.text(line.label())).append("</title></circle>\n");
            return;
        }
        if (line.seeds() > 1) {
            page.append("<polygon class=\"band ").append(style).append("\" points=\"");
            points.forEach(point -> corner(x, y, point.step(), point.high(), page));
            for (int i = points.size() - 1; i >= 0; i--) {
                corner(x, y, points.get(i).step(), points.get(i).low(), page);
            }
            page.append("\"/>\n");
        }
        page.append("<polyline class=\"curve ").append(style).append("\" points=\"");
        points.forEach(point -> corner(x, y, point.step(), point.value(), page));
        page.append("\"><title>").append(Html.text(line.label())).append("</title></polyline>\n");
    }

    private static void corner(Scale x, Scale y, double step, double value, StringBuilder page) {
        double inside = Math.min(y.high(), Math.max(y.low(), value));
        page.append(Html.at(horizontal(x, step))).append(',').append(Html.at(vertical(y, inside))).append(' ');
    }

    private static List<String[]> numbers(List<Line> drawn) {
        List<String[]> rows = new ArrayList<>();
        drawn.forEach(line -> line.points().forEach(point -> rows.add(new String[] {line.label(), Double.toString(point.step()),
            Double.toString(point.value()), line.seeds() > 1 ? Double.toString(point.low()) : "",
            line.seeds() > 1 ? Double.toString(point.high()) : "", ""})));
        return rows;
    }

    private static double horizontal(Scale x, double step) {
        return LEFT + x.place(step) * (WIDTH - LEFT - RIGHT);
    }

    private static double vertical(Scale y, double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static List<Point> thinned(List<Point> points) {
        List<Point> sorted = points.stream().sorted(java.util.Comparator.comparingDouble(Point::step)).toList();
        if (sorted.size() <= POINTS) {
            return sorted;
        }
        List<Point> means = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            List<Point> part = sorted.subList((int) ((long) i * sorted.size() / POINTS),
                    (int) ((long) (i + 1) * sorted.size() / POINTS));
            means.add(new Point(part.stream().mapToDouble(Point::step).average().orElseThrow(),
                    part.stream().mapToDouble(Point::value).average().orElseThrow(),
                    part.stream().mapToDouble(Point::low).average().orElseThrow(),
                    part.stream().mapToDouble(Point::high).average().orElseThrow()));
        }
        return means;
    }

    /** First and last number of every line, for those who do not see the drawings. */
    private static void ends(Map<String, Map<Integer, List<Point>>> panels, List<EncoderFolder> encoders, StringBuilder page) {
        page.append("<details>\n<summary>First and last number of every curve</summary>\n")
                .append(Html.tableStart("list", "Ends of curves"))
                .append("<thead><tr><th scope=\"col\">curve</th><th scope=\"col\">training</th><th scope=\"col\">first</th>")
                .append("<th scope=\"col\">last</th><th scope=\"col\">last step</th></tr></thead>\n<tbody>\n");
        panels.forEach((name, lines) -> lines.forEach((encoder, points) -> {
            List<Point> sorted = points.stream().sorted(java.util.Comparator.comparingDouble(Point::step)).toList();
            Point end = sorted.get(sorted.size() - 1);
            page.append("<tr><th scope=\"row\">").append(Html.text(title(name))).append("</th><td class=\"text\">")
                    .append(Html.text(encoders.get(encoder).label())).append("</td><td>")
                    .append(Scale.label(sorted.get(0).value()))
                    .append("</td><td>").append(Scale.label(end.value())).append("</td><td>").append((long) end.step())
                    .append("</td></tr>\n");
        }));
        page.append("</tbody>\n").append(Html.tableEnd()).append("</details>\n");
    }
}
