package org.equirepro.evaluation.finetune;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import org.equirepro.training.Batches;
import org.equirepro.vision.load.Loader;

/** The batches that a loader's threads make, each in one part or in several of equal size. */
final class LoadedBatches<S> implements Batches<DenseBatch<S>> {

    private final Loader<List<S>> loader;
    private final int parts;
    private Loader.Batch<List<S>> batch;
    private int given;

    /** @param parts in which a batch comes; its samples are a multiple of them */
    LoadedBatches(Loader<List<S>> loader, int parts) {
        this.loader = loader;
        this.parts = parts;
    }

    @Override
    public DenseBatch<S> next(NDManager scope) {
        if (given % parts == 0) {
            batch = loader.next();
            given = 0;
        }
        int size = batch.members().length / parts;
        int from = given++ * size;
        return new DenseBatch<>(batch.step(), batch.epoch(), Arrays.copyOfRange(batch.members(), from, from + size),
                batch.samples().subList(from, from + size), scope);
    }

    @Override
    public int parts() {
        return parts;
    }

    @Override
    public double waitSeconds() {
        return loader.waitSeconds();
    }
}
