package org.equirepro.evaluation.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.load.ViewSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class FeatureCacheTest {

    private static final int SAMPLES = 4500; // three pieces, the last one short
    private static final List<FeatureKind> ONE = List.of(FeatureKind.BACKBONE_MEAN);
    private static final List<FeatureKind> BOTH = List.of(FeatureKind.BACKBONE_MEAN, FeatureKind.SPLIT_TOKENS);

    private static Torch torch;
    private static Encoder encoder;

    @TempDir
    Path folder;

    /** Grey pictures, each of a shade of its own pattern, that count how often they are asked for. */
    private record Greys(AtomicInteger made) implements ViewSource {

        @Override
        public String name() {
            return "greys";
        }

        @Override
        public int size() {
            return SAMPLES;
        }

        @Override
        public int[] sides() {
            return new int[] {8};
        }

        @Override
        public void views(long seed, int epoch, int member, byte[][] out) {
            made.incrementAndGet();
            for (int i = 0; i < out[0].length; i++) {
                out[0][i] = (byte) (member * (i + 1));
            }
        }
    }

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
        encoder = Encoder.create(torch, Settings.parseJson("recipe", "{\"backbone\": {\"name\": \"vit\", \"image\": 8, \"patch\": 4, "
                + "\"dim\": 8, \"depth\": 1, \"heads\": 2}, \"split\": {\"dim\": 6, \"equivariant\": 3}, "
                + "\"normalise\": {\"mean\": [0.5, 0.5, 0.5], \"std\": [0.25, 0.25, 0.25]}}"), 5);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    private static NDArray centred(NDArray pictures, int from, int to) {
        return pictures.sub(0.5f);
    }

    private Map<FeatureKind, Features> get(String content, Greys source, List<FeatureKind> kinds, double seconds) {
        return new FeatureCache(folder, Budget.of(seconds)).get(content, new FeatureExtractor(torch, encoder, 2), source, kinds,
                FeatureCacheTest::centred);
    }

    private static float[] all(Features features) {
        return features.block(0, features.rows()).values();
    }

    private static Map<FeatureKind, FeatureMatrix> plain(List<FeatureKind> kinds) {
        return new FeatureExtractor(torch, encoder, 1).extract(new Greys(new AtomicInteger()), 0, 0, kinds, FeatureCacheTest::centred);
    }

    private List<Path> files(String ending) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    @Test
    void whatWasComputedOnceIsReadAndHasTheSameBits() {
        Greys source = new Greys(new AtomicInteger());
        Map<FeatureKind, Features> made = get("a", source, BOTH, 1e9);
        assertEquals(SAMPLES, source.made.get());
        Map<FeatureKind, Features> read = get("a", source, BOTH, 1e9);
        assertEquals(SAMPLES, source.made.get(), "no picture was read again");
        Map<FeatureKind, FeatureMatrix> plain = plain(BOTH);
        for (FeatureKind kind : BOTH) {
            assertArrayEquals(plain.get(kind).values(), all(made.get(kind)));
            assertArrayEquals(plain.get(kind).values(), all(read.get(kind)));
        }
        assertEquals(4 * 6, read.get(FeatureKind.SPLIT_TOKENS).columns());
    }

    @Test
    void anotherKindIsAddedAndOtherContentsAreKeptApart() throws IOException {
        Greys source = new Greys(new AtomicInteger());
        get("a", source, ONE, 1e9);
        get("a", source, BOTH, 1e9);
        assertEquals(6, files(".safetensors").size());
        get("b", source, ONE, 1e9);
        assertEquals(9, files(".safetensors").size());
        assertEquals(3 * SAMPLES, source.made.get());
    }

    @Test
    void aRunThatWasStoppedGoesOnWhereItWas() throws IOException {
        Greys source = new Greys(new AtomicInteger());
        for (int run = 1; run <= 2; run++) {
            UserError stopped = assertThrows(UserError.class, () -> get("a", source, ONE, 1e-9));
            assertEquals(ExitCode.SAVED_RUN_AGAIN, stopped.exitCode());
            assertEquals(run, files(".safetensors").size(), "each run makes a piece");
        }
        assertArrayEquals(plain(ONE).get(ONE.get(0)).values(), all(get("a", source, ONE, 1e-9).get(ONE.get(0))));
    }

    @Test
    void aDamagedPieceIsComputedAgain() throws IOException {
        Greys source = new Greys(new AtomicInteger());
        get("a", source, ONE, 1e9);
        Path piece = files(".safetensors").get(1);
        byte[] bytes = Files.readAllBytes(piece);
        bytes[bytes.length - 5] ^= 1;
        Files.write(piece, bytes);
        Features again = get("a", source, ONE, 1e9).get(ONE.get(0));
        assertTrue(source.made.get() < 2 * SAMPLES, "only the piece, and what was made ahead");
        assertArrayEquals(plain(ONE).get(ONE.get(0)).values(), all(again));
    }

    @Test
    void tasksAtTheSameTimeShareTheWork() throws IOException {
        Greys source = new Greys(new AtomicInteger());
        List<CompletableFuture<float[]>> tasks = Stream.generate(() -> CompletableFuture.supplyAsync(
                () -> all(get("a", source, ONE, 1e9).get(ONE.get(0))))).limit(3).toList();
        float[] expected = plain(ONE).get(ONE.get(0)).values();
        for (CompletableFuture<float[]> task : tasks) {
            assertArrayEquals(expected, task.join());
        }
        assertEquals(3, files(".safetensors").size());
        assertEquals(List.of(), files(".part"));
    }

    @Test
    void viewsOfATableReadItsRows() {
        FeatureMatrix x = new FeatureMatrix(3, 2, new float[] {1, 2, 3, 4, 5, 6});
        Features twice = Features.beside(x.select(2, 0), x.select(1, 1));
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 3, 4}, twice.pick(1, 0).values());
        assertFalse(Arrays.equals(twice.block(0, 1).values(), twice.block(1, 2).values()));
    }
}
