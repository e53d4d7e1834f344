package org.equirepro.base;

/**
 * Random numbers by position instead of by history: a stream is fixed by (seed, epoch, sample, view, operation), so a draw
 * does not depend on how many others were made before it, by which thread, or whether the run was resumed.
 *
 * <p>The generator is Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). Its key is
 * made of seed and operation; its counter is (block, sample, epoch, view).
 */
public final class Draws {

    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;

    private final int key0;
    private final int key1;
    private final int sample;
    private final int epoch;
    private final int view;
    private final int[] block = new int[4];
    private int blocks;
    private int used = 4;

    private Draws(long seed, int epoch, int sample, int view, String operation) {
        long key = mix(mix(seed) + operation.hashCode());
        this.key0 = (int) key;
        this.key1 = (int) (key >>> 32);
        this.epoch = epoch;
        this.sample = sample;
        this.view = view;
    }

    /** The stream at this position; {@code operation} is a short stable name such as {@code "crop"}. */
    public static Draws at(long seed, int epoch, int sample, int view, String operation) {
        return new Draws(seed, epoch, sample, view, operation);
    }

    /** A stream for what happens once in a run, such as initialising the parameter {@code operation}. */
    public static Draws at(long seed, String operation) {
        return new Draws(seed, 0, 0, 0, operation);
    }

    /** 32 random bits. */
    public int bits() {
        if (used == 4) {
            philox(blocks++);
            used = 0;
        }
        return block[used++];
    }

    /** Uniform in [0, 1), 53 bits. */
    public double uniform() {
        long high = bits() & 0xFFFFFFFFL;
        long low = bits() & 0xFFFFFFFFL;
        return ((high << 21) ^ (low >>> 11)) * 0x1.0p-53;
    }

    /** Uniform in [low, high). */
    public double uniform(double low, double high) {
        return low + (high - low) * uniform();
    }

    /** Uniform in 0 .. bound - 1, without modulo bias. */
    public int below(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive: " + bound);
        }
        long limit = (1L << 32) / bound * bound;
        long value;
        do {
            value = bits() & 0xFFFFFFFFL;
        } while (value >= limit);
        return (int) (value % bound);
    }

    /** True with probability {@code p}. */
    public boolean chance(double p) {
        return uniform() < p;
    }

    /** Standard normal, by Box and Muller (one of the pair is used, so that a draw always costs the same). */
    public double gaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform()));
        return radius * StrictMath.cos(2 * StrictMath.PI * uniform());
    }

    /** A permutation of 0 .. n - 1 (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private void philox(int index) {
        int c0 = index;
        int c1 = sample;
        int c2 = epoch;
        int c3 = view;
        int k0 = key0;
        int k1 = key1;
        for (int round = 0; round < 10; round++) {
            long p0 = (M0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            long p1 = (M1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            c0 = n0;
            c2 = n2;
            k0 += W0;
            k1 += W1;
        }
        block[0] = c0;
        block[1] = c1;
        block[2] = c2;
        block[3] = c3;
    }

    /** The finaliser of SplitMix64: spreads neighbouring seeds over all 64 bits. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
