package org.equirepro.study.costs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What is known of data sets before they are prepared. */
@FunctionalInterface
public interface DataSizes {

    /**
     * A data set.
     *
     * @param train members for training, pictures or objects
     * @param test members for testing
     * @param views pictures of a member
     * @param bytes of all pictures; 0 where that is not known
     */
    record Size(long train, long test, int views, double bytes) {

        long members() {
            return train + test;
        }
    }

    /** By a PREPARE_DATASET task's configuration; empty where nothing is known. */
    Optional<Size> of(JsonNode config);

    /** The same with the sets that are drawn here, whose numbers their settings say. */
    default DataSizes orDrawn() {
        return config -> of(config).or(() -> drawn(config));
    }

    private static Optional<Size> drawn(JsonNode config) {
        int classes = config.path("classes").asInt();
        long pixels = (long) config.path("size").asInt() * config.path("size").asInt();
        if (config.has("train_per_class")) {
            long train = (long) classes * config.path("train_per_class").asInt();
            long test = (long) classes * config.path("test_per_class").asInt();
            return Optional.of(new Size(train, test, 1, bytes((train + test) * pixels)));
        }
        if (config.has("objects_per_class")) {
            long objects = (long) classes * config.path("objects_per_class").asInt();
            long test = Math.round(objects * config.path("test_fraction").asDouble());
            int views = config.path("views").asInt();
            return Optional.of(new Size(objects - test, test, views, bytes(objects * views * pixels)));
        }
        return Optional.empty();
    }

    /** A byte a pixel: about what drawn pictures take. */
    private static double bytes(long pixels) {
        return pixels;
    }
}
