package org.equirepro.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/** Learning curves in long format: series, step, epoch, metric, value. Nothing in them depends on time or machine. */
public final class Curves {

    private static final String[] COLUMNS = {"series", "step", "epoch", "metric", "value"};
    private static final CSVFormat FORMAT = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').setHeader(COLUMNS).build();

    private record Point(String series, long step, double epoch, String metric, double value) {}

    private final List<Point> points = new ArrayList<>();

    public void add(String series, long step, double epoch, String metric, double value) {
        points.add(new Point(series, step, epoch, metric, value));
    }

    public void write(Path file) {
        AtomicFiles.writeText(file, csv());
    }

    /** The text of the file. */
    public String csv() {
        StringBuilder text = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(text, FORMAT)) {
            for (Point p : points) {
                printer.printRecord(p.series, p.step, p.epoch, p.metric, p.value);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Adds all points of {@code other}. */
    public void addAll(Curves other) {
        points.addAll(other.points);
    }

    /** The last value of a metric, in any series. */
    public OptionalDouble last(String metric) {
        return points.stream().filter(p -> p.metric.equals(metric)).mapToDouble(Point::value).reduce((a, b) -> b);
    }

    /** The same points for TensorBoard: a curve is tagged {@code series/metric}. */
    public void writeEvents(Path file) {
        EventFile.write(file, points.stream().map(p -> new EventFile.Scalar(p.series + "/" + p.metric, p.step, p.value)).toList());
    }

    /** All points of a file. */
    public static Curves read(Path file) {
        return read(file, Long.MAX_VALUE);
    }

    /** The points of a file up to and including {@code lastStep}: what came after was not saved and will come again. */
    public static Curves read(Path file, long lastStep) {
        try {
            return parse(file, Files.readString(file), lastStep);
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** All points of what {@link #csv} gave; {@code file} names its origin in errors. */
    public static Curves parse(Path file, String text) {
        return parse(file, text, Long.MAX_VALUE);
    }

    private static Curves parse(Path file, String text, long lastStep) {
        Curves curves = new Curves();
        CSVFormat format = FORMAT.builder().setSkipHeaderRecord(true).build();
        try (CSVParser parser = CSVParser.parse(text, format)) {
            for (CSVRecord r : parser) {
                long step = Long.parseLong(r.get(1));
                if (step <= lastStep) {
                    curves.add(r.get(0), step, Double.parseDouble(r.get(2)), r.get(3), Double.parseDouble(r.get(4)));
                }
            }
        } catch (IOException | NumberFormatException e) {
            throw UserError.badData(file, "not a readable file of curves: " + e.getMessage(), e);
        }
        return curves;
    }
}
