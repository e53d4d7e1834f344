package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;

/** What groups of several processes have in common, whatever carries their tensors. */
abstract class RankedGroup implements ProcessGroup {

    /** Longer than any job, in seconds: should a rank die meanwhile, the lifeline says so. */
    static final double FOREVER = 1e9;

    final Ranks ranks;
    final double limit;

    RankedGroup(Ranks ranks, double limit) {
        this.ranks = ranks;
        this.limit = limit;
    }

    @Override
    public final int rank() {
        return ranks.rank();
    }

    @Override
    public final int size() {
        return ranks.size();
    }

    @Override
    public final void barrier() {
        barrier(limit);
    }

    /** Returns when every rank has called it, or ends this one after so many seconds. */
    abstract void barrier(double seconds);

    @Override
    public final void onRankZero(Runnable work) {
        if (rank() == 0) {
            work.run();
        }
        barrier(FOREVER);
    }

    /** Refuses tensors that {@link #gather} cannot take. */
    final void requireFit(NDArray all, NDArray mine) {
        if (all.size() != mine.size() * size() || all.getDataType() != mine.getDataType()) {
            throw new IllegalArgumentException("gather of " + mine.getShape() + " from " + size() + " ranks does not fit " + all.getShape());
        }
    }

    /** What ranks exchange: {@code single} for a float32 tensor, {@code twice} for a float64 one. */
    static <T> T type(NDArray tensor, T single, T twice) {
        return switch (tensor.getDataType()) {
            case FLOAT32 -> single;
            case FLOAT64 -> twice;
            default -> throw new IllegalArgumentException("ranks exchange float32 or float64, found " + tensor.getDataType() + " "
                    + tensor.getShape());
        };
    }
}
