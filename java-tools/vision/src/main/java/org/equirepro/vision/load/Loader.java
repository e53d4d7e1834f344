package org.equirepro.vision.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.equirepro.base.Draws;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;

/**
 * The batches of a training in order, from any step on, made ahead by threads. A batch depends on (seed, step) only: not on the
 * number of threads, nor on whether the run was resumed. Threads share the samples of a batch, so the next one is ready as soon
 * as can be; they stop when {@value #AHEAD} batches wait.
 *
 * <p>A member whose picture cannot be decoded is noted, and another one is drawn for its place. More of them than the limit end
 * the run.
 *
 * @param <R> what holds the samples of a batch
 */
public final class Loader<R> implements AutoCloseable {

    /**
     * One batch, valid until the next one is asked for.
     *
     * @param members number of each sample's member
     * @param samples as many, as their source makes them
     */
    public record Batch<R>(long step, int epoch, int[] members, R samples) {}

    /**
     * What is loaded.
     *
     * @param batch samples of a batch on this rank; {@code ranks} times as many make the global batch
     * @param from first step; {@code to} the one behind the last
     * @param threads that make samples
     * @param badLimit share of the members that may fail to decode
     */
    public record Options(long seed, int batch, int rank, int ranks, long from, long to, int threads, double badLimit) {}

    private static final int AHEAD = 3;
    private static final int REPLACEMENTS = 100;

    private static final class Slot<R> {
        private final int[] members;
        private final R samples;
        private final AtomicInteger missing;

        private Slot(int batch, R room, int count) {
            this.members = new int[batch];
            this.samples = room;
            this.missing = new AtomicInteger(count);
        }
    }

    private final SampleSource<R> source;
    private final Options options;
    private final Order order;
    private final List<Slot<R>> slots = new ArrayList<>();
    private final Thread[] threads;
    private final AtomicLong samples = new AtomicLong();
    private final TreeMap<Integer, String> bad = new TreeMap<>();
    private final Object change = new Object();
    /** Steps before this one may be made; grows when a batch is given back. */
    private volatile long open;
    private volatile RuntimeException failure;
    private long next;
    private boolean lent;
    private long waitNanos;
    private long firstAsked;

    /** Batches of a training: members in an order that is drawn for each epoch, each batch a full one. */
    public Loader(SampleSource<R> source, Options options) {
        this(source, options, new ShuffledOrder(source.size(), options.seed, options.batch, options.rank, options.ranks));
    }

    /**
     * Batches of a measurement: members from the first to the last, the last batch with what is left. No sample is replaced: one that
     * cannot be decoded ends it.
     *
     * @param epoch for which samples are drawn, where the source draws any
     * @param from first batch; {@code to} the one behind the last
     */
    public static <R> Loader<R> ascending(SampleSource<R> source, long seed, int epoch, int batch, long from, long to, int threads) {
        return new Loader<>(source, new Options(seed, batch, 0, 1, from, to, threads, 0),
                new Order.Ascending(source.size(), batch, epoch));
    }

    private Loader(SampleSource<R> source, Options options, Order order) {
        this.source = source;
        this.options = options;
        this.order = order;
        this.next = options.from;
        while (slots.size() < Math.min(AHEAD + 1, options.to - options.from)) {
            slots.add(new Slot<>(options.batch, source.room(options.batch), order.count(options.from + slots.size())));
        }
        this.open = options.from + slots.size();
        this.threads = new Thread[options.threads];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(this::work, "loader-" + i);
            threads[i].setDaemon(true);
            threads[i].start();
        }
    }

    /** Whole global batches in an epoch of so many members. */
    public static int perEpoch(int members, int globalBatch) {
        return members / globalBatch;
    }

    private void work() {
        SampleSource.Maker<R> maker = source.maker();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long sample = samples.getAndIncrement();
                long step = options.from + sample / options.batch;
                if (step >= options.to) {
                    return;
                }
                awaitOpen(step);
                int i = (int) (sample % options.batch);
                if (i < order.count(step)) {
                    make(slot(step), step, i, maker);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        } catch (RuntimeException | Error e) {
            synchronized (change) {
                failure = e instanceof RuntimeException known ? known : new IllegalStateException(e);
                change.notifyAll();
            }
        }
    }

    private Slot<R> slot(long step) {
        return slots.get((int) ((step - options.from) % slots.size()));
    }

    private void awaitOpen(long step) throws InterruptedException {
        if (step >= open) {
            synchronized (change) {
                while (step >= open) {
                    change.wait();
                }
            }
        }
    }

    private void make(Slot<R> slot, long step, int i, SampleSource.Maker<R> maker) {
        slot.members[i] = member(slot, step, i, maker);
        if (slot.missing.decrementAndGet() == 0) {
            synchronized (change) {
                change.notifyAll();
            }
        }
    }

    /** Makes a sample and returns the member that it shows. */
    private int member(Slot<R> slot, long step, int i, SampleSource.Maker<R> maker) {
        int epoch = order.epoch(step);
        int planned = order.member(step, i);
        int member = planned;
        for (int attempt = 0; ; attempt++) {
            try {
                maker.make(options.seed, epoch, member, slot.samples, i);
                return member;
            } catch (UserError e) {
                if (e.exitCode() != ExitCode.BAD_DATA || attempt == REPLACEMENTS) {
                    throw e;
                }
                note(member, e);
                member = Draws.at(options.seed, epoch, planned, attempt, "replacement").below(source.size());
            }
        }
    }

    private void note(int member, UserError e) {
        synchronized (bad) {
            bad.put(member, e.getMessage());
            if (bad.size() > options.badLimit * source.size()) {
                throw UserError.badData(Path.of(source.name()), bad.size() + " of " + source.size()
                        + " samples cannot be decoded, more than bad_limit " + options.badLimit + " allows; the first: "
                        + bad.firstEntry().getValue());
            }
        }
    }

    /**
     * The next batch; waits for it. The one before must not be used any more.
     *
     * @throws UserError (bad data) if too many samples cannot be decoded
     */
    public Batch<R> next() {
        if (next >= options.to) {
            throw new IllegalStateException("there is no step " + next);
        }
        long start = System.nanoTime();
        if (firstAsked == 0) {
            firstAsked = start;
        }
        Slot<R> slot = slot(next);
        synchronized (change) {
            if (lent) {
                slot(next - 1).missing.set(order.count(next - 1 + slots.size()));
                open++;
                change.notifyAll();
            }
            lent = true;
            try {
                while (failure == null && slot.missing.get() > 0) {
                    change.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for data", e);
            }
        }
        waitNanos += System.nanoTime() - start;
        if (failure != null) {
            throw failure;
        }
        int epoch = order.epoch(next);
        int count = order.count(next);
        return new Batch<>(next++, epoch, Arrays.copyOf(slot.members, count),
                count == options.batch ? slot.samples : source.first(slot.samples, count));
    }

    /** Members that could not be decoded so far, with the reasons. */
    public SortedMap<Integer, String> bad() {
        synchronized (bad) {
            return Collections.unmodifiableSortedMap(new TreeMap<>(bad));
        }
    }

    /** Seconds spent waiting for data. */
    public double waitSeconds() {
        return waitNanos / 1e9;
    }

    /** Part of the time since the first batch was asked for that was spent waiting; 0 .. 1. */
    public double waitShare() {
        return firstAsked == 0 ? 0 : (double) waitNanos / Math.max(1, System.nanoTime() - firstAsked);
    }

    /** Ends the threads and waits for them; each finishes the sample in hand. */
    @Override
    public void close() {
        for (Thread thread : threads) {
            thread.interrupt();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
