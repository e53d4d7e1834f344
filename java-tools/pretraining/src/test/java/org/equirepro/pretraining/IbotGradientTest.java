package org.equirepro.pretraining;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.models.DinoHead;
import org.equirepro.models.IbotHead;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.training.Loss;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradient of student and teacher's loss, from tokens on through head and decoders, against central differences in float64. */
final class IbotGradientTest {

    private static final double STEP = 1e-6;
    private static final double TOLERANCE = 1e-6;
    private static final int BATCH = 3;
    private static final int PATCHES = 4;
    private static final int WIDTH = 5;
    private static final int OUT = 10;

    private static NDArray noise(NDManager scope, String name, long... shape) {
        Draws draws = Draws.at(7, name);
        double[] values = IntStream.range(0, (int) new Shape(shape).size()).mapToDouble(i -> draws.gaussian()).toArray();
        return scope.create(values, new Shape(shape));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"centring\":\"mean\"", "\"centring\":\"sinkhorn\",\"koleo\":0.1,\"crops_weight\":0.7,\"patches_weight\":1.3"})
    void theGradientIsThatOfTheLoss(String options) {
        Settings recipe = Settings.parseJson("test", "{\"split\":{\"place\":\"head\",\"dim\":" + OUT + ",\"equivariant\":4},"
                + "\"objective\":{\"head\":{}," + options + "},\"reconstruction\":{\"count\":2,\"weight\":0.8,\"decoder\":[5,4]}}");
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            ParameterStore store = ParameterStore.inFloat64(scope, 3);
            IbotHead head = new IbotHead(store, torch.ops(), "head.", new DinoHead.Design(WIDTH, 6, 3, 4, OUT, false));
            // start values of .02 would make embeddings so short that bringing them to length 1 bends the loss within a step
            store.parameters().forEach((name, p) -> torch.ops().updates().copyInto(p, noise(scope, name, p.getShape().getShape())));
            NDArray globals = trained(noise(scope, "globals", 2 * BATCH, 1 + PATCHES, WIDTH));
            NDArray locals = trained(noise(scope, "locals", 2 * BATCH, WIDTH));
            NDArray teacher = noise(scope, "teacher", 2 * BATCH, 1 + PATCHES, OUT);
            NDArray mask = noise(scope, "mask", 2, BATCH, PATCHES).gt(0).toType(globals.getDataType(), false);
            List<NDArray> targets = List.of(noise(scope, "one", BATCH, 3, 8, 8), noise(scope, "two", BATCH, 3, 8, 8));
            List<NDArray> all = new ArrayList<>(List.of(globals, locals));
            all.addAll(store.parameters().values());
            Supplier<Loss> loss = () -> {
                // fresh centres and, from the same names, the same decoders: a loss moves its centres
                IbotLoss fresh = new IbotLoss(torch.ops(), recipe, ParameterStore.inFloat64(scope, 3), ParameterStore.inFloat64(scope, 3),
                        4);
                IbotHead.Logits logits = head.forward(globals);
                return fresh.of(new StudentTeacher.Answers(
                        new SelfDistillation.Outputs(StudentTeacher.byCrop(logits.cls(), 2), StudentTeacher.byCrop(logits.patches(), 2)),
                        StudentTeacher.byCrop(head.cls(locals), 2),
                        new SelfDistillation.Outputs(StudentTeacher.byCrop(teacher.get(":, 0"), 2),
                                StudentTeacher.byCrop(teacher.get(":, 1:"), 2)),
                        globals.get(":, 0"), teacher.get(":, 0")), mask, 0.5, targets);
            };
            try (GradMode on = GradMode.on()) {
                Torch.backward(loss.get().value());
            }
            double largest = 0;
            for (NDArray array : all) {
                NDArray direction = noise(scope, "direction", array.getShape().getShape());
                NDArray start = scope.create(array.toDoubleArray(), array.getShape());
                double[] ends = new double[2];
                for (int side = 0; side < 2; side++) {
                    torch.ops().updates().copyInto(array, start.add(torch.ops().scale(direction, side == 0 ? STEP : -STEP)));
                    ends[side] = loss.get().value().getDouble();
                }
                torch.ops().updates().copyInto(array, start);
                double difference = (ends[0] - ends[1]) / (2 * STEP);
                double gradient = array.getGradient().mul(direction).sum().getDouble();
                assertEquals(difference, gradient, TOLERANCE * Math.max(1, Math.abs(difference)), array.getName());
                largest = Math.max(largest, Math.abs(difference));
            }
            assertTrue(largest > 1e-3, "the loss depends on nothing");
        }
    }

    private static NDArray trained(NDArray array) {
        array.setRequiresGradient(true);
        return array;
    }
}
