package org.equirepro.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.equirepro.base.Draws;
import org.equirepro.base.ExitCode;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.dist.ProcessGroup;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.ParameterGroups;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop on a regression by one linear layer. */
final class TrainerTest {

    private static final int BATCH = 8;
    private static final int WIDTH = 5;
    private static final long STEPS = 12;

    private static Torch torch;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    private record Points(NDArray x, NDArray y) {}

    /** Mean squared error times a factor, which may be set to anything. */
    private static final class Line implements Trained<Points> {
        private final ParameterStore store = new ParameterStore(torch.root(), 3);
        private final Layers.Layer layer = Layers.linear(store, torch.ops(), "line", WIDTH, 1, true);
        private double factor = 1;

        @Override
        public Map<String, NDArray> parameters() {
            return store.parameters();
        }

        @Override
        public SortedMap<String, SafeTensors.Tensor> tensors() {
            return store.tensors("model.");
        }

        @Override
        public void load(SafeTensors file) {
            store.load(file, "model.");
        }

        @Override
        public Precision precision() {
            return Precision.FLOAT32;
        }

        @Override
        public void train(boolean on) {
            // a linear layer does the same
        }

        @Override
        public void span(GraphCuts cuts) {
            // a mean over samples
        }

        @Override
        public Loss loss(Points batch) {
            NDArray loss = torch.ops().scale(torch.ops().losses().mse(layer.apply(batch.x), batch.y), factor);
            return new Loss(loss, Map.of("distance", loss));
        }

        private float[] weights() {
            return store.parameters().values().iterator().next().toFloatArray();
        }
    }

    /** Random points, each batch in some parts of given sizes. */
    private static final class Random implements Batches<Points> {
        private final int[] sizes;
        private long step;
        private int part;
        private int sample;

        Random(long from, int... sizes) {
            this.step = from;
            this.sizes = sizes;
        }

        @Override
        public Points next(NDManager scope) {
            float[] x = new float[sizes[part] * WIDTH];
            float[] y = new float[sizes[part]];
            for (int i = 0; i < y.length; i++) {
                Draws draws = Draws.at(9, (int) step, sample++, 0, "point");
                for (int j = 0; j < WIDTH; j++) {
                    x[i * WIDTH + j] = (float) draws.gaussian();
                    y[i] += (j + 1) * x[i * WIDTH + j];
                }
            }
            if (++part == sizes.length) {
                part = 0;
                sample = 0;
                step++;
            }
            return new Points(Torch.floats(scope, x, y.length, WIDTH), Torch.floats(scope, y, y.length, 1));
        }

        @Override
        public int parts() {
            return sizes.length;
        }

        @Override
        public double share(int part) {
            return (double) sizes[part] / Arrays.stream(sizes).sum();
        }

        @Override
        public double waitSeconds() {
            return 0;
        }
    }

    private Trainer<Points> trainer(Line line, String name, double lr) {
        Settings optimiser = Settings.parseJson("test", "{\"name\":\"sgd\",\"lr\":" + lr + ",\"momentum\":0.5,\"schedule\":\"constant\"}");
        Course course = new Course(STEPS, 4);
        return new Trainer<>(torch, line, UpdateRule.of(optimiser, ParameterGroups.alike(line.parameters()), course), course,
                new Trainer.Options(BATCH, 2, 1, 100, 1 << 20), new CheckpointStore(folder, name),
                ProcessGroup.single());
    }

    private void run(Trainer<Points> trainer, Batches<Points> batches, Observer... observers) {
        trainer.run(batches, new StopSignal(Double.POSITIVE_INFINITY), observers);
    }

    @Test
    void aBatchInPartsTrainsAsInOnePiece() {
        Line whole = new Line();
        Trainer<Points> one = trainer(whole, "whole", 0.1);
        run(one, new Random(0, BATCH));
        Line divided = new Line();
        Trainer<Points> three = trainer(divided, "divided", 0.1);
        run(three, new Random(0, 4, 3, 1));
        assertArrayEquals(whole.weights(), divided.weights(), 1e-5f);
        one.curves().write(folder.resolve("one.csv"));
        three.curves().write(folder.resolve("three.csv"));
        double[] losses = curve("one.csv", "loss");
        assertArrayEquals(losses, curve("three.csv", "loss"), 1e-4);
        assertTrue(losses[losses.length - 1] < 0.5 * losses[0], Arrays.toString(losses));
    }

