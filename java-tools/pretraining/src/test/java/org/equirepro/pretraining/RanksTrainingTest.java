package org.equirepro.pretraining;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.io.SafeTensors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trainings by several processes under {@code mpirun}, where it is installed, against one with the same global batch. Ranks check
 * at every saved state that they hold the same bits.
 */
final class RanksTrainingTest {

    private static final double UNLIMITED = Double.POSITIVE_INFINITY;
    private static final double LIMIT = 60;

    /** Other orders of summation in float32, carried on by a few steps; measured are 1e-7 to 2e-5. */
    private static final double TOLERANCE = 2e-4;

    @TempDir
    static Path data;

    @TempDir
    Path folder;

    private static Path pictures;

    @BeforeAll
    static void prepare() {
        boolean there = List.of(System.getenv("PATH").split(":")).stream().anyMatch(dir -> Files.isExecutable(Path.of(dir, "mpirun")));
        Assumptions.assumeTrue(there, "no mpirun on the PATH: trainings by several ranks are not tested");
        pictures = TinyStudy.pictures(data);
    }

    /** SGD: where a gradient is 0 but for rounding, Adam would make a whole step of the rounding. */
    private static Settings sgd(Settings config) {
        return TinyStudy.with(config, "optimiser", "{\"name\":\"sgd\",\"lr\":0.0005,\"momentum\":0.9,\"schedule\":\"constant\"}");
    }

    private Process start(int ranks, Settings config, Path shards, String name, double budget, double limit) throws IOException {
        return start(ranks, config, shards, shards, name, budget, limit);
    }

