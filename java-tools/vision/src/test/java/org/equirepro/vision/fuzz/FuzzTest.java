package org.equirepro.vision.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.DenseData;
import org.equirepro.vision.Fixtures;
import org.equirepro.vision.TestData;
import org.equirepro.vision.data.FuzzInputs;
import org.equirepro.vision.data.Preparation;
import org.equirepro.vision.image.LabelMap;
import org.equirepro.vision.image.PictureDecoder;
import org.equirepro.vision.render.JpegWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 10,000 damaged inputs in all ({@code -Dequirepro.fuzz.count} for another number): every one is read or refused by a UserError
 * (archives: also by an IOException, which their callers name), within bounded time and memory, and nothing is written outside of
 * the folder that was given. Inputs follow from their number alone.
 */
final class FuzzTest {

    private static final int COUNT = Integer.getInteger("equirepro.fuzz.count", 10_000);
    private static final long SECONDS = 20;
    private static final long MEMORY = 96L << 20;

    /** Reads one input; {@code box} is an empty folder for it. */
    private interface Reading {
        void of(byte[] input, Path box) throws Exception;
    }

    /** Makes one damaged input. */
    private interface Damage {
        byte[] of(byte[] seed, List<byte[]> all, Draws draws);
    }

    private static final Damage BINARY = (seed, all, draws) -> Mutations.of(seed, all, false, draws);
    private static final Damage TEXT = (seed, all, draws) -> Mutations.of(seed, all, true, draws);

    @TempDir
    private Path folder;

    private static ExecutorService worker;