    private double[] curve(String file, String metric) {
        try {
            return Files.readAllLines(folder.resolve(file)).stream().filter(line -> line.contains("," + metric + ","))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(',') + 1))).toArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Sets the factor of the loss after a step. */
    private static Observer from(Line line, long after, double factor) {
        return new Observer() {
            @Override
            public void after(long step) {
                if (step == after) {
                    line.factor = factor;
                }
            }
        };
    }

    private String diverges(String name, double lr, double factor) {
        Line line = new Line();
        UserError e = assertThrows(UserError.class, () -> run(trainer(line, name, lr), new Random(0, BATCH), from(line, 7, factor)));
        assertEquals(ExitCode.FAILURE, e.exitCode());
        return e.getMessage();
    }

    @Test
    void aLossThatIsNotANumberStopsWithStepTermsAndTheLastState() {
        String message = diverges("nan", 0.1, Double.NaN);
        assertTrue(message.startsWith("training diverged at step 8: loss is not a number; {loss=NaN, distance=NaN"), message);
        assertTrue(message.contains("the last good state is that after step 6, " + folder.resolve("nan/checkpoint.safetensors")), message);
        assertEquals(6, new CheckpointStore(folder, "nan").newest().orElseThrow().step());
    }

    @Test
    void aLossFarAboveItsLevelStopsToo() {
        String message = diverges("jump", 0.01, 1e4);
        assertTrue(message.matches("training diverged at step 8: loss \\S+ is more than diverged_above = 100.0 times its running level .*"), message);
        assertTrue(message.contains("the last good state is that after step 6"), message);
    }

    @Test
    void aLossThatDoublesGoesOn() {
        Line line = new Line();
        run(trainer(line, "doubled", 0.01), new Random(0, BATCH), from(line, 7, 2));
        assertEquals(STEPS, new CheckpointStore(folder, "doubled").newest().orElseThrow().step());
    }

    @Test
    void parametersThatAreNotFiniteAreNeverSaved() throws IOException {
        Line line = new Line();
        // the second step's update, after which a state is due
        UserError e = assertThrows(UserError.class, () -> run(trainer(line, "huge", 1e38), new Random(0, BATCH)));
        assertTrue(e.getMessage().contains("no state was saved yet"), e.getMessage());
        assertEquals(Optional.empty(), new CheckpointStore(folder, "huge").newest());
        Line spoilt = new Line();
        Trainer<Points> trainer = trainer(spoilt, "spoilt", 0.1);
        e = assertThrows(UserError.class, () -> run(trainer, new Random(0, BATCH), new Observer() {
            @Override
            public void after(long step) {
                if (step == 4) {
                    spoilt.parameters().values().iterator().next().muli(Float.NaN);
                }
            }
        }));
        assertTrue(e.getMessage().contains("at step 4: its update left parameters that are not finite; the last good state is that after "
                + "step 2"), e.getMessage());
        assertEquals(2, new CheckpointStore(folder, "spoilt").newest().orElseThrow().step());
    }

    @Test
    void speedAndMemoryStandBesideTheCurvesNotInThem() throws IOException {
        Trainer<Points> trainer = trainer(new Line(), "speed", 0.1);
        run(trainer, new Random(0, BATCH));
        assertEquals(STEPS, curve("speed/speed.csv", "samples_per_second").length);
        assertTrue(curve("speed/speed.csv", "samples_per_second")[5] > 0);
        assertArrayEquals(new double[(int) STEPS], curve("speed/speed.csv", "wait_share"));
        assertTrue(curve("speed/speed.csv", "memory_bytes")[0] > 1 << 20);
        assertEquals(0, curve("speed/speed.csv", "gpu_memory_bytes").length, "on a CPU");
        String curves = Files.readString(folder.resolve("speed/curves.csv"));
        for (String metric : List.of("second", "wait", "memory")) {
            assertFalse(curves.contains(metric), metric);
        }
        assertTrue(Files.size(folder.resolve("speed/speed/events.out.tfevents.0.equirepro")) > 100);
    }

    @Test
    void memoryOfAGpuIsLoggedWhereThereIsOne() {
        SpeedLog log = new SpeedLog(() -> 7L << 30);
        log.start(0, 1);
        log.point(5, 0.5, BATCH, 1);
        log.write(folder);
        assertArrayEquals(new double[] {7L << 30}, curve("speed.csv", "gpu_memory_bytes"));
    }

    @Test
    void aRunThatGoesOnKeepsTheSpeedOfItsFirstPart() throws IOException {
        run(trainer(new Line(), "twice", 0.1), new Random(0, BATCH));
        List<String> before = Files.readAllLines(folder.resolve("twice/speed.csv"));
        Trainer<Points> again = trainer(new Line(), "twice", 0.1);
        again.restore();
        assertEquals(STEPS, again.step());
        again.speed().write(folder.resolve("copy"));
        assertEquals(before, Files.readAllLines(folder.resolve("copy/speed.csv")));
    }
}
