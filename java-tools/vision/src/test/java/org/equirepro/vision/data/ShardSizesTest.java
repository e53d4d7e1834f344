package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.equirepro.base.Draws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What shards cost at the size of ImageNet: 1.3 million pictures of 110 kB in the mean. */
final class ShardSizesTest {

    private static final int MEAN = 110_000;
    private static final int PICTURES = 1_300_000;

    @TempDir
    private Path folder;

    /** As spread as photographs: between a tenth and nineteen tenths of the mean. */
    private static int length(Draws draws) {
        return (int) (MEAN * draws.uniform(0.1, 1.9));
    }

    @Test
    void tarAndIndexTakeLessThanTwoPercent() throws IOException {
        Draws draws = Draws.at(1, "lengths");
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        long raw = 0;
        try (TarShard shard = new TarShard(folder.resolve("train-00000.tar"))) {
            for (int i = 0; i < 60; i++) {
                byte[] picture = new byte[length(draws)];
                picture[0] = (byte) 0xFF;
                Sample sample = new Sample("train/n01440764/n01440764_" + (10_000 + i) + ".JPEG", "train", 999, "", 0, new double[0],
                        () -> picture, Map.of());
                long offset = shard.add(sample.key(), picture);
                Index.write(index, sample, "train-00000.tar", offset, picture.length, new int[0]);
                raw += picture.length;
            }
            long all = shard.position() + index.size();
            assertTrue(all > raw && all < 1.02 * raw, all + " bytes for " + raw);
        }
    }

    @Test
    void fewerThanFifteenHundredFilesHoldImageNet() {
        Draws draws = Draws.at(2, "lengths");
        int shards = 1;
        long filled = 0;
        for (int i = 0; i < PICTURES; i++) {
            long next = TarShard.next(filled, length(draws));
            if (next > Preparation.SHARD_BYTES) {
                shards++;
                next -= filled;
            }
            filled = next;
        }
        assertTrue(shards > 100 && shards < 1490, shards + " shards"); // and a few files beside them
    }
}
