package org.equirepro.reporting.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.equirepro.base.AtomicFiles;
import org.equirepro.reporting.tables.CsvSchema;

/** The drawings of the page as files of their own: an SVG for papers and slides, and its numbers as a CSV. */
final class Figures {

    private record Figure(String name, String svg, List<String[]> numbers) {}

    private final List<Figure> figures = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /**
     * Keeps a drawing.
     *
     * @param svg an {@code svg} element as it stands in the page
     * @param numbers rows of results-schema/figure.json
     */
    void add(String title, String svg, List<String[]> numbers) {
        String plain = title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        String name = plain;
        for (int i = 2; !names.add(name); i++) {
            name = plain + "-" + i;
        }
        figures.add(new Figure(name, svg, numbers));
    }

    /** Writes {@code NAME.svg} and {@code NAME.csv} for each drawing into a new folder. */
    void write(Path folder) {
        String style = "<style>" + resource("figure.css").strip() + "</style>";
        AtomicFiles.writeFolder(folder, place -> {
            for (Figure figure : figures) {
                String svg = figure.svg().replaceFirst("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ")
                        .replaceFirst(">", ">" + style);
                AtomicFiles.writeText(place.resolve(figure.name() + ".svg"), svg);
                CsvSchema.builtIn("figure").write(place.resolve(figure.name() + ".csv"), figure.numbers());
            }
        });
    }

    /** A text that is packed beside this class. */
    static String resource(String name) {
        try (InputStream in = Figures.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
