package org.equirepro.parity.kinds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.coco.CocoEvaluation;
import org.equirepro.evaluation.coco.CocoResults;
import org.equirepro.evaluation.coco.CocoScores;
import org.equirepro.evaluation.coco.CocoTruth;
import org.equirepro.evaluation.coco.IouType;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;

/** COCO's evaluation of boxes, masks and keypoints: the official numbers, each category's, and the curves they are means of. */
public final class CocoEvalKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) throws IOException {
        for (String type : reference.params().texts("iou_types")) {
            Path annotations = file(reference, "gt", type);
            CocoTruth truth = CocoTruth.read(annotations);
            CocoScores scores = new CocoEvaluation(IouType.valueOf(type.toUpperCase(Locale.ROOT)), wanted(truth, reference.params()))
                    .score(CocoResults.read(file(reference, "dt", type), truth));
            compare(type, scores, wanted(truth, reference.params()), reference, check);
        }
    }

    private static CocoTruth wanted(CocoTruth truth, Settings params) {
        if (!params.has("img_ids")) {
            return truth;
        }
        Set<Long> ids = new HashSet<>();
        for (double id : params.reals("img_ids")) {
            ids.add((long) id);
        }
        return truth.only(ids);
    }

    private static void compare(String type, CocoScores scores, CocoTruth truth, ReferenceCase reference, Check check) {
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        Settings expected = reference.expected().at(type);
        Map<String, Double> stats = scores.stats();
        check.that(type + " stats " + stats.keySet(), stats.keySet().equals(new HashSet<>(expected.at("stats").keys())));
        stats.forEach((name, value) -> check.close(type + " " + name, value, expected.at("stats").real(name), rtol, atol));
        scores.averagePrecision().forEach((category, value) -> check.close(type + " AP of category " + category, value,
                expected.at("per_category_AP").real(Long.toString(category)), rtol, atol));
        SafeTensors tensors = reference.tensors();
        long[] ids = truth.categories().stream().mapToLong(id -> id).toArray();
        check.that(type + ".catIds", Arrays.equals(ids, tensors.longs(type + ".catIds")));
        check.close(type + ".precision", scores.precision(), tensors.doubles(type + ".precision_all_maxdet_last"), rtol, atol);
        check.close(type + ".recall", scores.recall(), tensors.doubles(type + ".recall"), rtol, atol);
    }

    /** The case's own file of annotations ({@code gt}) or results ({@code dt}), or the one in the data set that it names. */
    private static Path file(ReferenceCase reference, String what, String type) throws IOException {
        for (String suffix : List.of("." + what + "_" + type + ".json", "." + what + ".json")) {
            Path file = reference.file(reference.name() + suffix);
            if (Files.exists(file)) {
                return file;
            }
        }
        Path folder = reference.file("../..").resolve(reference.params().text("source"));
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(f -> f.toString().endsWith(".json") && isList(f) == what.equals("dt")).sorted().toList();
            return found.stream().filter(f -> found.size() == 1 || f.getFileName().toString().contains(type)).findFirst().orElseThrow(
                    () -> new IllegalArgumentException("no " + what + " for " + type + " in " + folder));
        }
    }

    /** Results are a list, annotations an object. */
    private static boolean isList(Path json) {
        try (Stream<String> lines = Files.lines(json)) {
            return lines.map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("").startsWith("[");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
