package org.equirepro.parity.kinds;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.coco.CocoEvaluation;
import org.equirepro.evaluation.coco.CocoResults;
import org.equirepro.evaluation.coco.Measure;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.data.CocoFile;

/** COCO's scores of boxes, masks and keypoints, from files beside the case or in a sample data set. */
public final class CocoEvalKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        double atol = reference.tolerance().real("atol", 0);
        Path truth = truth(reference);
        CocoFile file = CocoFile.open(truth, () -> Files.newInputStream(truth));
        SafeTensors tensors = reference.tensors();
        for (String type : reference.expected().keys()) {
            CocoEvaluation scores = CocoEvaluation.of(Measure.valueOf(type.toUpperCase(Locale.ROOT)), file,
                    CocoResults.read(detections(reference, type)));
            Settings stats = reference.expected().at(type).at("stats");
            Map<String, Double> summary = scores.summary();
            check.that(type + ": has " + summary.keySet() + ", expected " + stats.keys(),
                    summary.keySet().containsAll(stats.keys()));
            stats.keys().forEach(key -> check.close(type + " " + key, summary.getOrDefault(key, Double.NaN), stats.real(key), 0, atol));
            Settings classes = reference.expected().at(type).at("per_category_AP");
            for (int k = 0; k < file.categories().size(); k++) {
                String id = Long.toString(file.categories().get(k).id());
                if (classes.has(id)) {
                    check.close(type + " AP of " + id, scores.averagePrecision(k), classes.real(id), 0, atol);
                }
            }
            check.close(type + " precision", scores.precisions(), tensors.doubles(type + ".precision_all_maxdet_last"), 0, atol);
            check.close(type + " recall", scores.recalls(), tensors.doubles(type + ".recall"), 0, atol);
        }
    }

    private static Path truth(ReferenceCase reference) {
        Path beside = reference.file(reference.name() + ".gt.json");
        return Files.exists(beside) ? beside : pick(folder(reference), "gt_.*|instances_[a-z]+\\d+_\\d+\\.json");
    }

    private static Path detections(ReferenceCase reference, String type) {
        for (String name : List.of(".dt_" + type + ".json", ".dt.json")) {
            Path beside = reference.file(reference.name() + name);
            if (Files.exists(beside)) {
                return beside;
            }
        }
        return pick(folder(reference), type.equals("keypoints") ? "dt_.*|.*keypoints.*_results\\.json" : ".*_fake" + type
                + ".*_results\\.json");
    }

    private static Path folder(ReferenceCase reference) {
        return reference.file("../..").resolve(reference.params().text("source"));
    }

    private static Path pick(Path folder, String form) {
        if (!Files.isDirectory(folder)) {
            throw UserError.missing(folder, "no such folder");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().matches(form)).sorted().findFirst()
                    .orElseThrow(() -> UserError.missing(folder, "has no file " + form));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
