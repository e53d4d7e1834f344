package org.equirepro.vision.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A data set in its original form. It gives its samples one after the other, each split's in ascending order of the keys
 * ({@link String#compareTo}), and never holds the pictures of a whole set. Problems are {@link org.equirepro.base.UserError}s
 * that name the file.
 */
public interface Reader extends AutoCloseable {

    /** Names of the classes; a sample's label is an index into this list. */
    List<String> classes();

    /** Numbers in {@link Sample#latents()}; 0 where the data set has none. */
    default int latents() {
        return 0;
    }

    /**
     * Names of what lies beside a picture: {@code depth} or {@code depth256} for its depth map, by its
     * {@link org.equirepro.vision.image.DepthMap.Unit}, {@code json} for its objects, {@code png} for its label map (maps are as large
     * as the picture). Sorted; empty where there is nothing.
     */
    default List<String> members() {
        return List.of();
    }

    /** A new pass over all samples. Both the iterator and {@link Sample#bytes()} may throw UserError. */
    Iterator<Sample> samples();

    /** Facts about the source for the receipt, such as the archive's SHA-256; no absolute paths, no clock. */
    default Map<String, String> provenance() {
        return Map.of();
    }

    @Override
    default void close() throws IOException {}
}
