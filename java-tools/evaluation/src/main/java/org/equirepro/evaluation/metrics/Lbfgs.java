package org.equirepro.evaluation.metrics;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

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

    private Lbfgs(Objective objective, double[] start) {
        this.objective = objective;
        this.point = start.clone();
        this.gradient = new double[start.length];
        this.value = objective.at(point, gradient);
    }

    static Result minimise(Objective objective, double[] start, double gradientBound, int maxIterations) {
        Lbfgs search = new Lbfgs(objective, start);
        int iteration = 0;
        while (largest(search.gradient) > gradientBound && iteration < maxIterations) {
            iteration++;
            if (search.advance(search.direction())) {
                continue;
            }
            if (search.pairs.isEmpty()) {
                break; // not even the gradient's own direction goes down: rounding limits the rest
            }
            search.pairs.clear();
        }
        return new Result(search.point, search.value, iteration, largest(search.gradient) <= gradientBound);
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
