package org.equirepro.reporting.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.equirepro.base.ResultRow;
import org.equirepro.reporting.claims.Difference;
import org.equirepro.reporting.tables.Quantity;
import org.equirepro.reporting.tables.Statistic;

/** Two runs side by side: which settings changed, and what that did to each cell. */
public final class RunDiff {

    private RunDiff() {}

    /** In Markdown: settings by task (seeds together), then cells with both means, their difference and its test. */
    public static String of(Path left, Path right, Path schemaFolder) {
        MergedRuns a = MergedRuns.open(List.of(left), schemaFolder);
        MergedRuns b = MergedRuns.open(List.of(right), schemaFolder);
        StringBuilder text = new StringBuilder("# ").append(left).append(" -> ").append(right).append("\n\n## Settings\n\n");
        List<String> settings = settings(a.runs().get(0), b.runs().get(0));
        settings.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append(settings.isEmpty() ? "No setting differs.\n" : "").append("\n## Cells\n\n");
        cells(a.rows(), b.rows(), text);
        return text.toString();
    }

    private static List<String> settings(StoredRun left, StoredRun right) {
        Map<String, JsonNode> a = configs(left);
        Map<String, JsonNode> b = configs(right);
        Set<String> ids = new LinkedHashSet<>(a.keySet());
        ids.addAll(b.keySet());
        Set<String> lines = new LinkedHashSet<>();
        for (String id : ids) {
            if (!a.containsKey(id) || !b.containsKey(id)) {
                lines.add(id + ": only in " + (a.containsKey(id) ? left : right).folder());
            } else {
                Leaves.differences(a.get(id), b.get(id)).forEach(change -> lines.add(id + ": " + change));
            }
        }
        return List.copyOf(lines);
    }

    /** Without seeds: which were run shows in the cells. */
    private static Map<String, JsonNode> configs(StoredRun run) {
        Map<String, JsonNode> configs = new TreeMap<>();
        for (StoredRun.Task task : run.tasks()) {
            if (!task.process().equals("TABLES") && !task.process().equals("REPORT")) {
                ObjectNode config = task.config().deepCopy();
                config.remove("seed");
                configs.putIfAbsent(task.process() + " " + task.id().replaceAll("-s[0-9]+$", ""), config);
            }
        }
        return configs;
    }

    private static void cells(List<ResultRow> left, List<ResultRow> right, StringBuilder text) {
        Map<String, Map<Integer, Double>> a = bySeed(left);
        Map<String, Map<Integer, Double>> b = bySeed(right);
        Set<String> keys = new LinkedHashSet<>(a.keySet());
        keys.addAll(b.keySet());
        List<String> same = new ArrayList<>();
        text.append("| cell | before | after | difference | test |\n|---|---|---|---|---|\n");
        for (String key : keys) {
            Optional<Statistic> before = Optional.ofNullable(a.get(key)).map(Statistic::of);
            Optional<Statistic> after = Optional.ofNullable(b.get(key)).map(Statistic::of);
            if (before.equals(after)) {
                same.add(key);
                continue;
            }
            String metric = key.substring(key.lastIndexOf('/') + 1);
            text.append("| ").append(key).append(" | ").append(shown(before)).append(" | ").append(shown(after)).append(" | ");
            if (before.isPresent() && after.isPresent()) {
                double change = after.get().mean() - before.get().mean();
                Difference test = Difference.of(after.get(), before.get(), false, 0);
                text.append(String.format(Locale.ROOT, "%+.4f%s | %s", change, Quantity.lowerIsBetter(metric) == change < 0
                        ? " better" : " worse", test(test)));
            } else {
                text.append("| ");
            }
            text.append(" |\n");
        }
        text.append("\n").append(same.size()).append(" cells are equal to the last digit.\n");
    }

    private static String test(Difference test) {
        if (test.above().isEmpty()) {
            return "one seed, no test";
        }
        double both = 2 * Math.min(test.above().getAsDouble(), test.under().getAsDouble());
        return String.format(Locale.ROOT, "%s t, two-sided p = %.4f", test.test(), Math.min(1, both));
    }

    private static String shown(Optional<Statistic> found) {
        return found.map(one -> String.format(Locale.ROOT, "%.4f", one.mean()) + (one.std().isPresent()
                ? String.format(Locale.ROOT, " ± %.4f", one.std().getAsDouble()) : "") + " (n = " + one.n() + ")").orElse("none");
    }

    private static Map<String, Map<Integer, Double>> bySeed(List<ResultRow> rows) {
        Map<String, Map<Integer, Double>> cells = new TreeMap<>();
        for (ResultRow row : rows) {
            cells.computeIfAbsent(CellName.of(row), key -> new TreeMap<>()).put(row.seed(), row.value());
        }
        return cells;
    }
}
