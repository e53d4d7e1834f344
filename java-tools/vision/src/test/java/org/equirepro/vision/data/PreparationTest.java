package org.equirepro.vision.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.TestData;
import org.equirepro.vision.image.Picture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PreparationTest {

    @TempDir
    private Path folder;

    private static Settings config(String more) {
        return Settings.parseJson("config.json", "{\"dataset\":\"own\",\"kind\":\"imagefolder\"" + more + "}");
    }

    private static Map<String, byte[]> tree(String top) {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 12; i++) {
            files.put(top + "train/" + (i % 2 == 0 ? "cat" : "dog, big") + "/" + i + ".png", TestData.png(i));
        }
        files.put(top + "val/cat/\"q\".PNG", TestData.png(20));
        files.put(top + "val/dog, big/sub/1.jpeg", TestData.png(21));
        files.put(top + "train/cat/.DS_Store", new byte[5]);
        files.put(top + "README.txt", new byte[5]);
        return files;
    }

    private Path source() throws IOException {
        Path root = folder.resolve("source");
        for (Map.Entry<String, byte[]> file : tree("").entrySet()) {
            TestData.put(root, file.getKey(), file.getValue());
        }
        return root;
    }

    private static byte[] bytes(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    @Test
    void folderAndArchiveGiveTheSameShards() throws IOException {
        Path archive = folder.resolve("set.tar.gz");
        Files.write(archive, TestData.gzip(TestData.tar(tree("top-1.0/"))));
        Preparation.run(config(""), source(), folder.resolve("a"));
        Preparation.run(config(""), archive, folder.resolve("b"));
        Preparation.run(config(""), archive, folder.resolve("c"));
        for (String file : new String[] {"index.csv", "train-00000.tar", "test-00000.tar", "classes.txt"}) {
            assertArrayEquals(bytes(folder.resolve("a").resolve(file)), bytes(folder.resolve("b").resolve(file)), file);
        }
        assertArrayEquals(bytes(folder.resolve("b/receipt.json")), bytes(folder.resolve("c/receipt.json")));
        try (Stream<Path> files = Files.list(folder.resolve("b"))) {
            assertEquals(5, files.count(), "nothing but shards, index, classes and receipt");
        }
    }

    @Test
    void readsBackWhatWasWritten() throws IOException {
        Preparation.run(config(""), source(), folder.resolve("a"));
        try (ShardSet set = ShardSet.open(folder.resolve("a"))) {
            set.verify();
            assertEquals(java.util.List.of("cat", "dog, big"), set.classes());
            Split train = set.split("train");
            assertEquals(12, train.size());
            for (int i = 0; i < train.size(); i++) {
                String key = train.key(i);
                assertArrayEquals(tree("").get(key), train.encoded(i), key);
                assertEquals(key.startsWith("train/cat") ? 0 : 1, train.label(i));
                assertEquals(-1, train.group(i));
            }
            Split test = set.split("test");
            assertEquals("val/cat/\"q\".PNG", test.key(0));
            assertArrayEquals(TestData.noise(8, 6, 20).rgb(), test.picture(0).rgb());
            UserError error = assertThrows(UserError.class, () -> set.split("dev"));
            assertTrue(error.getMessage().endsWith("it has test, train"), error.getMessage());
        }
        try (TarFile tar = new TarFile(folder.resolve("a/train-00000.tar").toFile())) {
            assertEquals(12, tar.getEntries().size());
            assertEquals("train/cat/0.png", tar.getEntries().get(0).getName());
        }
    }

    @Test
    void manyThreadsReadTheSame() throws IOException {
        Preparation.run(config(",\"shard_bytes\":4096"), source(), folder.resolve("a"));
        assertTrue(Files.exists(folder.resolve("a/train-00001.tar")), "small shards");
        try (ShardSet set = ShardSet.open(folder.resolve("a"))) {
            Split train = set.split("train");
            AtomicInteger wrong = new AtomicInteger();
            IntStream.range(0, 600).parallel().forEach(i -> {
                Picture picture = train.picture(i % 12);
                int seed = Integer.parseInt(train.key(i % 12).replaceAll("\\D", ""));
                if (!java.util.Arrays.equals(picture.rgb(), TestData.noise(8, 6, seed).rgb())) {
                    wrong.incrementAndGet();
                }
            });
            assertEquals(0, wrong.get());
        }
    }

    @Test
    void aBadPictureEndsTheRunAndLeavesNothing() throws IOException {
        Path source = source();
        TestData.put(source, "train/cat/7.jpg", "<html>".getBytes());
        UserError error = assertThrows(UserError.class, () -> Preparation.run(config(""), source, folder.resolve("a")));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().startsWith("train/cat/7.jpg: "), error.getMessage());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count(), "only the source is there");
        }
        Preparation.run(config(",\"bad_limit\":0.1"), source, folder.resolve("b"));
        try (ShardSet set = ShardSet.open(folder.resolve("b"))) {
            assertEquals(12, set.split("train").size());
            assertEquals("train/cat/7.jpg", set.receipt().sections("refused").get(0).text("key"));
        }
        error = assertThrows(UserError.class, () -> Preparation.run(config(",\"bad_limit\":0.05"), source, folder.resolve("c")));
        assertTrue(error.getMessage().contains("1 of 15 pictures"), error.getMessage());
    }

    @Test
    void scalesDownByClassInSortedOrder() throws IOException {
        Preparation.run(config(",\"max_per_class\":2,\"test_max_per_class\":1"), source(), folder.resolve("a"));
        try (ShardSet set = ShardSet.open(folder.resolve("a"))) {
            Split train = set.split("train");
            assertEquals(java.util.List.of("train/cat/0.png", "train/cat/10.png", "train/dog, big/1.png",
                    "train/dog, big/11.png"),
                    IntStream.range(0, 4).mapToObj(train::key).toList());
            assertEquals(4, train.size());
        }
    }

    @Test
    void drawsASplitWhereThereIsNone() throws IOException {
        Path root = folder.resolve("plain");
        for (int i = 0; i < 20; i++) {
            TestData.put(root, "data/" + (i < 10 ? "a" : "b") + "/" + i + ".png", TestData.png(i));
        }
        UserError error = assertThrows(UserError.class, () -> Preparation.run(config(""), root, folder.resolve("x")));
        assertEquals(ExitCode.USAGE, error.exitCode());
        assertTrue(error.getMessage().contains("test_fraction"), error.getMessage());
        Preparation.run(config(",\"test_fraction\":0.3"), root, folder.resolve("a"));
        Preparation.run(config(",\"test_fraction\":0.3,\"split_seed\":1"), root, folder.resolve("b"));
        try (ShardSet a = ShardSet.open(folder.resolve("a")); ShardSet b = ShardSet.open(folder.resolve("b"))) {
            assertEquals(14, a.split("train").size());
            assertEquals(6, a.split("test").size());
            assertEquals(3, IntStream.range(0, 6).map(a.split("test")::label).sum(), "as many of each class");
            assertTrue(IntStream.range(0, 6).anyMatch(i -> !a.split("test").key(i).equals(b.split("test").key(i))),
                    "the seed matters");
        }
    }

    @Test
    void aSetToChooseSettingsByHasNothingOfTheTestSplit() throws IOException {
        Path root = folder.resolve("split");
        for (int i = 0; i < 20; i++) {
            TestData.put(root, (i % 2 == 0 ? "train/" : "test/") + (i < 10 ? "a" : "b") + "/" + i + ".png", TestData.png(i));
        }
        Preparation.run(config(",\"test_of_train\":0.4"), root, folder.resolve("a"));
        try (ShardSet set = ShardSet.open(folder.resolve("a"))) {
            assertEquals(6, set.split("train").size());
            assertEquals(4, set.split("test").size());
            assertTrue(IntStream.range(0, 4).allMatch(i -> set.split("test").key(i).startsWith("train/")));
            assertEquals(2, IntStream.range(0, 4).map(set.split("test")::label).sum(), "as many of each class");
        }
        UserError wrong = assertThrows(UserError.class,
                () -> Preparation.run(config(",\"test_of_train\":1.4"), root, folder.resolve("b")));
        assertTrue(wrong.getMessage().contains("test_of_train must lie between 0 and 1"), wrong.getMessage());
    }

    @Test
    void openingNoticesWhatIsCorrupt() throws IOException {
        Preparation.run(config(""), source(), folder.resolve("a"));
        Path shard = folder.resolve("a/train-00000.tar");
        byte[] whole = bytes(shard);
        whole[600] ^= 1;
        Files.write(shard, whole);
        try (ShardSet set = ShardSet.open(folder.resolve("a"))) {
            UserError error = assertThrows(UserError.class, set::verify);
            assertTrue(error.getMessage().startsWith(shard + ": corrupt"), error.getMessage());
        }
        Files.write(shard, java.util.Arrays.copyOf(whole, 1000));
        UserError error = assertThrows(UserError.class, () -> ShardSet.open(folder.resolve("a")));
        assertEquals(ExitCode.BAD_DATA, error.exitCode());
        assertTrue(error.getMessage().startsWith(shard + ": corrupt or truncated"), error.getMessage());
        Files.delete(folder.resolve("a/receipt.json"));
        assertEquals(ExitCode.MISSING_INPUT, assertThrows(UserError.class, () -> ShardSet.open(folder.resolve("a"))).exitCode());
    }

    @Test
    void wrongConfigurationsAreNamed() throws IOException {
        Path source = source();
        for (String more : new String[] {",\"bad_limit\":1", ",\"shard_bytes\":10", ",\"max_per_class\":0"}) {
            UserError error = assertThrows(UserError.class, () -> Preparation.run(config(more), source, folder.resolve("a")));
            assertEquals(ExitCode.USAGE, error.exitCode(), more);
            assertTrue(error.getMessage().startsWith("config.json: " + more.replaceAll("[,\"]|:.*", "")), error.getMessage());
        }
        assertEquals(ExitCode.USAGE, assertThrows(UserError.class, () ->
                Preparation.run(config(""), null, folder.resolve("a"))).exitCode());
        Settings unknown = Settings.parseJson("config.json", "{\"kind\":\"imagenet\"}");
        assertThrows(UserError.class, () -> Preparation.run(unknown, source, folder.resolve("a")));
    }

    /** A process of its own that ends as if it were killed when it asks for a certain picture. */
    static final class Killed {
        public static void main(String[] args) {
            Settings config = Settings.read(Path.of(args[0]));
            int last = Integer.parseInt(args[3]);
            Preparation.make(config, Path.of(args[2]), spool -> new HaltingReader(Readers.open(config, Path.of(args[1]), spool), last));
        }
    }

    private record HaltingReader(Reader inner, int last) implements Reader {

        @Override
        public List<String> classes() {
            return inner.classes();
        }

        @Override
        public int latents() {
            return inner.latents();
        }

        @Override
        public Iterator<Sample> samples() {
            AtomicInteger given = new AtomicInteger();
            Iterator<Sample> all = inner.samples();
            return java.util.stream.Stream.generate(() -> {
                if (given.incrementAndGet() == last) {
                    Runtime.getRuntime().halt(137);
                }
                return all.next();
            }).iterator();
        }

        @Override
        public Map<String, String> provenance() {
            return inner.provenance();
        }
    }

    private static String[] contents(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().map(file -> {
                try {
                    return file.getFileName() + " " + org.equirepro.base.Hashes.sha256(file);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }).toArray(String[]::new);
        }
    }

    @Test
    void aKilledRunGoesOnAndEndsWithTheSameBytes() throws Exception {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 450; i++) {
            files.put(String.format("%s/%s/%04d.png", i % 3 == 0 ? "test" : "train", i % 2 == 0 ? "a" : "b", i),
                    i == 350 ? new byte[9] : TestData.png(i));
        }
        Path archive = folder.resolve("set.tar.gz");
        Files.write(archive, TestData.gzip(TestData.tar(files)));
        Path json = folder.resolve("config.json");
        Files.writeString(json, config(",\"shard_bytes\":12000,\"bad_limit\":0.1").canonical());
        Preparation.run(Settings.read(json), archive, folder.resolve("whole"));
        Path out = folder.resolve("out");
        Path part = folder.resolve(".out.part");
        for (int last : new int[] {250, 400}) {
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), Killed.class.getName(), json.toString(), archive.toString(),
                    out.toString(), Integer.toString(last)).inheritIO().start();
            assertEquals(137, process.waitFor());
            assertTrue(Files.exists(part.resolve(".progress.json")) && Files.notExists(out));
        }
        long begun = Files.getLastModifiedTime(part.resolve("train-00000.tar")).toMillis();
        assertTrue(Preparation.run(Settings.read(json), archive, out));
        assertArrayEquals(contents(folder.resolve("whole")), contents(out));
        assertEquals(begun, Files.getLastModifiedTime(out.resolve("train-00000.tar")).toMillis(), "shards that were whole are kept");
        assertTrue(Files.notExists(part));
    }

    @Test
    void whatAKilledRunOfAnotherConfigurationLeftIsNotTakenOver() throws IOException {
        Path part = folder.resolve(".out.part");
        Files.createDirectories(part);
        Path source = source();
        try (Reader reader = Readers.open(config(""), source, part);
                ShardWriter writer = new ShardWriter(part, reader, 4096, ShardProgress.fresh(part, reader, config("")))) {
            Sample first = reader.samples().next();
            for (int i = 0; i < 20; i++) {
                writer.add(Sample.of("x" + (char) ('a' + i), "train", 0, first.bytes()), new byte[900], TestData.noise(8, 6, 1), Map.of());
            }
        }
        assertTrue(Files.exists(part.resolve(".progress.json")) && Files.exists(part.resolve("train-00003.tar")));
        Files.write(part.resolve(".unpacked-of-another-source.tar"), new byte[10]);
        Preparation.run(config(""), source, folder.resolve("a"));
        Preparation.run(config(""), source, folder.resolve("out")); // other keys than the source's
        assertArrayEquals(contents(folder.resolve("a")), contents(folder.resolve("out")));
    }

    @Test
    void aFolderThatIsMadeIsLeftAloneAndAnotherConfigurationIsRefused() throws IOException {
        Path source = source();
        Path out = folder.resolve("a");
        assertTrue(Preparation.run(config(""), source, out));
        String[] before = contents(out);
        assertTrue(!Preparation.run(config(""), source, out));
        assertArrayEquals(before, contents(out));
        UserError error = assertThrows(UserError.class, () -> Preparation.run(config(",\"max_per_class\":1"), source, out));
        assertTrue(error.getMessage().contains("exists already"), error.getMessage());
        Path archive = folder.resolve("other.tar");
        Files.write(archive, TestData.tar(tree("")));
        assertThrows(UserError.class, () -> Preparation.run(config(""), archive, out));
        Files.write(out.resolve("train-00000.tar"), new byte[5]);
        error = assertThrows(UserError.class, () -> Preparation.run(config(""), source, out));
        assertTrue(error.getMessage().contains("corrupt or truncated"), error.getMessage());
    }
}
