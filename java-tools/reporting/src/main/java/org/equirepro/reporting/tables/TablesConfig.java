package org.equirepro.reporting.tables;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.equirepro.base.ClassMetric;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * What a study says about its tables.
 *
 * @param scale what is scaled down or simulated, in words
 * @param rows the encoders in the order of the tables
 * @param tables task names, one table each
 * @param seeds the seeds every cell should have
 * @param paperScale true if the study is as large as the paper's: only then do verdicts compare its numbers with the paper's
 * @param ablations rows that differ in one setting only
 * @param claims what the study tests, as sections of its file
 * @param leftOut encoders of the study that this run leaves out
 * @param classMetrics the own metric of data sets where it is not top-1
 * @param remarks what must be known of the runs behind the tables: failed tasks, newer versions
 */
public record TablesConfig(String study, String title, String scale, List<EncoderRow> rows, List<String> tables,
        List<Integer> seeds, boolean paperScale, List<Ablations.Ablation> ablations, List<Settings> claims, List<String> leftOut,
        Map<String, String> classMetrics, List<String> remarks) {

    /**
     * One row of the tables.
     *
     * @param paper name of the same row in the paper, if there is one
     * @param untrained true for an encoder with its first, random weights
     */
    public record EncoderRow(String encoder, String label, Optional<String> paper, boolean untrained) {}

    /**
     * Reads the settings of a TABLES or REPORT task. A row without {@code untrained} counts as such if its id or label says
     * so.
     */
    public static TablesConfig of(Settings config) {
        List<EncoderRow> rows = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Settings row : config.sections("rows")) {
            String id = row.text("encoder");
            String label = row.text("label");
            if (!ids.add(id)) {
                throw UserError.usage(config.source() + ": rows: encoder " + id + " is listed twice");
            }
            boolean named = (id + " " + label).toLowerCase(Locale.ROOT).contains("untrained");
            rows.add(new EncoderRow(id, label, Optional.ofNullable(row.text("paper", null)), row.flag("untrained", named)));
        }
        if (rows.isEmpty()) {
            throw UserError.usage(config.source() + ": rows is empty; a table needs at least one encoder");
        }
        List<String> tables = config.texts("tables");
        for (String table : tables) {
            if (TableKind.ofTable(table).isEmpty()) {
                throw UserError.usage(config.source() + ": tables: no table is known for '" + table + "'; choose among "
                        + String.join(", ", TableKind.tables()));
            }
        }
        List<Integer> seeds = new ArrayList<>();
        for (int seed : config.integers("seeds")) {
            seeds.add(seed);
        }
        return new TablesConfig(config.text("study"), config.text("title"), config.text("scale"), List.copyOf(rows),
                List.copyOf(tables), seeds.stream().sorted().toList(), config.flag("paper_scale", false), Ablations.of(config),
                config.has("claims") ? config.sections("claims") : List.of(),
                config.has("left_out") ? config.texts("left_out") : List.of(), classMetrics(config),
                config.has("remarks") ? config.texts("remarks") : List.of());
    }

    private static Map<String, String> classMetrics(Settings config) {
        Map<String, String> metrics = new TreeMap<>();
        if (config.has("class_metrics")) {
            Settings own = config.at("class_metrics");
            own.keys().forEach(dataset -> metrics.put(dataset, own.text(dataset)));
        }
        return Collections.unmodifiableMap(metrics);
    }

    /** The own metric of a data set's classes. */
    String classMetric(String dataset) {
        return classMetrics.getOrDefault(dataset, ClassMetric.TOP1.word());
    }

    public Optional<EncoderRow> row(String encoder) {
        return rows.stream().filter(row -> row.encoder().equals(encoder)).findFirst();
    }
}