    @BeforeAll
    static void start() {
        worker = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "fuzz");
            thread.setDaemon(true);
            return thread;
        });
    }

    @AfterAll
    static void stop() {
        worker.shutdownNow();
    }

    /** Feeds {@code share} per cent of all inputs to a reading. */
    private void feed(String name, int share, List<byte[]> seeds, Damage damage, Reading reading) throws Exception {
        int count = Math.max(1, COUNT * share / 100);
        int refused = 0;
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int n = 0; n < count; n++) {
            Draws draws = Draws.at(2024, 0, n, 0, "fuzz/" + name);
            byte[] input = damage.of(seeds.get(n % seeds.size()), seeds, draws);
            Path box = Files.createDirectories(folder.resolve("box"));
            long[] used = new long[1];
            Future<?> done = worker.submit(() -> {
                long before = memory.getCurrentThreadAllocatedBytes();
                try {
                    reading.of(input, box);
                } finally {
                    used[0] = memory.getCurrentThreadAllocatedBytes() - before;
                }
                return null;
            });
            String problem = null;
            try {
                done.get(SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                refused++;
                if (!(e.getCause() instanceof UserError) && !(e.getCause() instanceof IOException)) {
                    problem = "throws " + e.getCause() + " at " + Arrays.stream(e.getCause().getStackTrace()).limit(6).toList();
                }
            } catch (TimeoutException e) {
                problem = "takes more than " + SECONDS + " s";
            }
            if (used[0] > MEMORY) {
                problem = "takes " + (used[0] >> 20) + " MiB for " + input.length + " bytes; " + problem;
            }
            if (problem != null) {
                fail(name + " input " + n + " " + problem + "; input: " + Base64.getEncoder().encodeToString(input));
            }
        }
        if (refused < count / 10) {
            fail(name + ": only " + refused + " of " + count + " inputs were refused; the damage does not reach what is read");
        }
        System.out.println("fuzz " + name + ": " + count + " inputs, " + refused + " refused");
    }

    /** As {@link #feed} for files, whose folder must be as it was when they have been read. */
    private void feedFiles(String ending, int share, List<byte[]> seeds, Damage damage) throws Exception {
        Path outside = folder.resolve("outside");
        Files.writeString(outside, "untouched");
        feed(ending, share, seeds, damage, (input, box) -> {
            Path file = box.resolve("input." + ending);
            Path spool = Files.createDirectories(box.resolve("spool"));
            Files.write(file, input);
            try {
                FuzzInputs.archive(file, spool);
            } finally {
                try (var left = Files.list(folder); var inBox = Files.list(box); var spooled = Files.walk(spool)) {
                    assertEquals(2, left.count(), "beside the box");
                    assertEquals(2, inBox.count(), "beside the archive");
                    assertEquals(true, spooled.allMatch(p -> p.normalize().startsWith(spool)));
                }
                AtomicFiles.deleteTree(box);
            }
        });
        assertEquals("untouched", Files.readString(outside));
    }

    private static Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("train/cat/1.png", TestData.png(1));
        files.put("train/" + "long-name-".repeat(12) + "/2.png", TestData.png(2));
        files.put("empty", new byte[0]);
        files.put("inner.tar", TestData.tar(Map.of("a.png", TestData.png(3))));
        return files;
    }

    @Test
    void tars() throws Exception {
        feedFiles("tar", 12, List.of(TestData.tar(files())), (seed, all, draws) -> draws.chance(0.6)
                ? Mutations.tarHeader(draws.chance(0.3) ? BINARY.of(Arrays.copyOf(seed, seed.length), all, draws) : seed, draws)
                : BINARY.of(seed, all, draws));
    }

    @Test
    void packedTars() throws Exception {
        byte[] tar = TestData.tar(files());
        feedFiles("tar.gz", 8, List.of(tar), (seed, all, draws) -> {
            try {
                return draws.chance(0.5) ? BINARY.of(TestData.gzip(seed), List.of(TestData.gzip(seed)), draws)
                        : TestData.gzip(Mutations.tarHeader(seed, draws));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void zips() throws Exception {
        Map<String, byte[]> files = files();
        files.put("inner.zip", DenseData.zip(Map.of("b.png", TestData.png(4))));
        feedFiles("zip", 12, List.of(DenseData.zip(files)), BINARY);
    }

    private static List<byte[]> jpegs() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(new JpegWriter().encode(TestData.noise(40, 24, 1)));
        seeds.add(new JpegWriter().encode(org.equirepro.vision.image.Picture.black(33, 17)));
        for (String name : List.of("progressive.jpg", "odd_size_420.jpg", "cmyk_pytorch.jpg", "hopper_16bit_qtables.jpg")) {
            var file = Fixtures.find("odd-images/" + name);
            if (file.isPresent() && Files.size(file.get()) < 12_000) {
                seeds.add(Files.readAllBytes(file.get()));
            }
        }
        return seeds;
    }

    @Test
    void jpegPictures() throws Exception {
        feed("jpeg", 16, jpegs(), BINARY, (input, box) -> FuzzInputs.picture(input));
    }

    @Test
    void pngs() throws Exception {
        List<byte[]> seeds = new ArrayList<>(List.of(TestData.png(1), PictureDecoder.png(new LabelMap(9, 7, new byte[63]))));
        for (String name : List.of("palette_pytorch.png", "gray16.png", "one_pixel.png", "p_trns_single.png")) {
            var file = Fixtures.find("odd-images/" + name);
            if (file.isPresent() && Files.size(file.get()) < 12_000) {
                seeds.add(Files.readAllBytes(file.get()));
            }
        }
        feed("png", 14, seeds, (seed, all, draws) -> draws.chance(0.6) ? Mutations.pngChunk(seed, draws) : BINARY.of(seed, all, draws),
                (input, box) -> {
                    try {
                        FuzzInputs.labels(input);
                    } catch (UserError colour) {
                        FuzzInputs.picture(input);
                    }
                });
    }

    @Test
    void webps() throws Exception {
        List<byte[]> seeds = List.of(Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="),
                Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"));
        feed("webp", 4, seeds, BINARY, (input, box) -> FuzzInputs.picture(input));
    }

    @Test
    void mats() throws Exception {
        feed("mat", 12, List.of(FuzzInputs.matSeed(false), FuzzInputs.matSeed(true), FuzzInputs.matSeed(false)), BINARY,
                (input, box) -> FuzzInputs.mat(input));
    }

    @Test
    void npys() throws Exception {
        feed("npy", 8, List.of(FuzzInputs.npySeed(), TestData.npy(1.0, 2, 3), TestData.npy(1f, 2)), BINARY,
                (input, box) -> FuzzInputs.npy(input));
    }

    @Test
    void cocoFiles() throws Exception {
        Map<String, byte[]> files = DenseData.coco(2017);
        feed("coco", 10, List.of(files.get("annotations/instances_train2017.json"), files.get("annotations/person_keypoints_train2017.json"),
                files.get("annotations/instances_val2017.json")), TEXT, (input, box) -> FuzzInputs.cocoJson(input));
    }

    @Test
    void objectLists() throws Exception {
        byte[] seed = ("{\"image_id\":1,\"width\":24,\"height\":16,\"objects\":[{\"id\":1,\"label\":0,\"category_id\":1,\"bbox\":[1,2,3,4],"
                + "\"area\":3,\"segmentation\":{\"size\":[16,24],\"counts\":\"0P<\"}},{\"id\":2,\"label\":0,\"category_id\":1,"
                + "\"bbox\":[1,2,3,4],\"area\":3,\"segmentation\":[[1,2,3,4,5,6.5]],\"keypoints\":[1,2,2]}]}")
                .getBytes(StandardCharsets.UTF_8);
        feed("objects", 3, List.of(seed), TEXT, (input, box) -> FuzzInputs.objects(input));
    }

    @Test
    void shardFolders() throws Exception {
        Path tree = DenseData.tree(Files.createDirectories(folder.resolve("source")), DenseData.coco(2017));
        Path whole = folder.resolve("whole");
        Preparation.run(Settings.parseJson("config", "{\"kind\":\"coco\",\"subset\":true}"), tree, whole);
        for (String name : List.of("receipt.json", "index.csv")) {
            byte[] seed = Files.readAllBytes(whole.resolve(name));
            feed(name, 1, List.of(seed), TEXT, (input, box) -> {
                Files.write(whole.resolve(name), input);
                FuzzInputs.shards(whole);
            });
            Files.write(whole.resolve(name), seed);
        }
    }
}
