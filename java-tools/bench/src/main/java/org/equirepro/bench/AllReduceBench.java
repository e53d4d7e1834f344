package org.equirepro.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.dist.BucketReducer;
import org.equirepro.tensor.dist.GroupSettings;
import org.equirepro.tensor.dist.ProcessGroup;
import org.equirepro.tensor.dist.ProcessGroups;
import org.equirepro.tensor.dist.Ranks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What several ranks cost: speed of the bucketed all-reduce, and the time of a step whose buckets start during its backward pass
 * beside one whose buckets start after it. Started alone, it starts ranks by {@code mpirun}.
 */
@Command(name = "all-reduce", mixinStandardHelpOptions = true,
        description = "All-reduce between ranks in GB/s, and a step with and without overlap; starts ranks by mpirun.")
final class AllReduceBench implements java.util.concurrent.Callable<Integer> {

    private static final int WIDTH = 1024;
    private static final int LAYERS = 21; // 88 MB of weights, as many as a ViT-S has

    @Option(names = "--ranks", paramLabel = "N", defaultValue = "2", description = "Ranks to start (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "15", description = "Of each measurement (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "256", description = "Batch of a rank (${DEFAULT-VALUE}).")
    private int rows;

    @Option(names = "--bucket-mb", paramLabel = "MB", defaultValue = "25", description = "Size of a bucket (${DEFAULT-VALUE}).")
    private double bucket;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Ranks ranks = Ranks.of(System.getenv());
        if (ranks.single()) {
            return launch();
        }
        GroupSettings settings = new GroupSettings(GroupSettings.DEFAULT.limitSeconds(), (long) (bucket * (1 << 20)));
        try (Torch torch = Torch.start(1, ranks.local())) {
            ProcessGroups.run(ranks, settings, torch.device(), Path.of("."), group -> measure(torch, group, settings));
        }
        return 0;
    }

    private int launch() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("mpirun", "-n", Integer.toString(count), "--oversubscribe", "--bind-to", "none",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), Bench.class.getName(), "all-reduce", "--rounds", Integer.toString(rounds),
                "--rows", Integer.toString(rows), "--bucket-mb", Double.toString(bucket)));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private void measure(Torch torch, ProcessGroup group, GroupSettings settings) {
        List<NDArray> weights = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            NDArray w = torch.root().randomUniform(-0.03f, 0.03f, new Shape(WIDTH, WIDTH));
            w.setRequiresGradient(true);
            weights.add(w);
        }
        BucketReducer reducer = new BucketReducer(torch.ops(), group, weights, settings.bucketBytes());
        double[] reduce = new double[rounds];
        double[][] step = new double[2][rounds];
        step(torch, weights, reducer, true);
        for (int round = 0; round < rounds; round++) {
            group.barrier();
            reduce[round] = seconds(reducer::finish);
            for (int overlap = 0; overlap < 2; overlap++) { // alternating, so that both meet the same neighbours
                boolean on = overlap == 1;
                group.barrier();
                step[overlap][round] = seconds(() -> step(torch, weights, reducer, on));
            }
        }
        if (group.rank() == 0) {
            double bytes = (double) LAYERS * WIDTH * WIDTH * Float.BYTES;
            System.out.println("ranks,megabytes,buckets,all_reduce_ms,gigabytes_per_second,step_ms_after_backward,step_ms_overlapped");
            System.out.printf("%d,%.1f,%d,%.1f,%.2f,%.1f,%.1f%n", group.size(), bytes / 1e6, reducer.buckets(), 1e3 * median(reduce),
                    bytes / 1e9 / median(reduce), 1e3 * median(step[0]), 1e3 * median(step[1]));
        }
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** Forward and backward through all layers, one graph a layer, and the means of the gradients. */
    private void step(Torch torch, List<NDArray> weights, BucketReducer reducer, boolean overlap) {
        try (NDManager scope = torch.scope(); GradMode on = GradMode.on()) {
            List<NDArray> inputs = new ArrayList<>();
            List<NDArray> outputs = new ArrayList<>();
            NDArray x = scope.ones(new Shape(rows, WIDTH));
            for (NDArray w : weights) {
                NDArray input = x.stopGradient();
                input.setRequiresGradient(true);
                inputs.add(input);
                x = torch.ops().relu(torch.ops().linear(input, w, null));
                outputs.add(x);
            }
            NDArray upstream = scope.ones(x.getShape());
            for (int i = weights.size() - 1; i >= 0; i--) {
                Torch.backward(outputs.get(i), upstream);
                upstream = inputs.get(i).getGradient();
                if (overlap) {
                    reducer.ready(List.of(weights.get(i)));
                }
            }
            try (GradMode off = GradMode.off()) {
                reducer.finish();
            }
        }
    }
}
