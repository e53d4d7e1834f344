package org.equirepro.pretraining;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.equirepro.base.Draws;
import org.equirepro.tensor.dist.Ranks;
import org.equirepro.vision.batch.Family;
import org.equirepro.vision.batch.Ranges;

/**
 * The batches of a training in order, from any step on, made ahead by one thread. A batch depends on (seed, step) only, so it
 * is the same whether the run was resumed or not. Members of an epoch come in a new order each time; the incomplete last batch
 * of an epoch is left out.
 */
final class Batches implements AutoCloseable {

    /**
     * One rank's part of a batch in Java memory.
     *
     * @param first [B, side, side, 3] bytes of view 1, direct
     * @param second of view 2
     * @param theta B parameter vectors of g; null without g
     */
    record Batch(long step, ByteBuffer first, ByteBuffer second, double[][] theta) {}

    private record Failure(RuntimeException cause) {}

    private static final int AHEAD = 3;

    private final PairSource source;
    private final Family family;
    private final Ranges ranges;
    private final long seed;
    private final int batch;
    private final int first;
    private final int count;
    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(AHEAD);
    private final Thread maker;
    private long waitNanos;

    /**
     * Makes batches {@code from} .. {@code to} - 1, of each the part of one rank: the members depend on the global batch only.
     *
     * @param family and {@code ranges} may be null: no g
     * @param batch members of the global batch, a multiple of the number of ranks
     */
    Batches(PairSource source, Family family, Ranges ranges, long seed, int batch, Ranks ranks, long from, long to) {
        this.source = source;
        this.family = family;
        this.ranges = ranges;
        this.seed = seed;
        this.batch = batch;
        this.count = batch / ranks.size();
        this.first = ranks.rank() * count;
        this.maker = new Thread(() -> makeAll(from, to), "batches");
        maker.setDaemon(true);
        maker.start();
    }

    /** Whole batches in an epoch of so many members. */
    static int perEpoch(int members, int batch) {
        return members / batch;
    }

    private void makeAll(long from, long to) {
        try {
            int perEpoch = perEpoch(source.size(), batch);
            int epochOfOrder = -1;
            int[] order = null;
            for (long step = from; step < to; step++) {
                int epoch = (int) (step / perEpoch);
                if (epoch != epochOfOrder) {
                    order = Draws.at(seed, epoch, 0, 0, "order").permutation(source.size());
                    epochOfOrder = epoch;
                }
                queue.put(make(step, epoch, (int) (step % perEpoch) * batch + first, order));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        } catch (RuntimeException e) {
            queue.clear();
            queue.offer(new Failure(e));
        }
    }

    private Batch make(long step, int epoch, int start, int[] order) {
        int bytes = source.side() * source.side() * 3;
        byte[] a = new byte[bytes];
        byte[] b = new byte[bytes];
        ByteBuffer first = ByteBuffer.allocateDirect(count * bytes);
        ByteBuffer second = ByteBuffer.allocateDirect(count * bytes);
        double[][] theta = family == null ? null : new double[count][];
        for (int i = 0; i < count; i++) {
            int member = order[start + i];
            source.views(seed, epoch, member, a, b);
            first.put(a);
            second.put(b);
            if (theta != null) {
                theta[i] = family.draw(Draws.at(seed, epoch, member, 1, "g"), ranges);
            }
        }
        return new Batch(step, first.flip(), second.flip(), theta);
    }

    /** The next batch; waits for it. */
    Batch next() {
        long start = System.nanoTime();
        try {
            Object item = queue.take();
            waitNanos += System.nanoTime() - start;
            if (item instanceof Failure failure) {
                throw failure.cause;
            }
            return (Batch) item;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for data", e);
        }
    }

    /** Seconds spent waiting for data. */
    double waitSeconds() {
        return waitNanos / 1e9;
    }

    @Override
    public void close() {
        maker.interrupt();
    }
}
