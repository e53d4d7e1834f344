package org.equirepro.evaluation.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.equirepro.base.ResultRow;
import org.equirepro.evaluation.coco.CocoEvaluation;
import org.equirepro.evaluation.coco.CocoTruth;
import org.equirepro.evaluation.coco.Detection;
import org.equirepro.evaluation.coco.IouType;
import org.equirepro.evaluation.probes.ProbeTask;

/** COCO's numbers as rows of results. */
public final class CocoRows {

    private static final Map<String, String> SIZES = Map.of("s", "_small", "m", "_medium", "l", "_large");

    private CocoRows() {}

    /** A row for each official number; none for sizes of which there is no object. */
    public static List<ResultRow> of(ProbeTask task, IouType type, String protocol, CocoTruth truth, List<Detection> detections) {
        List<ResultRow> rows = new ArrayList<>();
        new CocoEvaluation(type, truth).score(detections).stats().forEach((name, value) -> {
            if (value >= 0) {
                rows.add(task.row(target(type), "all", "fine_tuned", protocol, metric(name), value, 0, truth.pictures().size()));
            }
        });
        return rows;
    }

    private static String target(IouType type) {
        return switch (type) {
            case BBOX -> "box";
            case SEGM -> "mask";
            case KEYPOINTS -> "person_keypoints";
        };
    }

    /** {@code APs} is {@code ap_small}. */
    private static String metric(String name) {
        String size = name.substring(name.length() - 1);
        return (SIZES.containsKey(size) ? name.substring(0, name.length() - 1) + SIZES.get(size) : name).toLowerCase(Locale.ROOT);
    }
}
