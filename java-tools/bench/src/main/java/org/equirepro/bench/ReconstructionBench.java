package org.equirepro.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.equirepro.base.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the auxiliary task costs: training steps of two recipes, with reconstruction and without, in turn, each in a process of its
 * own, so that both see the same machine. The paper counts 14.7 % for VICReg with ViT-S/16 and 8.3 % for iBOT with ViT-L/16
 * (AAAI-26 paper, Table 3).
 */
@Command(name = "reconstruction", mixinStandardHelpOptions = true, sortOptions = false, description = "Training steps with and without "
        + "the auxiliary task, in turn: seconds of each, and the overhead in per cent.")
final class ReconstructionBench implements Callable<Integer> {

    /** Steps before the first that counts: memory is taken from the system and kernels are chosen. */
    private static final int WARM_UP = 1;

    @Option(names = "--without", required = true, paramLabel = "RECIPE", description = "Such as conf/recipes/paper-vicreg.yml.")
    private Path without;

    @Option(names = "--with", required = true, paramLabel = "RECIPE", description = "Such as conf/recipes/paper-all-se2.yml.")
    private Path with;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "4", description = "Samples a step (${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--precision", paramLabel = "TYPE", defaultValue = "float32", description = "float32 or bfloat16 (${DEFAULT-VALUE}).")
    private String precision;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "5", description = "Steps that count, after one of warm-up (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of an operator (the processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws IOException {
        double[][] plain = new double[steps][];
        double[][] rebuilding = new double[steps][];
        try (StepProcess first = process(without); StepProcess second = process(with)) {
            for (int i = -WARM_UP; i < steps; i++) {
                double[] a = first.step();
                double[] b = second.step();
                if (i >= 0) {
                    plain[i] = a;
                    rebuilding[i] = b;
                }
            }
            System.out.println("without,with,batch,precision,threads,part,without_s,with_s,overhead_percent");
            String line = String.join(",", name(without), name(with), Integer.toString(batch), precision, Integer.toString(threads));
            print(line, "forward", column(plain, 0), column(rebuilding, 0));
            print(line, "backward", column(plain, 1), column(rebuilding, 1));
            print(line, "update", column(plain, 2), column(rebuilding, 2));
            print(line, "step", wall(plain), wall(rebuilding));
            print(line, "processor", column(plain, 3), column(rebuilding, 3));
            System.err.printf(Locale.ROOT, "peak memory: %.0f MiB without, %.0f MiB with%n", first.peakBytes() / 1048576.0,
                    second.peakBytes() / 1048576.0);
        }
        return 0;
    }

    private StepProcess process(Path file) throws IOException {
        ObjectNode recipe = Settings.read(file).node().deepCopy();
        recipe.put("batch", batch).put("precision", precision);
        return StepProcess.java(RecipeStep.class, List.of(Settings.canonical(recipe), Integer.toString(threads)), threads);
    }

    private static String name(Path recipe) {
        return recipe.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    }

    /** The overhead is the median over pairs of steps, which follow each other. */
    private static void print(String line, String part, double[] without, double[] with) {
        double[] overhead = new double[with.length];
        for (int i = 0; i < overhead.length; i++) {
            overhead[i] = 100 * (with[i] / without[i] - 1);
        }
        System.out.printf(Locale.ROOT, "%s,%s,%.3f,%.3f,%.1f%n", line, part, median(without), median(with), median(overhead));
    }

    private static double[] column(double[][] rows, int column) {
        return Arrays.stream(rows).mapToDouble(row -> row[column]).toArray();
    }

    private static double[] wall(double[][] rows) {
        return Arrays.stream(rows).mapToDouble(row -> row[0] + row[1] + row[2]).toArray();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
