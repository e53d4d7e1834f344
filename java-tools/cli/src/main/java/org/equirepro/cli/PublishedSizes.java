package org.equirepro.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import org.equirepro.study.costs.DataSizes;
import org.equirepro.vision.data.Published;

/** The sizes of published data sets, for the planner, who knows none of them. */
final class PublishedSizes implements DataSizes {

    /** Of the archive, which nobody publishes to the byte; views of an object (SIE's data/README). */
    private static final double OBJECTS_BYTES = 17e9;
    private static final int OBJECTS_VIEWS = 50;
    /** Of a video of DAVIS 2017 or VIP, about. */
    private static final int FRAMES = 65;

    @Override
    public Optional<Size> of(JsonNode config) {
        String kind = config.path("kind").asText();
        Published published = Published.of(kind);
        Map<String, Integer> counts = published.counts();
        if (counts.isEmpty()) {
            return Optional.empty();
        }
        boolean objects = kind.equals("3diebench");
        boolean videos = kind.equals("davis2017") || kind.equals("vip");
        double bytes = objects ? OBJECTS_BYTES : published.archives().values().stream().mapToLong(Published.Archive::bytes).sum();
        long train = counts.getOrDefault("train", 0);
        long all = counts.values().stream().mapToLong(Integer::longValue).sum();
        return Optional.of(new Size(train, all - train, objects ? OBJECTS_VIEWS : videos ? FRAMES : 1, bytes));
    }
}
