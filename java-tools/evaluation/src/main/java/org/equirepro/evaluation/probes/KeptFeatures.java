package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.equirepro.base.Draws;
import org.equirepro.evaluation.features.FeatureKind;
import org.equirepro.evaluation.features.Features;
import org.equirepro.tensor.Torch;

/**
 * Features that were computed before, in an order that is drawn for each epoch; every picture comes once an epoch. Those that no head is to
 * learn from leave a gap in their batch.
 */
final class KeptFeatures implements FeatureBatches {

    private final Map<FeatureKind, Features> features;
    private final int rows;
    private final int batch;
    private final long seed;
    private final boolean[] leftOut;
    private int orderedEpoch = -1;
    private int[] order;

    /** {@code leftOut}: for each picture, whether no head is to learn from it. */
    KeptFeatures(Map<FeatureKind, Features> features, int batch, long seed, boolean[] leftOut) {
        this.features = features;
        this.rows = features.values().iterator().next().rows();
        this.batch = batch;
        this.seed = seed;
        this.leftOut = leftOut;
    }

    @Override
    public int perEpoch() {
        return (rows + batch - 1) / batch;
    }

    @Override
    public int samples() {
        return batch;
    }

    @Override
    public Batch at(NDManager scope, long step) {
        int epoch = (int) (step / perEpoch());
        if (epoch != orderedEpoch) {
            order = Draws.at(seed, epoch, 0, 0, "linear.order").permutation(rows);
            orderedEpoch = epoch;
        }
        int from = (int) (step % perEpoch()) * batch;
        int[] members = Arrays.stream(order, from, Math.min(rows, from + batch)).filter(member -> !leftOut[member]).toArray();
        if (members.length == 0) {
            return new Batch(members, Map.of());
        }
        Map<FeatureKind, NDArray> tensors = new EnumMap<>(FeatureKind.class);
        features.forEach((kind, x) ->
                tensors.put(kind, Torch.floats(scope, x.pick(members).values(), members.length, x.columns())));
        return new Batch(members, tensors);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
