package org.equirepro.evaluation.depth;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.equirepro.evaluation.metrics.DepthMetrics;

/**
 * What was found for one picture, a line of {@code predictions.csv}.
 *
 * @param typical geometric mean of the true depths that count, metres
 */
record DepthAnswer(String key, double typical, DepthMetrics errors) {

    static final String HEADER = "sample,pixels,typical_depth," + String.join(",", DepthMetrics.NAMES);

    String line() {
        double[] e = errors.values();
        return CSVFormat.DEFAULT.format(key, errors.pixels(), typical, e[0], e[1], e[2], e[3], e[4], e[5]);
    }

    static List<DepthAnswer> parse(List<String> lines) {
        try (var records = CSVFormat.DEFAULT.parse(new StringReader(String.join("\n", lines)))) {
            return records.stream().map(DepthAnswer::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DepthAnswer of(CSVRecord r) {
        return new DepthAnswer(r.get(0), Double.parseDouble(r.get(2)), new DepthMetrics(Integer.parseInt(r.get(1)), Double.parseDouble(r.get(3)),
                Double.parseDouble(r.get(4)), Double.parseDouble(r.get(5)), Double.parseDouble(r.get(6)), Double.parseDouble(r.get(7)),
                Double.parseDouble(r.get(8))));
    }
}
