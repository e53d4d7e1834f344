package org.equirepro.base;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        AtomicFiles.write(file, out -> {
            CSVPrinter printer = new CSVPrinter(new OutputStreamWriter(out, StandardCharsets.UTF_8), FORMAT);
            for (Point p : points) {
                printer.printRecord(p.series, p.step, p.epoch, p.metric, p.value);
            }
            printer.flush();
        });
    }

    /** Adds all points of {@code other}. */
    public void addAll(Curves other) {
        points.addAll(other.points);
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
        Curves curves = new Curves();
        CSVFormat format = FORMAT.builder().setSkipHeaderRecord(true).build();
        try (Reader reader = Files.newBufferedReader(file); CSVParser parser = format.parse(reader)) {
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
