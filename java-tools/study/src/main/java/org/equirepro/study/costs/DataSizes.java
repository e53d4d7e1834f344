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
        long pixels = (long) config.path("size").asInt() * config.path("size").asInt();
        long classes = config.path("classes").asLong();
        if (config.has("train_per_class")) {
            return pictures(classes * config.path("train_per_class").asLong(), classes * config.path("test_per_class").asLong(), 1, pixels);
        }
        if (config.has("train_pictures")) {
            return pictures(config.path("train_pictures").asLong(), config.path("test_pictures").asLong(), 1, pixels);
        }
        if (config.has("videos")) {
            return pictures(0, config.path("videos").asLong(), config.path("frames").asInt(), pixels);
        }
        if (config.has("objects_per_class")) {
            long objects = classes * config.path("objects_per_class").asLong();
            long test = Math.round(objects * config.path("test_fraction").asDouble());
            return pictures(objects - test, test, config.path("views").asInt(), pixels);
        }
        return Optional.empty();
    }

    /** Drawn pictures take about a byte a pixel. */
    private static Optional<Size> pictures(long train, long test, int views, long pixels) {
        return Optional.of(new Size(train, test, views, (double) (train + test) * views * pixels));
    }
}
