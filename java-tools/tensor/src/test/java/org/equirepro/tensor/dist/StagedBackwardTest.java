package org.equirepro.tensor.dist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.equirepro.base.Draws;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.nn.GraphCuts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Gradients of several ranks against one with the whole batch, in float64, where 1e-12 leaves no room for another formula. */
final class StagedBackwardTest {

    private static final int BATCH = 12;
    private static final double CLOSE = 1e-12;

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    private static NDArray noise(NDManager manager, String name, long... shape) {
        Draws draws = Draws.at(4, name);
        double[] values = new double[(int) new Shape(shape).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.3 + draws.gaussian();
        }
        return manager.create(values, new Shape(shape)).duplicate();
    }

    /** What a network of one hidden layer does with its rows; the first parameter comes before everything that spans ranks. */
    private interface Net {
        NDArray loss(NDArray x, List<NDArray> parameters, GraphCuts cuts);
    }

    private static List<NDArray> parameters(NDManager scope) {
        List<NDArray> all = List.of(noise(scope, "w1", 6, 5), noise(scope, "bn.w", 6), noise(scope, "bn.b", 6), noise(scope, "w2", 4, 6));
        all.forEach(p -> p.setRequiresGradient(true));
        return all;
    }

    private static double[] values(NDArray array) {
        return array.toDoubleArray();
    }

    /** Gradients of all parameters, one after the other. */
    private static double[] gradients(List<NDArray> parameters) {
        List<Double> all = new ArrayList<>();
        for (NDArray p : parameters) {
            for (double value : values(p.getGradient())) {
                all.add(value);
            }
        }
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double[] alone(Net net) {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            List<NDArray> parameters = parameters(scope);
            Torch.backward(net.loss(noise(scope, "x", BATCH, 5), parameters, GraphCuts.NONE));
            return gradients(parameters);
        }
    }

