package org.equirepro.reporting.tables;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Mean and spread over seeds.
 *
 * @param std standard deviation with n - 1; absent below two seeds
 * @param values one number a seed, in the order of {@code seeds}
 */
public record Statistic(double mean, OptionalDouble std, List<Integer> seeds, List<Double> values) {

    /** Decimal arithmetic, so that equal numbers have a spread of exactly zero and means have no stray last digits. */
    private static final MathContext DIGITS = MathContext.DECIMAL128;
    /** Student's t below which lie 97.5 %, for 1, 2, ... degrees of freedom: a study's cells share a few of them. */
    private static final double[] T_975 = IntStream.rangeClosed(1, 30).mapToDouble(n -> StudentT.quantile(0.975, n)).toArray();

    /** Of one number for each seed; at least one. */
    public static Statistic of(Map<Integer, Double> bySeed) {
        SortedMap<Integer, Double> sorted = new TreeMap<>(bySeed);
        if (sorted.size() == 1) {
            return new Statistic(sorted.get(sorted.firstKey()), OptionalDouble.empty(), List.copyOf(sorted.keySet()),
                    List.copyOf(sorted.values()));
        }
        List<BigDecimal> exact = sorted.values().stream().map(BigDecimal::valueOf).toList();
        BigDecimal mean = exact.stream().reduce(BigDecimal.ZERO, BigDecimal::add).divide(BigDecimal.valueOf(sorted.size()), DIGITS);
        BigDecimal squares = exact.stream().map(value -> value.subtract(mean).pow(2)).reduce(BigDecimal.ZERO, BigDecimal::add);
        double std = squares.divide(BigDecimal.valueOf(sorted.size() - 1), DIGITS).sqrt(DIGITS).doubleValue();
        return new Statistic(mean.doubleValue(), OptionalDouble.of(std), List.copyOf(sorted.keySet()), List.copyOf(sorted.values()));
    }

    /** Number of seeds. */
    public int n() {
        return seeds.size();
    }

    /** Half the width of the 95 % confidence interval of the mean over seeds, by Student's t; absent below two seeds. */
    public OptionalDouble halfWidth() {
        if (std.isEmpty()) {
            return std;
        }
        double t = n() - 1 <= T_975.length ? T_975[n() - 2] : StudentT.quantile(0.975, n() - 1.0);
        return OptionalDouble.of(t * std.getAsDouble() / Math.sqrt(n()));
    }
}
