package org.equirepro.parity;

import java.util.ArrayList;
import java.util.List;

/** Collects the comparisons of one case: a value passes if |a - b| <= atol + rtol * |b|, or both are not a number. */
public final class Check {

    private final List<String> failures = new ArrayList<>();
    private int comparisons;

    /** Compares one number. */
    public void close(String what, double actual, double expected, double rtol, double atol) {
        comparisons++;
        if (!(Math.abs(actual - expected) <= atol + rtol * Math.abs(expected)) && !(Double.isNaN(actual) && Double.isNaN(expected))) {
            failures.add(what + ": " + actual + ", expected " + expected + " (rtol " + rtol + ", atol " + atol + ")");
        }
    }

    /** Compares two arrays element by element; reports the worst one. */
    public void close(String what, double[] actual, double[] expected, double rtol, double atol) {
        comparisons++;
        if (actual.length != expected.length) {
            failures.add(what + ": " + actual.length + " elements, expected " + expected.length);
            return;
        }
        int bad = 0;
        int worst = -1;
        double worstExcess = 0;
        for (int i = 0; i < actual.length; i++) {
            if (Double.isNaN(actual[i]) && Double.isNaN(expected[i])) {
                continue;
            }
            double excess = Math.abs(actual[i] - expected[i]) - (atol + rtol * Math.abs(expected[i]));
            if (!(excess <= 0) && !(Double.isNaN(actual[i]) && Double.isNaN(expected[i]))) {
                bad++;
                if (worst < 0 || excess > worstExcess) {
                    worst = i;
                    worstExcess = excess;
                }
            }
        }
        if (bad > 0) {
            failures.add(what + ": " + bad + " of " + actual.length + " elements differ, worst [" + worst + "] " + actual[worst]
                    + ", expected " + expected[worst]);
        }
    }

    /** As above for float arrays. */
    public void close(String what, float[] actual, float[] expected, double rtol, double atol) {
        close(what, widen(actual), widen(expected), rtol, atol);
    }

    /** Any other condition. */
    public void that(String what, boolean holds) {
        comparisons++;
        if (!holds) {
            failures.add(what);
        }
    }

    public List<String> failures() {
        return failures;
    }

    public int comparisons() {
        return comparisons;
    }

    public static double[] widen(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
