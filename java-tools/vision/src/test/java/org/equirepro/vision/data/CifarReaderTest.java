package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.TestData;
import org.equirepro.vision.image.Picture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CifarReaderTest {

    private static final int RECORD = 3073;

    @TempDir
    private Path folder;

    /** {@code n} records with labels first, first + 1, ...; every pixel says where it is from. */
    private static byte[] batch(int n, int first) {
        byte[] bytes = new byte[n * RECORD];
        for (int r = 0; r < n; r++) {
            bytes[r * RECORD] = (byte) ((first + r) % 10);
            for (int i = 0; i < 3072; i++) {
                bytes[r * RECORD + 1 + i] = (byte) (r * 50 + i * 7 + first);
            }
        }
        return bytes;
    }

    private static Map<String, byte[]> batches() {
        Map<String, byte[]> files = new TreeMap<>();
        for (int b = 1; b <= 5; b++) {
            files.put("cifar-10-batches-bin/data_batch_" + b + ".bin", batch(3, b));
        }
        files.put("cifar-10-batches-bin/test_batch.bin", batch(2, 9));
        files.put("cifar-10-batches-bin/batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n".getBytes());
        return files;
    }

    private Path prepare(Map<String, byte[]> files, String more) throws IOException {
        Path archive = folder.resolve("cifar-10-binary.tar.gz");
        Files.write(archive, TestData.gzip(TestData.tar(files)));
        Path out = folder.resolve("out");
        Preparation.run(Settings.parseJson("config.json", "{\"dataset\":\"c\",\"kind\":\"cifar10\",\"subset\":true" + more + "}"), archive, out);
        return out;
    }

    @Test
    void recordsBecomePicturesWithoutLoss() throws IOException {
        try (ShardSet set = ShardSet.open(prepare(batches(), ""))) {
            assertEquals("a", set.classes().get(0));
            Split train = set.split("train");
            assertEquals(15, train.size());
            assertEquals("data_batch_2/00001.png", train.key(4));
            assertEquals(3, train.label(4));
            Picture picture = train.picture(4);
            byte[] record = Arrays.copyOfRange(batch(3, 2), RECORD, 2 * RECORD);
            for (int i = 0; i < 3072; i++) {
                assertEquals(record[1 + i] & 0xFF, picture.value(i % 32, i % 1024 / 32, i / 1024));
            }
            assertEquals(2, set.split("test").size());
            assertEquals(9, set.split("test").label(0));
        }
    }

    @Test
    void takesTheFirstOfEachClass() throws IOException {
        try (ShardSet set = ShardSet.open(prepare(batches(), ",\"max_per_class\":1"))) {
            assertEquals(7, set.split("train").size()); // labels 1 to 7
            assertEquals(2, set.split("test").size());
        }
    }

    private void refused(String name, byte[] bytes, ExitCode code, String... parts) throws IOException {
        Map<String, byte[]> files = batches();
        if (bytes == null) {
            files.remove(name);
        } else {
            files.put(name, bytes);
        }
        UserError error = assertThrows(UserError.class, () -> prepare(files, ""));
        assertEquals(code, error.exitCode());
        for (String part : parts) {
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count(), "only the archive is there");
        }
    }

    @Test
    void badFilesAreNamed() throws IOException {
        String file = "cifar-10-batches-bin/data_batch_3.bin";
        refused(file, Arrays.copyOf(batch(3, 0), 2 * RECORD + 100), ExitCode.BAD_DATA, "data_batch_3.bin", "truncated",
                "record 2");
        refused(file, new byte[0], ExitCode.BAD_DATA, "data_batch_3.bin", "empty");
        refused(file, null, ExitCode.MISSING_INPUT, "data_batch_3.bin");
        byte[] bad = batch(3, 0);
        bad[RECORD] = 11;
        refused(file, bad, ExitCode.BAD_DATA, "data_batch_3.bin", "record 1", "label 11");
    }
}
