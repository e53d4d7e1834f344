package org.equirepro.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.equirepro.tensor.nn.BlockChain;
import org.equirepro.tensor.nn.DropPath;
import org.equirepro.tensor.nn.Ema;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.optim.Clip;
import org.equirepro.tensor.optim.LossScaler;
import org.equirepro.tensor.optim.Optimiser;
import org.equirepro.tensor.optim.ParameterGroups;

/** What {@link LeakTest} runs: every part of a training step; prints resident memory and heap after the warm-up and at the end. */
final class LeakTestSteps {

    private static final int WARM_UP = 1_500;
    private static final int STEPS = 10_000;
    private static final int ROWS = 4;
    private static final int WIDTH = 8;

    private final Torch torch;
    private final ParameterStore student;
    private final Layers.Layer head;
    private final Layers.Layer block;
    private final Ema ema;
    private final BlockChain chain;
    private final DropPath path = DropPath.uniform(0, 0.5, 1);
    private final LossScaler scaler;
    private final Optimiser optimiser;

    private LeakTestSteps(Torch torch) {
        this.torch = torch;
        this.student = new ParameterStore(torch.root(), 0);
        this.block = Layers.linear(student, torch.ops(), "blocks.0", WIDTH, WIDTH, true);
        this.head = Layers.linear(student, torch.ops(), "head", WIDTH, 2, true);
        ParameterStore teacher = new ParameterStore(torch.root(), 0);
        Layers.linear(teacher, torch.ops(), "blocks.0", WIDTH, WIDTH, true);
        this.ema = new Ema(torch.ops(), teacher, student, Ema.Buffers.OWN);
        this.chain = new BlockChain(torch.root(), BlockChain.Mode.RECOMPUTE,
                List.of(List.of(student.get("blocks.0.weight"), student.get("blocks.0.bias"))), new Layers.Mode());
        this.scaler = new LossScaler(torch.ops(), LossScaler.Options.DEFAULT);
        this.optimiser = new Optimiser(torch.ops(), torch.root(), Optimiser.Options.adamW(0.9, 0.999),
                ParameterGroups.decayingWeights(student.parameters()));
    }

    public static void main(String[] arguments) throws Exception {
        try (Torch torch = Torch.start(1)) {
            LeakTestSteps steps = new LeakTestSteps(torch);
            for (int i = 1; i <= WARM_UP + STEPS; i++) {
                steps.step(i);
                if (i == WARM_UP || i == WARM_UP + STEPS) {
                    System.out.println("memory " + resident() + " " + heap());
                }
            }
        }
    }

    private void step(int i) {
        try (NDManager scope = torch.scope()) {
            NDArray loss;
            try (GradMode on = GradMode.on()) {
                try (Autocast cast = Autocast.to(scope.getDevice(), i % 10 == 0 ? Precision.BFLOAT16 : Precision.FLOAT32);
                        NDManager passing = scope.newSubManager()) {
                    loss = loss(passing, i);
                    loss.attach(scope);
                }
                BlockChain.backward(scaler.scale(loss), List.of(chain), student.parameters().values(), GradientListener.NONE);
            }
            Map<String, NDArray> gradients = optimiser.gradients(scope);
            boolean finite = scaler.unscale(List.copyOf(gradients.values()));
            new Clip(Clip.Scope.MODULE, 1).apply(torch.ops(), gradients);
            if (finite) {
                optimiser.step(gradients, 1e-3, 0.05);
            }
            scaler.update();
            ema.update(0.99);
            Gradients.drop(student.parameters().values());
        }
    }

    private NDArray loss(NDManager scope, int i) {
        float[] values = new float[ROWS * WIDTH];
        java.util.Arrays.fill(values, i % 7);
        DropPath.Batch drop = path.at(0, new int[] {i, 1, 2, 3}, new int[ROWS]);
        NDArray y = chain.forward(Torch.floats(scope, values, ROWS, WIDTH), 1, Precision.FLOAT32, (b, x) -> x.add(
                block.apply(x).mul(drop.factors(x.getManager(), b, DropPath.Branch.MLP).reshape(-1, 1)))).get(0);
        return torch.ops().toFloat(head.apply(y).square().mean());
    }

    private static long resident() throws Exception {
        System.gc(); // Java's direct memory is let go by its owners' collection
        Thread.sleep(200);
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
        return 4096 * Long.parseLong(pages);
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
