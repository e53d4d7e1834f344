package org.equirepro.study;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.ClassMetric;
import org.equirepro.base.ResultRow;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/** What a study says to tables and report only: they get it as it stands in the file. */
final class Reporting {

    private static final List<String> DENSE = List.of("segment", "detect", "keypoints", "homography", "depth", "video");

    private Reporting() {}

    /**
     * Adds {@code paper_scale}, {@code claims}, {@code left_out} (encoders that a selection of rows leaves out) and
     * {@code class_metrics} (of data sets whose own is not top-1).
     */
    static void add(Study selected, ObjectNode config) {
        Settings file = Settings.read(Path.of(selected.file()));
        config.put("results_schema", ResultRow.SCHEMA);
        config.put("paper_scale", file.flag("paper_scale", false));
        ArrayNode out = config.putArray("left_out");
        file.at("encoders").keys().stream().filter(id -> !selected.encoders().containsKey(id)).forEach(out::add);
        ObjectNode metrics = config.putObject("class_metrics");
        selected.datasets().forEach((id, data) -> {
            ClassMetric metric = ClassMetric.of(data.kind());
            if (metric != ClassMetric.TOP1) {
                metrics.put(id, metric.word());
            }
        });
        if (file.has("claims")) {
            for (Settings claim : file.sections("claims")) {
                for (String key : List.of("above", "below")) {
                    for (String id : claim.texts(key)) {
                        if (!file.at("encoders").has(id)) {
                            throw UserError.usage(selected.where("claims." + claim.text("id") + "." + key) + ": no encoder " + id
                                    + " in this study" + NearNames.hint(id, file.at("encoders").keys()));
                        }
                    }
                }
            }
            config.set("claims", file.node().get("claims"));
        }
    }

    /** True if evaluations of this kind fill a table of this name. */
    static boolean fills(String kind, String table) {
        return table.equals("dense") ? DENSE.contains(kind) : kind.equals(table);
    }
}
