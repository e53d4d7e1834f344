package org.equirepro.reporting.claims;

import java.util.List;
import java.util.OptionalDouble;
import org.equirepro.reporting.tables.Statistic;
import org.equirepro.reporting.tables.StudentT;

/**
 * The difference of two means over seeds against a margin, by a t test. Rows with the same seeds, two or more, are paired by
 * seed: a seed fixes first weights and the order of the pictures in both. Other rows of two seeds and more get Welch's test.
 *
 * @param test {@code paired}, {@code welch} or {@code none}
 * @param value mean of the upper row minus that of the lower one, positive where the upper is better
 * @param t test statistic of {@code value - margin}; absent without a test, or where no seed differs from another
 * @param above probability of such a difference if it were at most the margin
 * @param under probability of such a difference if it were at least the margin
 */
public record Difference(String test, double value, OptionalDouble t, OptionalDouble degrees, OptionalDouble above,
        OptionalDouble under) {

    /** Of the row that should be better and the row that should be worse. */
    public static Difference of(Statistic upper, Statistic lower, boolean lowerIsBetter, double margin) {
        double sign = lowerIsBetter ? -1 : 1;
        double value = sign * (upper.mean() - lower.mean());
        if (upper.n() < 2 || lower.n() < 2) {
            return new Difference("none", value, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(),
                    OptionalDouble.empty());
        }
        return upper.seeds().equals(lower.seeds()) ? paired(upper.values(), lower.values(), sign, value, margin)
                : welch(upper, lower, value, margin);
    }

    private static Difference paired(List<Double> upper, List<Double> lower, double sign, double value, double margin) {
        int n = upper.size();
        double squares = 0;
        for (int i = 0; i < n; i++) {
            squares += Math.pow(sign * (upper.get(i) - lower.get(i)) - value, 2);
        }
        return tested("paired", value, margin, Math.sqrt(squares / (n - 1) / n), n - 1);
    }

    private static Difference welch(Statistic upper, Statistic lower, double value, double margin) {
        double a = Math.pow(upper.std().getAsDouble(), 2) / upper.n();
        double b = Math.pow(lower.std().getAsDouble(), 2) / lower.n();
        double degrees = a + b == 0 ? upper.n() + lower.n() - 2
                : (a + b) * (a + b) / (a * a / (upper.n() - 1) + b * b / (lower.n() - 1));
        return tested("welch", value, margin, Math.sqrt(a + b), degrees);
    }

    private static Difference tested(String test, double value, double margin, double error, double degrees) {
        double beyond = value - margin;
        if (error <= 1e-12 * Math.max(1, Math.abs(value))) { // no seed differs from another: the sign decides
            double above = beyond > 0 ? 0 : beyond < 0 ? 1 : 0.5;
            return new Difference(test, value, OptionalDouble.empty(), OptionalDouble.of(degrees), OptionalDouble.of(above),
                    OptionalDouble.of(1 - above));
        }
        double t = beyond / error;
        return new Difference(test, value, OptionalDouble.of(t), OptionalDouble.of(degrees),
                OptionalDouble.of(StudentT.cumulative(-t, degrees)), OptionalDouble.of(StudentT.cumulative(t, degrees)));
    }
}
