package org.equirepro.parity.kinds;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.metrics.AveragePrecision;
import org.equirepro.evaluation.metrics.ClassificationMetrics;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;

/** Accuracies of single-label classification (a case with logits) and average precisions of multi-label (with scores). */
public final class ClsMetricsKind implements ParityKind {

    private static final Pattern TOP = Pattern.compile("top(\\d+)_percent");
    private static final Pattern SMOOTHING = Pattern.compile("label_smoothing_(\\d+)_(\\d+)");

    @Override
    public void check(ReferenceCase reference, Check check) {
        if (reference.tensors().has("in.logits")) {
            checkSingleLabel(reference, check);
        }
        if (reference.tensors().has("in.scores")) {
            checkMultiLabel(reference, check);
        }
    }

    private static void checkSingleLabel(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        int classes = (int) tensors.shape("in.logits")[1];
        ClassificationMetrics metrics = new ClassificationMetrics(tensors.floats("in.logits"), ints(tensors.longs("in.labels")),
                classes);
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        Settings expected = reference.expected();
        for (String key : expected.keys()) {
            check.close(key, singleLabel(metrics, key), expected.real(key), rtol, atol);
        }
        if (tensors.has("out.confusion")) {
            double[] counts = Arrays.stream(metrics.confusion()).flatMapToInt(Arrays::stream).asDoubleStream().toArray();
            check.close("confusion", counts, tensors.doubles("out.confusion"), 0, 0);
        }
    }

    private static double singleLabel(ClassificationMetrics metrics, String key) {
        Matcher top = TOP.matcher(key);
        if (top.matches()) {
            return metrics.top(Integer.parseInt(top.group(1)));
        }
        Matcher smoothing = SMOOTHING.matcher(key);
        if (smoothing.matches()) {
            return metrics.crossEntropy(Double.parseDouble(smoothing.group(1) + "." + smoothing.group(2)));
        }
        return switch (key) {
            case "mean_per_class_percent" -> metrics.meanPerClass();
            case "classes_present" -> metrics.classesPresent();
            case "cross_entropy" -> metrics.crossEntropy();
            default -> throw new IllegalArgumentException("no check for the expected value " + key);
        };
    }

    private static void checkMultiLabel(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        int classes = (int) tensors.shape("in.scores")[1];
        double[] scores = tensors.doubles("in.scores");
        int[] labels = ints(tensors.longs("in.labels"));
        double[] allPoints = new double[classes];
        double[] elevenPoint = new double[classes];
        for (int c = 0; c < classes; c++) {
            int column = c;
            int[] rows = IntStream.range(0, labels.length / classes).map(i -> i * classes + column).toArray();
            AveragePrecision ap = new AveragePrecision(IntStream.of(rows).mapToDouble(i -> scores[i]).toArray(),
                    IntStream.of(rows).map(i -> labels[i]).toArray());
            allPoints[c] = ap.allPoints();
            elevenPoint[c] = ap.elevenPoint();
        }
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        Settings expected = reference.expected();
        for (String key : expected.keys()) {
            switch (key) {
                case "ap_all_points" -> check.close(key, allPoints, expected.reals(key), rtol, atol);
                case "ap_11_point" -> check.close(key, elevenPoint, expected.reals(key), rtol, atol);
                case "map_all_points" -> check.close(key, mean(allPoints), expected.real(key), rtol, atol);
                case "map_11_point" -> check.close(key, mean(elevenPoint), expected.real(key), rtol, atol);
                default -> throw new IllegalArgumentException("no check for the expected value " + key);
            }
        }
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }
}
