package org.equirepro.evaluation.features;

import java.nio.file.Path;

/**
 * Where features are kept for other tasks and for a resumed one.
 *
 * @param folder null for nowhere: features are then computed into memory, each time
 * @param code content hash of the program that {@link PictureFeatures} reaches: features of other code are not read
 */
public record FeatureStore(Path folder, String code) {

    /** Keeps nothing. */
    public static final FeatureStore NONE = new FeatureStore(null, "");
}
