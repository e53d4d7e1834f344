package org.equirepro.vision.load;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.equirepro.base.Draws;

/**
 * An epoch's order is drawn from (seed, epoch); a global batch is the next stretch of it, of which each
 * rank takes its part, so that any number of ranks and threads sees the same batches. The incomplete last batch of an epoch is
 * left out.
 */
final class ShuffledOrder implements Order {

    private final int members;
    private final long seed;
    private final int batch;
    private final int rank;
    private final int ranks;
    private final ConcurrentMap<Integer, int[]> epochs = new ConcurrentHashMap<>();

    /** {@code batch}: members of a rank's part. */
    ShuffledOrder(int members, long seed, int batch, int rank, int ranks) {
        if (batch < 1 || rank < 0 || rank >= ranks) {
            throw new IllegalArgumentException("batch " + batch + ", rank " + rank + " of " + ranks);
        }
        this.members = members;
        this.seed = seed;
        this.batch = batch;
        this.rank = rank;
        this.ranks = ranks;
    }

    /** Steps of an epoch. */
    int perEpoch() {
        return Loader.perEpoch(members, batch * ranks);
    }

    @Override
    public int epoch(long step) {
        return (int) (step / perEpoch());
    }

    @Override
    public int member(long step, int i) {
        int epoch = epoch(step);
        int[] order = epochs.get(epoch);
        if (order == null) {
            order = epochs.computeIfAbsent(epoch, e -> Draws.at(seed, e, 0, 0, "order").permutation(members));
            epochs.remove(epoch - 2); // threads are at most one epoch apart
        }
        int position = (int) (step % perEpoch());
        return order[(position * ranks + rank) * batch + i];
    }

    @Override
    public int count(long step) {
        return batch;
    }
}
