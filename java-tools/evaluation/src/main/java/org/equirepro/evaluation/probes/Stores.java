package org.equirepro.evaluation.probes;

import java.nio.file.Path;
import org.equirepro.evaluation.features.FeatureStore;

/**
 * What a probe keeps outside of its result.
 *
 * @param parts folder for finished parts, with which an interrupted call goes on; null for none
 * @param features those of the encoder, shared between tasks
 */
public record Stores(Path parts, FeatureStore features) {

    /** Keeps nothing: a call begins from the beginning. */
    public static final Stores NONE = new Stores(null, FeatureStore.NONE);
}
