package org.equirepro.evaluation.probes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Curves;
import org.equirepro.base.ResultRow;
import org.equirepro.base.UserError;

/** What one part of a probe found: results, learning curves and predictions. Parts are kept in the store one by one. */
final class ProbePart {

    static final String RESULTS = "result.csv";
    static final String CURVES = "curves.csv";
    static final String PREDICTIONS = "predictions.csv";
    private static final String PICTURES = "pictures";

    /** Metric of the curves' points by which something is chosen. */
    static final String SCORE = "selection_score";

    private static final String PREDICTION_HEADER = "target,parameter,features,protocol,sample,truth,prediction";

    private final List<ResultRow> rows = new ArrayList<>();
    private final Curves curves = new Curves();
    private final List<String> predictions = new ArrayList<>();
    private final TreeMap<String, byte[]> pictures = new TreeMap<>();

    void result(ResultRow row) {
        rows.add(row);
    }

    List<ResultRow> results() {
        return List.copyOf(rows);
    }

    /** A point of a learning curve; epochs count from 1. */
    void curve(String series, long step, int epoch, String metric, double value) {
        curves.add(series, step, epoch, metric, value);
    }

    /** All points of learning curves. */
    void curves(Curves more) {
        curves.addAll(more);
    }

    /** What was answered for a test sample, in the parameter's own unit; for classes their numbers. */
    void prediction(String target, String parameter, String features, String protocol, String sample, double truth,
            double prediction) {
        predictions.add(CSVFormat.DEFAULT.format(target, parameter, features, protocol, sample, (float) truth,
                (float) prediction));
    }

    /** A PNG for people, by the name of its file. */
    void picture(String name, byte[] png) {
        pictures.put(name, png);
    }

    /** Adds all that {@code other} found. */
    void add(ProbePart other) {
        rows.addAll(other.rows);
        curves.addAll(other.curves);
        predictions.addAll(other.predictions);
        pictures.putAll(other.pictures);
    }

    /** The last score by which something was to be chosen. */
    double lastScore() {
        return curves.last(SCORE).orElseThrow();
    }

    /** The answers among the predictions, in their order. */
    int[] answers(String features, String protocol) {
        try (CSVParser parser = CSVParser.parse(String.join("\n", predictions), CSVFormat.DEFAULT)) {
            return parser.stream().filter(r -> r.get(2).equals(features) && r.get(3).equals(protocol))
                    .mapToInt(r -> (int) Float.parseFloat(r.get(6))).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the three files, and what pictures there are, into {@code folder}. */
    void write(Path folder) {
        ResultRow.write(folder.resolve(RESULTS), rows);
        curves.write(folder.resolve(CURVES));
        lines(folder.resolve(PREDICTIONS), PREDICTION_HEADER, predictions);
        pictures.forEach((name, png) -> AtomicFiles.write(folder.resolve(PICTURES).resolve(name), out -> out.write(png)));
    }

    private static void lines(Path file, String header, List<String> lines) {
        AtomicFiles.write(file, out -> {
            out.write((header + "\n").getBytes(StandardCharsets.UTF_8));
            for (String line : lines) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** What {@link #write} wrote. */
    static ProbePart read(Path folder) {
        ProbePart part = new ProbePart();
        part.rows.addAll(ResultRow.read(folder.resolve(RESULTS)));
        part.curves.addAll(Curves.read(folder.resolve(CURVES)));
        part.predictions.addAll(lines(folder.resolve(PREDICTIONS), PREDICTION_HEADER));
        readPictures(folder.resolve(PICTURES), part);
        return part;
    }

    private static void readPictures(Path folder, ProbePart part) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                part.picture(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw UserError.badData(folder, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<String> lines(Path file, String header) {
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty() || !lines.get(0).equals(header)) {
                throw UserError.badData(file, "must begin with " + header + "; remove its folder and run again");
            }
            return lines.subList(1, lines.size());
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
