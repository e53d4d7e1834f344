package org.equirepro.evaluation.coco;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What an evaluation found. A number is -1 where there is no object to find, as COCO has it. */
public final class CocoScores {

    /** Numbers of the thresholds 0.5 and 0.75. */
    private static final int AT_50 = 0;
    private static final int AT_75 = 5;

    private final IouType type;
    private final List<Long> categories;
    private final PrecisionCurve[][][][] curves;

    CocoScores(IouType type, List<Long> categories) {
        this.type = type;
        this.categories = categories;
        curves = new PrecisionCurve[categories.size()][][][];
    }

    void set(int category, PrecisionCurve[][][] ofCategory) {
        curves[category] = ofCategory;
    }

    /**
     * The official numbers in their order. Boxes and masks: AP, AP50, AP75, APs, APm, APl (by size), AR1, AR10, AR100 (by number
     * of detections), ARs, ARm, ARl. Keypoints: AP, AP50, AP75, APm, APl, AR, AR50, AR75, ARm, ARl.
     */
    public Map<String, Double> stats() {
        Map<String, Double> stats = new LinkedHashMap<>();
        int last = type.limits().size() - 1;
        averages(stats, "AP", this::precision);
        if (last == 0) {
            averages(stats, "AR", this::recall);
        } else {
            for (int limit = 0; limit <= last; limit++) {
                stats.put("AR" + type.limits().get(limit), recall(curves(0, limit)));
            }
            bySize(stats, "AR", this::recall);
        }
        return stats;
    }

    private void averages(Map<String, Double> stats, String name, ToDoubleFunction<Stream<PrecisionCurve[]>> mean) {
        int last = type.limits().size() - 1;
        stats.put(name, mean.applyAsDouble(curves(0, last)));
        stats.put(name + "50", mean.applyAsDouble(curves(0, last).map(c -> new PrecisionCurve[] {c[AT_50]})));
        stats.put(name + "75", mean.applyAsDouble(curves(0, last).map(c -> new PrecisionCurve[] {c[AT_75]})));
        bySize(stats, name, mean);
    }

    private void bySize(Map<String, Double> stats, String name, ToDoubleFunction<Stream<PrecisionCurve[]>> mean) {
        for (int size = 1; size < type.areas().size(); size++) {
            stats.put(name + type.areas().get(size).suffix(), mean.applyAsDouble(curves(size, type.limits().size() - 1)));
        }
    }

    /** AP of each category by its id, ascending. */
    public Map<Long, Double> averagePrecision() {
        Map<Long, Double> byCategory = new TreeMap<>();
        for (int k = 0; k < categories.size(); k++) {
            byCategory.put(categories.get(k), precision(Stream.ofNullable(last(k))));
        }
        return byCategory;
    }

    /** Precision over all sizes and with the most detections, [10 thresholds, 101 recalls, categories]. */
    public double[] precision() {
        double[] all = new double[CocoEvaluation.thresholds().length * PrecisionCurve.RECALLS * categories.size()];
        for (int i = 0; i < all.length; i++) {
            PrecisionCurve[] ofCategory = last(i % categories.size());
            int row = i / categories.size();
            all[i] = ofCategory == null ? -1 : ofCategory[row / PrecisionCurve.RECALLS].precision()[row % PrecisionCurve.RECALLS];
        }
        return all;
    }

    /** Recall over all sizes and with the most detections, [10 thresholds, categories]. */
    public double[] recall() {
        double[] all = new double[CocoEvaluation.thresholds().length * categories.size()];
        for (int i = 0; i < all.length; i++) {
            PrecisionCurve[] ofCategory = last(i % categories.size());
            all[i] = ofCategory == null ? -1 : ofCategory[i / categories.size()].recall();
        }
        return all;
    }

    private PrecisionCurve[] last(int category) {
        return curves[category][0][type.limits().size() - 1];
    }

    /** Of every category that has objects of this size, by threshold. */
    private Stream<PrecisionCurve[]> curves(int size, int limit) {
        return IntStream.range(0, categories.size()).mapToObj(k -> curves[k][size][limit]).filter(c -> c != null);
    }

    private double precision(Stream<PrecisionCurve[]> of) {
        return mean(of.flatMap(Arrays::stream).flatMapToDouble(curve -> Arrays.stream(curve.precision())));
    }

    private double recall(Stream<PrecisionCurve[]> of) {
        return mean(of.flatMap(Arrays::stream).mapToDouble(PrecisionCurve::recall));
    }

    private static double mean(DoubleStream values) {
        return values.average().orElse(-1);
    }
}
