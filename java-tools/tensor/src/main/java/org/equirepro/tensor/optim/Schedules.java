package org.equirepro.tensor.optim;

import java.util.Arrays;

/**
 * Values that change from iteration to iteration: learning rate, weight decay, momentum of a teacher, temperature. Plain
 * float64 functions of the iteration (0 is the first), so a resumed run needs no state. After the last iteration a schedule
 * keeps its final value.
 */
public final class Schedules {

    /** The value at an iteration, counted from 0. */
    @FunctionalInterface
    public interface Schedule {
        double at(long iteration);
    }

    private Schedules() {}

    /** The same value for ever. */
    public static Schedule constant(double value) {
        return iteration -> value;
    }

    /**
     * Linear warm-up, then half a cosine (Zhou et al., "iBOT", ICLR 2022; Loshchilov and Hutter, "SGDR", ICLR 2017).
     * The warm-up's iterations run from {@code start} to {@code base}, both included; a warm-up of one iteration is
     * {@code start}. The cosine begins with {@code base} and would meet {@code end} one iteration after the last. A warm-up
     * longer than the whole is cut off where the run ends, short of {@code base}.
     *
     * @param total iterations in all
     * @param warmup how many of these warm up; 0 for none
     */
    public static Schedule cosine(double base, double end, long total, long warmup, double start) {
        if (total < 0 || warmup < 0) {
            throw new IllegalArgumentException("a schedule of " + total + " iterations, " + warmup + " of warm-up");
        }
        return iteration -> {
            checkIteration(iteration);
            if (iteration < warmup) {
                return iteration == 0 ? start : start + (base - start) * iteration / (warmup - 1);
            }
            if (iteration >= total) {
                return end;
            }
            return end + 0.5 * (base - end) * (1 + StrictMath.cos(StrictMath.PI * (iteration - warmup) / (total - warmup)));
        };
    }

    /** {@link #cosine(double, double, long, long, double)} with lengths in epochs of {@code perEpoch} iterations. */
    public static Schedule cosineOfEpochs(double base, double end, int epochs, int perEpoch, int warmupEpochs, double start) {
        return cosine(base, end, (long) epochs * perEpoch, (long) warmupEpochs * perEpoch, start);
    }

    /**
     * The learning rate of VICReg (Bardes et al., ICLR 2022) and SIE (Garrido et al., ICML 2023): linear warm-up from 0, which
     * does not include {@code base}, then half a cosine from {@code base} to {@code base / 1000}. The authors warm up for 10
     * epochs whatever the number of epochs; a run that is not longer never leaves the warm-up.
     *
     * @param total iterations in all
     * @param warmup how many of these warm up; 0 for none
     */
    public static Schedule vicreg(double base, long total, long warmup) {
        if (total < 0 || warmup < 0) {
            throw new IllegalArgumentException("a schedule of " + total + " iterations, " + warmup + " of warm-up");
        }
        double end = base * 0.001;
        return iteration -> {
            checkIteration(iteration);
            if (iteration < warmup) {
                return base * iteration / warmup;
            }
            if (iteration >= total) {
                return end;
            }
            double share = 0.5 * (1 + StrictMath.cos(StrictMath.PI * (iteration - warmup) / (total - warmup)));
            return base * share + end * (1 - share);
        };
    }

    /**
     * {@code base} that falls to {@code end} as (1 - iteration / total) to the power of {@code power} (mmsegmentation's "poly"; iBOT's
     * and BEiT's segmentation have power 1).
     */
    public static Schedule polynomial(double base, double end, double power, long total) {
        return iteration -> {
            checkIteration(iteration);
            return (base - end) * StrictMath.pow(Math.max(0, 1 - (double) iteration / total), power) + end;
        };
    }

    /** {@code base}, from each of the iterations {@code drops} on times {@code factor} (detection's "1x" drops to a tenth twice). */
    public static Schedule drops(double base, double factor, long... drops) {
        return iteration -> {
            checkIteration(iteration);
            return base * StrictMath.pow(factor, Arrays.stream(drops).filter(drop -> iteration >= drop).count());
        };
    }

    /**
     * The first {@code warmup} iterations of another schedule times a factor that grows linearly from {@code start} to 1, which it
     * reaches behind the last of them (mmsegmentation and detectron2).
     */
    public static Schedule warmedUp(Schedule regular, long warmup, double start) {
        return iteration -> regular.at(iteration) * (iteration < warmup ? start + (1 - start) * iteration / warmup : 1);
    }

    /**
     * A teacher's temperature by epoch (Zhou et al., "iBOT", ICLR 2022): {@code start} for {@code delay} epochs, then a line whose
     * {@code warmup} values run from {@code start} to {@code end}, both included, then {@code end}.
     */
    public static Schedule linear(double start, double end, int warmup, int delay) {
        if (warmup < 0 || delay < 0) {
            throw new IllegalArgumentException("a warm-up of " + warmup + " after " + delay);
        }
        return epoch -> {
            checkIteration(epoch);
            long k = epoch - delay;
            if (k >= warmup) {
                return end;
            }
            return k <= 0 ? start : k == warmup - 1 ? end : start + (end - start) / (warmup - 1) * k;
        };
    }

    private static void checkIteration(long iteration) {
        if (iteration < 0) {
            throw new IllegalArgumentException("iteration " + iteration);
        }
    }
}
