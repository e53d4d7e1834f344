package org.equirepro.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.Draws;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Gradients;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.optim.Optimiser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class BlockChainTest {

    private static final int WIDTH = 8;
    private static final int DEPTH = 3;

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    /** Linear, batch norm, linear around a shortcut; a stem before and a head behind; branches dropped by counters. */
    private static final class Net {
        final ParameterStore store;
        final Layers.Mode layers = new Layers.Mode();
        final Layers.Layer stem;
        final Layers.Layer head;
        final List<Layers.Layer> branches = new ArrayList<>();
        final BlockChain chain;
        final DropPath drop = DropPath.uniform(3, 0.4, DEPTH);

        Net(NDManager manager, BlockChain.Mode mode) {
            store = new ParameterStore(manager, 11);
            stem = Layers.linear(store, torch.ops(), "stem", WIDTH, WIDTH, true);
            List<List<NDArray>> blocks = new ArrayList<>();
            for (int i = 0; i < DEPTH; i++) {
                int before = store.parameters().size();
                String name = "blocks." + i + ".";
                Layers.Layer in = Layers.linear(store, torch.ops(), name + "in", WIDTH, WIDTH, true);
                Layers.Layer norm = Layers.batchNorm(store, torch.ops(), name + "norm", WIDTH, 1, layers);
                Layers.Layer out = Layers.linear(store, torch.ops(), name + "out", WIDTH, WIDTH, false);
                branches.add(x -> out.apply(torch.ops().gelu(norm.apply(in.apply(x)))));
                blocks.add(List.copyOf(store.parameters().values()).subList(before, store.parameters().size()));
            }
            head = Layers.linear(store, torch.ops(), "head", WIDTH, WIDTH, true);
            chain = new BlockChain(manager, mode, blocks, layers);
        }

        NDArray loss(NDArray x, int view, Precision precision) {
            int rows = (int) x.getShape().get(0);
            int[] samples = java.util.stream.IntStream.range(0, rows).toArray();
            int[] views = new int[rows];
            java.util.Arrays.fill(views, view);
            DropPath.Batch draws = drop.at(5, samples, views);
            List<NDArray> taps = chain.forward(stem.apply(x), 2, precision, (i, y) -> {
                NDArray factor = draws.factors(y.getManager(), i, DropPath.Branch.MLP).reshape(-1, 1);
                return y.add(branches.get(i).apply(y).mul(factor));
            });
            NDArray both = head.apply(taps.get(0)).mul(torch.ops().relu(taps.get(1)));
            return torch.ops().toFloat(both.square().mean());
        }

        void backward(NDArray loss) {
            BlockChain.backward(loss, List.of(chain), store.parameters().values(), GradientListener.NONE);
        }

        Map<String, float[]> state(NDManager scope) {
            Map<String, float[]> state = new LinkedHashMap<>();
            Optimiser.gradients(store.parameters(), scope).forEach((name, g) -> state.put("gradient " + name, g.toFloatArray()));
            store.buffers().forEach((name, b) -> state.put(name, b.toFloatArray()));
            return state;
        }
    }

    private static NDArray batch(NDManager scope, int rows, int seed) {
        Draws draws = Draws.at(seed, "x");
        float[] values = new float[rows * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) draws.gaussian();
        }
        return Torch.floats(scope, values, rows, WIDTH);
    }

    private static Map<String, float[]> step(Net net, NDManager scope, int crops, Precision precision) {
        try (GradMode on = GradMode.on()) {
            NDArray loss = Torch.floats(scope, new float[] {0});
            try (Autocast cast = Autocast.to(scope.getDevice(), precision); NDManager forward = scope.newSubManager()) {
                for (int crop = 0; crop < crops; crop++) {
                    loss = loss.add(net.loss(batch(forward, 6 - crop, crop), crop, precision)); // on the sum's manager
                }
            }
            net.backward(loss);
        }
        return net.state(scope);
    }

    @ParameterizedTest
    @CsvSource({"3, FLOAT32, 0", "1, FLOAT16, 0", "1, BFLOAT16, 0", "3, FLOAT16, 2e-3", "3, BFLOAT16, 1e-2"})
    void allModesGiveTheSameGradientsAndStatistics(int crops, Precision precision, float tolerance) {
        try (NDManager scope = torch.scope()) {
            Map<String, float[]> kept = step(new Net(scope, BlockChain.Mode.KEEP), scope, crops, precision);
            assertEquals(4 + DEPTH * 5 + DEPTH * 2, kept.size());
            for (BlockChain.Mode mode : List.of(BlockChain.Mode.STAGED, BlockChain.Mode.RECOMPUTE)) {
                Map<String, float[]> staged = step(new Net(scope, mode), scope, crops, precision);
                assertEquals(kept.keySet(), staged.keySet());
                kept.forEach((name, values) -> assertArrayEquals(values, staged.get(name), tolerance, mode + " " + name));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BlockChain.Mode.class)
    void everyParameterIsReportedOnceWhenItsGradientIsFinal(BlockChain.Mode mode) {
        try (NDManager scope = torch.scope()) {
            Net net = new Net(scope, mode);
            Map<String, float[]> seen = new LinkedHashMap<>();
            try (GradMode on = GradMode.on()) {
                NDArray loss = net.loss(batch(scope, 6, 1), 0, Precision.FLOAT32).add(net.loss(batch(scope, 6, 2), 1, Precision.FLOAT32));
                BlockChain.backward(loss, List.of(net.chain), net.store.parameters().values(), list -> list.forEach(p ->
                        assertTrue(seen.put(p.getName(), p.getGradient().toFloatArray()) == null, p.getName() + " reported twice")));
            }
            assertEquals(net.store.parameters().keySet(), seen.keySet());
            Optimiser.gradients(net.store.parameters(), scope).forEach((name, g) ->
                    assertArrayEquals(g.toFloatArray(), seen.get(name), name));
            if (mode != BlockChain.Mode.KEEP) {
                assertTrue(List.copyOf(seen.keySet()).get(0).startsWith("blocks." + (DEPTH - 1)), seen.keySet().toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BlockChain.Mode.class)
    void droppedGradientsLeaveNoTraceInTheNextStep(BlockChain.Mode mode) {
        try (NDManager scope = torch.scope()) {
            Net net = new Net(scope, mode);
            Map<String, float[]> first = step(net, scope, 3, Precision.FLOAT32);
            Gradients.drop(net.store.parameters().values());
            assertTrue(Optimiser.gradients(net.store.parameters(), scope).isEmpty());
            Map<String, float[]> second = step(net, scope, 3, Precision.FLOAT32);
            first.forEach((name, values) -> {
                if (name.startsWith("gradient")) {
                    assertArrayEquals(values, second.get(name), name);
                }
            });
        }
    }
}
