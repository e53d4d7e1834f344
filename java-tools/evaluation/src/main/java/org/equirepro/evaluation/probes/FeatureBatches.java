package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import org.equirepro.evaluation.features.FeatureKind;

/** The features that linear heads are trained on, step by step; what a step brings depends on seed and step only. */
interface FeatureBatches extends AutoCloseable {

    /**
     * A step's features.
     *
     * @param members numbers of the pictures among those that are trained on
     * @param features [B, d] for each kind
     */
    record Batch(int[] members, Map<FeatureKind, NDArray> features) {}

    /** Steps of an epoch. */
    int perEpoch();

    /** Pictures of a step; the last step of an epoch may have fewer. */
    int samples();

    /** The features of a step, counted from 0; steps are asked for in order, from any one on. They belong to {@code scope}. */
    Batch at(NDManager scope, long step);

    @Override
    void close();
}
