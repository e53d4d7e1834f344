package org.equirepro.evaluation.metrics;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Limited-memory BFGS (Nocedal and Wright, "Numerical optimization", algorithm 7.5) for a smooth function, with a line search
 * by bisection for the weak Wolfe conditions. Deterministic, float64.
 */
final class Lbfgs {

    private static final int MEMORY = 20;
    private static final double ARMIJO = 1e-4;
    private static final double CURVATURE = 0.9;
    private static final int MAX_STEPS = 80;

    /** A function of a point that also writes its gradient. */
    @FunctionalInterface
    interface Objective {
        double at(double[] point, double[] gradient);
    }

    /** Where the search ended; {@code converged} if no element of the gradient exceeded the bound. */
    record Result(double[] point, double value, int iterations, boolean converged) {}

    private record Pair(double[] step, double[] change, double product) {}

    private final Objective objective;
    private final Deque<Pair> pairs = new ArrayDeque<>();
    private double[] point;
    private double[] gradient;
    private double value;
    private int iterations;

    private Lbfgs(Objective objective, double[] point, double[] gradient) {
        this.objective = objective;
        this.point = point;
        this.gradient = gradient;
    }

    /** A search from {@code start}. */
    static Lbfgs from(Objective objective, double[] start) {
        Lbfgs search = new Lbfgs(objective, start.clone(), new double[start.length]);
        search.value = objective.at(search.point, search.gradient);
        return search;
    }

    /** The search that {@link #state} was taken of; it goes on as if it had not been interrupted. */
    static Lbfgs from(Objective objective, SortedMap<String, double[]> state) {
        Lbfgs search = new Lbfgs(objective, state.get("point"), state.get("gradient"));
        search.value = state.get("value")[0];
        search.iterations = (int) state.get("value")[1];
        for (int i = 0; state.containsKey("step." + i); i++) {
            double[] step = state.get("step." + i);
            double[] change = state.get("change." + i);
            search.pairs.addLast(new Pair(step, change, dot(step, change)));
        }
        return search;
    }

    /** All that the next iteration depends on; the arrays are not copied. */
    SortedMap<String, double[]> state() {
        SortedMap<String, double[]> state = new TreeMap<>();
        state.put("point", point);
        state.put("gradient", gradient);
        state.put("value", new double[] {value, iterations});
        int i = 0;
        for (Pair pair : pairs) {
            state.put("step." + i, pair.step);
            state.put("change." + i++, pair.change);
        }
        return state;
    }

    /** Goes on until the gradient is small or the iterations are used up; {@code each} is called after every iteration. */
    Result minimise(double gradientBound, int maxIterations, Runnable each) {
        while (largest(gradient) > gradientBound && iterations < maxIterations) {
            iterations++;
            if (!advance(direction())) {
                if (pairs.isEmpty()) {
                    break; // not even the gradient's own direction goes down: rounding limits the rest
                }
                pairs.clear();
            }
            each.run();
        }
        return new Result(point, value, iterations, largest(gradient) <= gradientBound);
    }

    /** The two-loop recursion. */
    private double[] direction() {
        double[] q = new double[point.length];
        axpy(-1, gradient, q);
        double[] alphas = new double[pairs.size()];
        int i = 0;
        for (Pair pair : pairs) { // newest first
            alphas[i] = dot(pair.step, q) / pair.product;
            axpy(-alphas[i++], pair.change, q);
        }
        if (!pairs.isEmpty()) {
            Pair newest = pairs.peekFirst();
            double scale = newest.product / dot(newest.change, newest.change);
            for (int j = 0; j < q.length; j++) {
                q[j] *= scale;
            }
        }
        Iterator<Pair> oldestFirst = pairs.descendingIterator();
        while (oldestFirst.hasNext()) {
            Pair pair = oldestFirst.next();
            double beta = dot(pair.change, q) / pair.product;
            axpy(alphas[--i] - beta, pair.step, q);
        }
        return q;
    }

    /** Moves along the direction; false if no step was found that lowers the value or, at its rounding, the gradient. */
    private boolean advance(double[] direction) {
        double slope = dot(gradient, direction);
        if (!(slope < 0)) {
            return false;
        }
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double t = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
        double rounding = 1e-15 * Math.max(1, Math.abs(value));
        double[] next = new double[point.length];
        double[] nextGradient = new double[point.length];
        for (int tries = 0; tries < MAX_STEPS; tries++) {
            System.arraycopy(point, 0, next, 0, next.length);
            axpy(t, direction, next);
            double nextValue = objective.at(next, nextGradient);
            double nextSlope = dot(nextGradient, direction);
            if (!(nextValue <= value + ARMIJO * t * slope + rounding)) {
                high = t;
            } else if (nextSlope < CURVATURE * slope) {
                low = t;
            } else {
                return accept(next, nextGradient, nextValue);
            }
            t = high < Double.POSITIVE_INFINITY ? (low + high) / 2 : 2 * t;
        }
        return false;
    }

    private boolean accept(double[] next, double[] nextGradient, double nextValue) {
        double[] step = next.clone();
        axpy(-1, point, step);
        double[] change = nextGradient.clone();
        axpy(-1, gradient, change);
        double product = dot(step, change);
        boolean moved = dot(step, step) > 0;
        if (product > 0) {
            pairs.addFirst(new Pair(step, change, product));
            if (pairs.size() > MEMORY) {
                pairs.removeLast();
            }
        }
        point = next;
        gradient = nextGradient;
        value = nextValue;
        return moved;
    }

    private static void axpy(double a, double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] += a * x[i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double v : values) {
            largest = Math.max(largest, Math.abs(v));
        }
        return largest;
    }
}