    private Process start(int ranks, Settings config, Path shards, Path shardsOfRankOne, String name, double budget, double limit)
            throws IOException {
        Path file = folder.resolve(name + ".json");
        Files.write(file, Settings.pretty(config.node()));
        List<String> command = new ArrayList<>(List.of("mpirun", "-n", Integer.toString(ranks), "--oversubscribe", "--bind-to", "none",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx300m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), RankMain.class.getName(),
                file.toString(), shards.toString(), folder.resolve("store-" + name).toString(), folder.resolve(name).toString(),
                Double.toString(budget), Double.toString(limit), shardsOfRankOne.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().putAll(java.util.Map.of("OMPI_ALLOW_RUN_AS_ROOT", "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", "OMP_NUM_THREADS", "1"));
        return builder.start();
    }

    private int train(int ranks, Settings config, Path shards, String name, double budget) throws IOException, InterruptedException {
        return start(ranks, config, shards, name, budget, LIMIT).waitFor();
    }

    private String log(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".log"));
    }

    private void succeed(int ranks, Settings config, Path shards, String name) throws IOException, InterruptedException {
        assertEquals(0, train(ranks, config, shards, name, UNLIMITED), () -> {
            try {
                return log(name);
            } catch (IOException e) {
                return e.toString();
            }
        });
    }

    private byte[] encoder(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name).resolve(Encoder.FILE));
    }

    /** How far the two trainings lie apart, over how far the first has come from its start (all weights, Euclidean). */
    private double difference(String start, String one, String other) {
        SafeTensors from = SafeTensors.open(folder.resolve(start).resolve(Encoder.FILE));
        SafeTensors a = SafeTensors.open(folder.resolve(one).resolve(Encoder.FILE));
        SafeTensors b = SafeTensors.open(folder.resolve(other).resolve(Encoder.FILE));
        double apart = 0;
        double way = 0;
        for (String name : a.names()) {
            if (name.contains("running_")) { // batch norm's means and variances would outweigh the weights
                continue;
            }
            var x = a.bytes(name).asFloatBuffer();
            var y = b.bytes(name).asFloatBuffer();
            var z = from.bytes(name).asFloatBuffer();
            while (x.hasRemaining()) {
                double value = x.get();
                apart += Math.pow(value - y.get(), 2);
                way += Math.pow(value - z.get(), 2);
            }
        }
        return Math.sqrt(apart / way);
    }

    /** Trains alone and with ranks, compares weights and curves, and shows the difference. */
    private void sameAsAlone(String what, Settings config, Path shards, double tolerance, int... sizes) throws Exception {
        Pretraining.run(config, shards, folder.resolve("store-alone"), folder.resolve(what + "1"), RunOptions.unlimited(1));
        Pretraining.run(TinyStudy.with(config, "objective", "{\"name\":\"none\"}"), shards, folder.resolve("store-alone"),
                folder.resolve(what + "0"), RunOptions.unlimited(1));
        for (int ranks : sizes) {
            succeed(ranks, config, shards, what + ranks);
            double difference = difference(what + "0", what + "1", what + ranks);
            System.out.printf("%s: %d ranks differ from one by %.1e of the way that training went%n", what, ranks, difference);
            assertTrue(difference < tolerance, what + ", " + ranks + " ranks: " + difference);
            sameCurves(what + "1", what + ranks, tolerance);
        }
    }

    private void sameCurves(String one, String other, double tolerance) throws IOException {
        List<String> a = Files.readAllLines(folder.resolve(one).resolve("curves.csv"));
        List<String> b = Files.readAllLines(folder.resolve(other).resolve("curves.csv"));
        assertEquals(a.size(), b.size());
        for (int i = 1; i < a.size(); i++) {
            int end = a.get(i).lastIndexOf(',');
            assertEquals(a.get(i).substring(0, end), b.get(i).substring(0, b.get(i).lastIndexOf(',')));
            double expected = Double.parseDouble(a.get(i).substring(end + 1));
            double found = Double.parseDouble(b.get(i).substring(b.get(i).lastIndexOf(',') + 1));
            assertEquals(expected, found, tolerance * Math.max(1, Math.abs(expected)), a.get(i));
        }
    }

    @Test
    void vicRegWithReconstructionTrainsToTheSameWeights() throws Exception {
        sameAsAlone("vicreg", sgd(TinyStudy.with(TinyStudy.config(6), "batch", "12")), pictures, TOLERANCE, 2, 3);
    }

    @Test
    void ranksThatSendTheirBatchesInChunksTrainToTheSameWeights() throws Exception {
        Settings config = sgd(TinyStudy.with(TinyStudy.config(4), "batch", "12"));
        succeed(2, TinyStudy.with(config, "micro_batch", "4"), pictures, "chunked2");
        sameAsAlone("chunked", config, pictures, TOLERANCE);
        assertTrue(difference("chunked0", "chunked1", "chunked2") < TOLERANCE);
        sameCurves("chunked1", "chunked2", TOLERANCE);
    }

    @Test
    void sieTrainsToTheSameWeights() throws Exception {
        sameAsAlone("sie", sgd(TinyStudy.with(TinyStudy.config("\"transform\":{\"family\":\"angle\"},", 4), "objective", "{\"name\":\"sie\","
                + "\"invariance\":10,\"equivariance\":4.5,\"variance\":10,\"covariance\":1,\"expander\":[16,16]}")), pictures, TOLERANCE, 2);
    }

    @Test
    void ibotTrainsToTheSameWeights() throws Exception {
        Settings config = TinyStudy.with(TinyStudy.ibot(",\"centring\":\"mean\"", 5), "reconstruction", "null");
        sameAsAlone("ibot", sgd(TinyStudy.with(config, "batch", "12")), pictures, TOLERANCE, 2);
    }

    @Test
    void simClrWithCrossAttentionTrainsToTheSameWeights() throws Exception {
        Settings config = TinyStudy.config("\"transform\":{\"family\":\"angle\"},\"reconstruction\":{\"heads\":2,\"weight\":1,"
                + "\"decoder\":[8,8]},", 4);
        config = TinyStudy.with(config, "objective", "{\"name\":\"simclr\",\"temperature\":0.2,\"expander\":[16,16]}");
        sameAsAlone("simclr", sgd(config), pictures, TOLERANCE, 2);
        // the easiest pairs are those of the global batch, however they lie on the ranks
        sameAsAlone("adaptive", sgd(TinyStudy.with(config, "adaptive", "{\"share\":0.25,\"weight\":30,\"crop\":[0.1,0.5],\"angle\":30,"
                + "\"color\":[0.5,0.5,0.5,0.1],\"cutout\":0.3}")), pictures, TOLERANCE, 2, 4);
        assertTrue(Files.readString(folder.resolve("adaptive2/curves.csv")).contains(",strong_similarity,"));
    }

    @Test
    void resNetWithBatchNormTrainsToTheSameWeights() throws Exception {
        Settings config = TinyStudy.with(TinyStudy.with(TinyStudy.with(TinyStudy.config("", 2), "backbone",
                "{\"name\":\"resnet18\",\"image\":32}"), "split", "{\"dim\":512,\"equivariant\":256}"), "views",
                "{\"kind\":\"renders\",\"size\":32}");
        sameAsAlone("resnet", sgd(TinyStudy.with(config, "batch", "8")), TinyStudy.objects(folder), TOLERANCE, 2);
    }

    @Test
    void aRunStoppedAndContinuedEndsWithTheSameBitsAndOneRankMayGoOn() throws Exception {
        Settings config = TinyStudy.config(5);
        succeed(2, config, pictures, "whole");
        assertEquals(75, train(2, config, pictures, "stopped", 1e-9), log("stopped"));
        assertFalse(Files.exists(folder.resolve("stopped")));
        copy(folder.resolve("store-stopped"), folder.resolve("store-alone"));
        succeed(2, config, pictures, "stopped");
        assertTrue(log("stopped").contains("goes on after step 1 of 5"), log("stopped"));
        assertArrayEquals(encoder("whole"), encoder("stopped"));
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole/curves.csv")), Files.readAllBytes(folder.resolve("stopped/curves.csv")));
        Pretraining.run(config, pictures, folder.resolve("store-alone"), folder.resolve("alone"), RunOptions.unlimited(1));
        sameCurves("whole", "alone", 5e-3); // Adam turns rounding into steps where gradients are near 0
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    @Test
    void aKilledRankEndsTheJobWithItsName() throws Exception {
        Process job = start(2, TinyStudy.config(1_000_000), pictures, "killed", UNLIMITED, LIMIT);
        ProcessHandle victim = training(job, "killed");
        long start = System.nanoTime();
        victim.destroyForcibly();
        assertTrue(job.waitFor(10, TimeUnit.SECONDS), "the job still runs");
        System.out.printf("killed rank: the job ended after %.1f s%n", (System.nanoTime() - start) / 1e9);
        assertTrue(job.exitValue() != 0);
        assertTrue(log("killed").contains("process " + victim.pid() + ") has died") || log("killed").contains("rank 0 of 2 has died"),
                log("killed"));
    }

    @Test
    void aHungRankEndsTheJobAfterTheLimit() throws Exception {
        Process job = start(2, TinyStudy.config(1_000_000), pictures, "hung", UNLIMITED, 2);
        ProcessHandle victim = training(job, "hung");
        new ProcessBuilder("kill", "-STOP", Long.toString(victim.pid())).start().waitFor();
        assertTrue(job.waitFor(20, TimeUnit.SECONDS), "the job still runs");
        assertTrue(job.exitValue() != 0);
        assertTrue(log("hung").contains("waited 2 s in MPI_"), log("hung"));
    }

    @Test
    void aRankThatFailsAloneEndsTheJobWithItsNameMessageAndCode() throws Exception {
        Process job = start(2, TinyStudy.config(1_000_000), pictures, folder.resolve("nothing"), "odd", UNLIMITED, LIMIT);
        assertTrue(job.waitFor(30, TimeUnit.SECONDS), "the job still runs");
        assertEquals(66, job.exitValue(), log("odd"));
        assertTrue(log("odd").matches("(?s).*rank 1 of 2 \\([^)]*\\) failed: \\S*nothing.*"), log("odd"));
    }

    @Test
    void aSignalToMpirunStopsAllRanksAfterTheSameStep() throws Exception {
        Process job = start(2, TinyStudy.config(1_000_000), pictures, "asked", UNLIMITED, LIMIT);
        training(job, "asked");
        new ProcessBuilder("kill", "-USR1", Long.toString(job.pid())).start().waitFor();
        assertTrue(job.waitFor(20, TimeUnit.SECONDS), "the job still runs");
        assertEquals(75, job.exitValue(), log("asked"));
        assertTrue(log("asked").contains("stopped (SIGUSR1) and saved after step"), log("asked"));
    }

    /** One of the job's ranks, once it trains. */
    private ProcessHandle training(Process job, String name) throws Exception {
        Path store = folder.resolve("store-" + name);
        for (int i = 0; i < 600; i++) {
            Thread.sleep(50);
            assertTrue(job.isAlive(), log(name));
            if (Files.exists(store)) {
                try (var files = Files.walk(store)) {
                    if (files.anyMatch(f -> f.endsWith("checkpoint.safetensors"))) {
                        List<ProcessHandle> ranks = job.descendants().filter(p -> p.info().command().orElse("").endsWith("java")).toList();
                        return ranks.get(ranks.size() - 1);
                    }
                } catch (java.io.UncheckedIOException e) {
                    // a file went while it was listed
                }
            }
        }
        throw new AssertionError("no training: " + log(name));
    }
}
