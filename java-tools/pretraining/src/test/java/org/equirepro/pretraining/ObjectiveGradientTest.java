package org.equirepro.pretraining;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.vision.batch.Normalisation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients of every objective, its projectors and decoders against central differences in float64: of each input and each
 * parameter the derivative along a random direction, in which all of its elements take part.
 */
final class ObjectiveGradientTest {

    private static final double STEP = 1e-6;
    private static final double TOLERANCE = 1e-6;
    private static final int BATCH = 6;
    private static final int DIM = 8;
    private static final int EQUIVARIANT = 4;

    private static Torch torch;

    private NDManager scope;
    private ParameterStore store;
    private final List<NDArray> inputs = new ArrayList<>();

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    @BeforeEach
    void open() {
        scope = torch.scope();
        store = ParameterStore.inFloat64(scope, 3);
        inputs.clear();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private NDArray noise(String name, long... shape) {
        Draws draws = Draws.at(5, name);
        double[] values = IntStream.range(0, (int) new Shape(shape).size()).mapToDouble(i -> draws.gaussian()).toArray();
        return scope.create(values, new Shape(shape));
    }

    private NDArray input(String name, long... shape) {
        NDArray array = noise(name, shape);
        array.setRequiresGradient(true);
        inputs.add(array);
        return array;
    }

    /** Checks the gradients of all inputs and parameters. */
    private void check(Supplier<NDArray> loss) {
        List<NDArray> all = new ArrayList<>(inputs);
        all.addAll(store.parameters().values());
        try (GradMode on = GradMode.on()) {
            Torch.backward(loss.get());
        }
        double largest = 0;
        for (int i = 0; i < all.size(); i++) {
            NDArray array = all.get(i);
            NDArray start = scope.create(array.toDoubleArray(), array.getShape());
            NDArray direction = noise("direction " + i, array.getShape().getShape());
            double gradient = array.getGradient().mul(direction).sum().getDouble();
            double difference = (at(array, start, direction, STEP, loss) - at(array, start, direction, -STEP, loss)) / (2 * STEP);
            torch.ops().updates().copyInto(array, start);
            assertEquals(difference, gradient, TOLERANCE * Math.max(1, Math.abs(difference)), "array " + i + " " + array.getName());
            largest = Math.max(largest, Math.abs(difference));
        }
        assertTrue(largest > 1e-3, "the loss depends on nothing");
    }

    private double at(NDArray array, NDArray start, NDArray direction, double step, Supplier<NDArray> loss) {
        try (GradMode off = GradMode.off()) {
            torch.ops().updates().copyInto(array, start.add(torch.ops().scale(direction, step)));
            return loss.get().getDouble();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"name\":\"vicreg\",\"invariance\":10,\"variance\":7,\"covariance\":2,\"expander\":[5,6]}",
        "{\"name\":\"simclr\",\"temperature\":0.3,\"expander\":[5,6]}",
        "{\"name\":\"sie\",\"invariance\":10,\"equivariance\":0.45,\"variance\":7,\"covariance\":2,\"expander\":[5,6]}",
        "{\"name\":\"sie\",\"invariance\":3,\"equivariance\":2,\"variance\":7,\"covariance\":2,\"expander\":[5,6],\"hyper_bias\":true}",
    })
    void objectivesOnFeatures(String objective) {
        SelfSupervision loss = SelfSupervision.of(Settings.parseJson("test", "{\"objective\":" + objective + "}"),
                new SelfSupervision.Parts(torch.ops(), store, new Layers.Mode(), DIM, EQUIVARIANT, 2));
        NDArray x = input("x", BATCH, DIM);
        NDArray y = input("y", BATCH, DIM);
        NDArray latent = noise("latent", BATCH, 2);
        check(() -> loss.loss(loss.embed(x), loss.embed(y), latent).value());
    }

    @Test
    void intermediatesFromBothViews() {
        checkReconstruction(new IntermediateDecoders(store, torch.ops(), "test", 2, 2 * EQUIVARIANT, 4, 5, 4, 3));
    }

    @Test
    void viewsByCrossAttention() {
        checkReconstruction(new CrossReconstruction(store, torch.ops(), "test", EQUIVARIANT, 2, Precision.FLOAT32, 4, 5, 4));
    }

    private void checkReconstruction(Reconstruction reconstruction) {
        NDArray first = input("first", 2, 4, EQUIVARIANT);
        NDArray second = input("second", 2, 4, EQUIVARIANT);
        List<NDArray> targets = List.of(noise("one", 2, 3, 8, 8), noise("two", 2, 3, 8, 8));
        check(() -> Reconstruction.loss(torch.ops(), reconstruction.apply(first, second), targets).value());
    }

    @Test
    void theEasiestPairsStronglyAugmented() {
        Normalisation normalisation = Normalisation.of(scope, Settings.parseJson("test", "{\"mean\":[0,0,0],\"std\":[1,1,1]}"));
        AdaptiveAugmentation adaptive = new AdaptiveAugmentation(torch.ops(), normalisation, Settings.parseJson("test",
                "{\"share\":0.5,\"weight\":1,\"crop\":[0.1,0.5],\"angle\":30,\"color\":[0.5,0.5,0.5,0.1],\"cutout\":0.3}"), 1);
        Layers.Layer layer = Layers.linear(store, torch.ops(), "layer", 3 * 8 * 8, 5, true);
        PretrainingModel.Pair pair = new PretrainingModel.Pair(noise("first", BATCH, 3, 8, 8).toType(DataType.FLOAT32, false),
                noise("second", BATCH, 3, 8, 8).toType(DataType.FLOAT32, false), List.of(), null);
        Objective.Views views = new Objective.Views(0, 2, IntStream.range(0, BATCH).toArray(), List.of(), null);
        NDArray x = noise("x", BATCH, 5);
        NDArray y = noise("y", BATCH, 5);
        check(() -> adaptive.loss(views, pair, x, y, GraphCuts.NONE,
                pictures -> layer.apply(pictures.toType(DataType.FLOAT64, false).reshape(pictures.getShape().get(0), -1))).value());
    }
}
