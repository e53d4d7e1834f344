package org.equirepro.reporting.tables;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.reporting.tables.TablesConfig.EncoderRow;

/** Finds the encoders of a study whose recipes differ in one setting of the reconstruction only. */
final class Ablations {

    /**
     * Rows of one ablation, by value.
     *
     * @param parameter {@code k} or {@code lambda}
     * @param rows encoders with the value as their label
     */
    record Ablation(String parameter, List<EncoderRow> rows) {}

    /** The encoder whose K the paper varies (Table 9). */
    private static final String OF_TABLE_9 = "all, inter(angle)";

    private static final String COUNT = "count";
    private static final String FINAL_VIEW = "final_view";

    private record Member(String encoder, String label, Optional<String> paper, double value, boolean finalView) {}

    private Ablations() {}

    static List<Ablation> of(Settings config) {
        if (!config.has("recipes")) {
            return List.of();
        }
        List<Ablation> found = new ArrayList<>();
        add("k", COUNT, config, found);
        add("lambda", "weight", config, found);
        return List.copyOf(found);
    }

    private static void add(String parameter, String key, Settings config, List<Ablation> found) {
        // data and recipe without the setting -> members
        Map<String, List<Member>> families = new TreeMap<>();
        for (Settings row : config.sections("rows")) {
            String name = row.text("recipe", "");
            if (config.at("recipes").has(name) && config.at("recipes").at(name).has("reconstruction")) {
                ObjectNode rest = config.at("recipes").at(name).node().deepCopy();
                ObjectNode reconstruction = (ObjectNode) rest.get("reconstruction");
                if (reconstruction.path(key).isNumber()) {
                    double value = reconstruction.remove(key).doubleValue();
                    boolean finalView = key.equals(COUNT) && reconstruction.path(FINAL_VIEW).asBoolean();
                    if (key.equals(COUNT)) {
                        reconstruction.remove(FINAL_VIEW);
                    }
                    families.computeIfAbsent(row.text("data", "") + Settings.canonical(rest), f -> new ArrayList<>())
                            .add(new Member(row.text("encoder"), row.text("label"), Optional.ofNullable(row.text("paper", null)),
                            value, finalView));
                }
            }
        }
        families.values().removeIf(family -> family.stream().map(one -> one.value() + " " + one.finalView()).distinct().count() < 2);
        List<EncoderRow> rows = new ArrayList<>();
        for (List<Member> family : families.values()) {
            family.sort(Comparator.comparing(Member::finalView).thenComparing(Member::value));
            boolean published = parameter.equals("k")
                    && family.stream().anyMatch(one -> one.paper().equals(Optional.of(OF_TABLE_9)));
            for (Member one : family) {
                String value = (parameter.equals("k") ? "K = " : "lambda = ") + number(one.value()) + (one.finalView() ? " and the final view" : "");
                rows.add(new EncoderRow(one.encoder(), families.size() > 1 ? value + ": " + one.label() : value,
                        published ? Optional.of(value) : Optional.empty(), false));
            }
        }
        if (!rows.isEmpty()) {
            found.add(new Ablation(parameter, List.copyOf(rows)));
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%s", value);
    }
}
