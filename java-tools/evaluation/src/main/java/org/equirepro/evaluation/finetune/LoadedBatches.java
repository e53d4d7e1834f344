package org.equirepro.evaluation.finetune;

import ai.djl.ndarray.NDManager;
import java.util.List;
import org.equirepro.training.Batches;
import org.equirepro.vision.load.Loader;

/** The batches that a loader's threads make. */
record LoadedBatches<S>(Loader<List<S>> loader) implements Batches<DenseBatch<S>> {

    @Override
    public DenseBatch<S> next(NDManager scope) {
        Loader.Batch<List<S>> batch = loader.next();
        return new DenseBatch<>(batch.step(), batch.epoch(), batch.members(), batch.samples(), scope);
    }

    @Override
    public double waitSeconds() {
        return loader.waitSeconds();
    }
}