    private static double[] together(Net net, ProcessGroup group) {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            List<NDArray> parameters = parameters(scope);
            StagedBackward cuts = new StagedBackward(torch.ops(), scope, group);
            int rows = BATCH / group.size();
            NDArray x = noise(scope, "x", BATCH, 5).get(group.rank() * rows + ":" + (group.rank() + 1) * rows).duplicate();
            cuts.backward(net.loss(x, parameters, cuts));
            try (GradMode off = GradMode.off()) {
                BucketReducer reducer = new BucketReducer(torch.ops(), group, parameters, 100);
                reducer.finish();
            }
            return gradients(parameters);
        }
    }

    private static void same(Net net) throws Exception {
        double[] expected = alone(net);
        for (int size : new int[] {2, 3, 4}) {
            List<double[]> results = ThreadGroup.run(size, group -> together(net, group));
            for (double[] gradients : results) {
                assertArrayEquals(results.get(0), gradients, "ranks differ");
                assertArrayEquals(expected, gradients, CLOSE);
            }
        }
    }

    private static NDArray norm(NDArray x, List<NDArray> p, GraphCuts cuts) {
        NDManager manager = x.getManager();
        NDArray mean = manager.zeros(new Shape(6), x.getDataType());
        NDArray var = manager.ones(new Shape(6), x.getDataType());
        if (cuts.ranks() == 1) {
            return torch.ops().batchNorm(x, p.get(1), p.get(2), mean, var, true, 0.1);
        }
        NDArray part = cuts.cut(x);
        return torch.ops().batchNormShared(part, p.get(1), p.get(2), cuts.gather(torch.ops().channelStatistics(part, p.get(1))), mean, var,
                cuts.ranks() * (x.size() / 6), 0.1);
    }

    private static NDArray linear(NDArray x, NDArray w) {
        return torch.ops().linear(x, w, null);
    }

    private static Net embedding(BiFunction<NDArray, NDArray, NDArray> loss) {
        return (x, p, cuts) -> {
            NDArray y = linear(torch.ops().relu(norm(linear(x, p.get(0)), p, cuts)), p.get(3));
            NDArray z = linear(torch.ops().relu(norm(linear(x.mul(x), p.get(0)), p, cuts)), p.get(3));
            return loss.apply(cuts.gather(y), cuts.gather(z));
        };
    }

    @Test
    void synchronisedBatchNormHasTheGradientOfTheWholeBatch() throws Exception {
        same((x, p, cuts) -> torch.ops().losses().mse(linear(norm(linear(x, p.get(0)), p, cuts), p.get(3)), x.get(":, :4")));
    }

    @Test
    void synchronisedBatchNormOfMapsHasTheGradientOfTheWholeBatch() throws Exception {
        same((x, p, cuts) -> {
            NDArray maps = linear(x, p.get(0)).expandDims(2).expandDims(3).broadcast(x.getShape().get(0), 6, 2, 3);
            NDArray y = norm(maps.mul(noise(x.getManager(), "map", 1, 6, 2, 3)), p, cuts);
            return torch.ops().losses().mse(linear(y.mul(y).mean(new int[] {3}).mean(new int[] {2}), p.get(3)), x.get(":, :4"));
        });
    }

    @Test
    void vicRegsTermsOnTheGlobalBatchHaveTheGradientOfTheWholeBatch() throws Exception {
        same(embedding((y, z) -> torch.ops().losses().hingeStd(torch.ops().scale(y, 0.3))));
        same(embedding((y, z) -> torch.ops().losses().offDiagonalCovariance(y)));
        same(embedding((y, z) -> torch.ops().losses().mse(y, z)));
    }

    @Test
    void infoNceOnTheGlobalBatchHasTheGradientOfTheWholeBatch() throws Exception {
        same(embedding((y, z) -> torch.ops().losses().infoNce(y, z, 0.2)));
    }

    @Test
    void aLossOfOwnRowsAndOneOfAllAddUp() throws Exception {
        same((x, p, cuts) -> {
            NDArray y = cuts.cut(linear(norm(linear(x, p.get(0)), p, cuts), p.get(3)));
            return torch.ops().losses().mse(y, x.get(":, :4")).add(torch.ops().losses().offDiagonalCovariance(cuts.gather(y)));
        });
    }

    @Test
    void runningStatisticsAreThoseOfTheWholeBatch() throws Exception {
        try (NDManager scope = torch.scope()) {
            NDArray x = noise(scope, "x", BATCH, 6);
            NDArray w = noise(scope, "w", 6);
            NDArray mean = scope.zeros(new Shape(6), x.getDataType());
            NDArray var = scope.ones(new Shape(6), x.getDataType());
            torch.ops().batchNorm(x, w, w, mean, var, true, 0.1);
            NDArray mean2 = scope.zeros(new Shape(6), x.getDataType());
            NDArray var2 = scope.ones(new Shape(6), x.getDataType());
            NDArray statistics = torch.ops().channelStatistics(x.get(":6"), w).concat(torch.ops().channelStatistics(x.get("6:"), w), 0);
            torch.ops().batchNormShared(x.get(":6"), w, w, statistics, mean2, var2, BATCH, 0.1);
            assertArrayEquals(values(mean), values(mean2), CLOSE);
            assertArrayEquals(values(var), values(var2), CLOSE);
        }
    }

    @Test
    void bucketsFollowTheirOrderWhateverTheOrderOfTheNews() throws Exception {
        List<List<Integer>> orders = List.of(List.of(0, 1, 2, 3), List.of(3, 2, 1, 0), List.of(2, 0, 3, 1));
        for (List<Integer> order : orders) {
            List<double[]> results = ThreadGroup.run(2, group -> {
                try (NDManager scope = torch.scope()) {
                    List<NDArray> parameters = parameters(scope);
                    BucketReducer reducer = new BucketReducer(torch.ops(), group, parameters, 100);
                    assertEquals(2, reducer.buckets());
                    try (GradMode on = GradMode.on()) {
                        for (NDArray p : parameters) {
                            Torch.backward(torch.ops().scale(p.sum(), 1 + group.rank()));
                        }
                    }
                    order.forEach(i -> reducer.ready(List.of(parameters.get(i))));
                    reducer.finish();
                    return gradients(parameters);
                }
            });
            for (double[] gradients : results) {
                for (double gradient : gradients) {
                    assertEquals(1.5, gradient);
                }
            }
        }
    }
}
