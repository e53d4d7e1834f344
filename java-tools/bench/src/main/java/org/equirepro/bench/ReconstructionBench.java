package org.equirepro.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.equirepro.base.RecipeFile;
import org.equirepro.base.Settings;
import org.equirepro.study.costs.Rate;
import org.equirepro.study.costs.TrainingCosts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the auxiliary task costs: training steps of two recipes, with reconstruction and without, in turn, each in a process of its
 * own, so that both see the same machine; beside, what {@code equirepro pretrain --dry-run} reckons. The paper counts 14.7 % for
 * VICReg with ViT-S/16 and 8.3 % for iBOT with ViT-L/16 (AAAI-26 paper, Table 3).
 */
@Command(name = "reconstruction", mixinStandardHelpOptions = true, sortOptions = false, description = "Training steps with and without "
        + "the auxiliary task, in turn: seconds of each, and the overhead in per cent.")
final class ReconstructionBench implements Callable<Integer> {

    /** Steps before the first that counts: memory is taken from the system and kernels are chosen. */
    private static final int WARM_UP = 1;
    private static final double MEBI = 1 << 20;
    private static final double GIGA = 1e9;

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
            System.out.println("without,with,batch,precision,threads,what,is_without,is_with,overhead_percent");
            print("forward_s", column(plain, 0), column(rebuilding, 0));
            print("backward_s", column(plain, 1), column(rebuilding, 1));
            print("update_s", column(plain, 2), column(rebuilding, 2));
            print("step_s", wall(plain), wall(rebuilding));
            print("cpu_s", column(plain, 3), column(rebuilding, 3));
            print("peak_mib", new double[] {first.peakBytes() / MEBI}, new double[] {second.peakBytes() / MEBI});
            TrainingCosts a = TrainingCosts.of(recipe(without), batch, 1, Rate.teraflops(1));
            TrainingCosts b = TrainingCosts.of(recipe(with), batch, 1, Rate.teraflops(1));
            print("reckoned_gflop", new double[] {a.networks().stepFlops() * batch / GIGA}, new double[] {b.networks().stepFlops() * batch / GIGA});
            print("reckoned_peak_mib", new double[] {a.memory().peak() / MEBI}, new double[] {b.memory().peak() / MEBI});
        }
        return 0;
    }

    private StepProcess process(Path file) throws IOException {
        return StepProcess.java(RecipeStep.class, List.of(recipe(file).canonical(), Integer.toString(threads)), threads);
    }

    private Settings recipe(Path file) {
        ObjectNode recipe = RecipeFile.read(file).node().deepCopy();
        return Settings.of(file.toString(), recipe.put("batch", batch).put("precision", precision));
    }

    /** The overhead is the median over pairs of steps, which follow each other. */
    private void print(String what, double[] plain, double[] rebuilding) {
        double[] overhead = new double[plain.length];
        for (int i = 0; i < overhead.length; i++) {
            overhead[i] = 100 * (rebuilding[i] / plain[i] - 1);
        }
        System.out.printf(Locale.ROOT, "%s,%s,%d,%s,%d,%s,%.3f,%.3f,%.1f%n", name(without), name(with), batch, precision, threads, what,
                median(plain), median(rebuilding), median(overhead));
    }

    private static String name(Path recipe) {
        return recipe.getFileName().toString().replaceFirst("\\.[^.]*$", "");
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
