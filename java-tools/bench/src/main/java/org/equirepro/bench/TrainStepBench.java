package org.equirepro.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.equirepro.tensor.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Speed and memory of training steps of a vision transformer, one fresh process a line. Where a Python has PyTorch, an equal
 * program of its own process takes every other step, so that both see the same machine; only the ratios then count.
 */
@Command(name = "train-step", mixinStandardHelpOptions = true, sortOptions = false, description = "Training steps of a ViT: images a "
        + "second, peak memory, seconds of forward, backward and update; and the ratio to PyTorch where a Python has it.")
final class TrainStepBench implements Callable<Integer> {

    /** Steps before the first that counts: memory is taken from the system and kernels are chosen. */
    private static final int WARM_UP = 1;

    @Option(names = "--model", paramLabel = "NAME", defaultValue = "vit-s/16", description = "vit-t/16, vit-s/16 or vit-b/16 (${DEFAULT-VALUE}).")
    private String model;

    @Option(names = "--batch", paramLabel = "N", split = ",", description = "Images a step (16,64; with --multi-crop 2).")
    private List<Integer> batches;

    @Option(names = "--dtype", paramLabel = "TYPE", split = ",", defaultValue = "fp32,bf16", description = "fp32 or bf16 by autocast (${DEFAULT-VALUE}).")
    private List<String> types;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "5", description = "Steps that count, after one of warm-up (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--multi-crop", description = "The iBOT step: 2 x 224 and 10 x 96 pixels, student, teacher and head, instead of classes.")
    private boolean multiCrop;

    @Option(names = "--checkpointing", description = "Blocks are computed again in the backward pass; in both programs.")
    private boolean checkpointing;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of an operator (the processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--python", paramLabel = "PROGRAM", defaultValue = "python3", description = "A Python that may have PyTorch (${DEFAULT-VALUE}); none: no comparison.")
    private String python;

    @Override
    public Integer call() throws IOException {
        List<Integer> sizes = batches == null ? multiCrop ? List.of(2) : List.of(16, 64) : batches;
        Path peer = peer();
        try {
            System.out.println("step,model,batch,dtype,threads,img_per_s,forward_s,backward_s,update_s,cpu_s,peak_mib,"
                    + "torch,torch_img_per_s,torch_forward_s,torch_backward_s,torch_update_s,torch_cpu_s,torch_peak_mib,ratio_img_per_s,ratio_peak");
            for (int batch : sizes) {
                for (String type : types) {
                    precision(type);
                    measure(new StepSettings(model, batch, type, multiCrop, checkpointing, threads), peer);
                }
            }
        } finally {
            if (peer != null) {
                Files.delete(peer);
            }
        }
        return 0;
    }

    /** The precision of a word of {@code --dtype}. */
    static Precision precision(String type) {
        return switch (type) {
            case "fp32" -> Precision.FLOAT32;
            case "bf16" -> Precision.BFLOAT16;
            default -> throw org.equirepro.base.UserError.usage("--dtype must be fp32 or bf16, found " + type);
        };
    }

    /** The program that PyTorch runs, as a file; null where there is no PyTorch. */
    private Path peer() throws IOException {
        if (python.equals("none") || !StepProcess.runs(List.of(python, "-c", "import torch"))) {
            System.err.println(python + " has no PyTorch: no comparison");
            return null;
        }
        Path file = Files.createTempFile("train_step_peer", ".py");
        try (var in = TrainStepBench.class.getResourceAsStream("train_step_peer.py")) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }

    private void measure(StepSettings settings, Path peer) throws IOException {
        double[][] own = new double[steps][];
        double[][] other = new double[steps][];
        try (StepProcess ours = StepProcess.java(TrainStep.class, settings.words(), settings.threads());
                StepProcess theirs = peer == null ? null : StepProcess.python(python, peer, settings)) {
            for (int i = -WARM_UP; i < steps; i++) {
                double[] a = ours.step();
                double[] b = theirs == null ? null : theirs.step();
                if (i >= 0) {
                    own[i] = a;
                    other[i] = b;
                }
            }
            StringBuilder line = new StringBuilder(String.join(",", multiCrop ? "multi-crop" : "classes", model,
                    Integer.toString(settings.batch()), settings.type(), Integer.toString(threads)));
            double[] mine = summary(own, settings.batch(), ours.peakBytes());
            append(line, mine);
            if (theirs != null) {
                line.append(',').append(theirs.version());
                double[] yours = summary(other, settings.batch(), theirs.peakBytes());
                append(line, yours);
                line.append(String.format(Locale.ROOT, ",%.3f,%.3f", mine[0] / yours[0], mine[5] / yours[5]));
            } else {
                line.append(",,,,,,,,,");
            }
            System.out.println(line);
        }
    }

    /** Images a second, seconds of forward, backward, update, processor, and MiB; medians over the steps. */
    private static double[] summary(double[][] steps, int batch, long peak) {
        double[] wall = Arrays.stream(steps).mapToDouble(s -> s[0] + s[1] + s[2]).toArray();
        return new double[] {batch / median(wall), median(column(steps, 0)), median(column(steps, 1)), median(column(steps, 2)),
            median(column(steps, 3)), peak / 1048576.0};
    }

    private static double[] column(double[][] rows, int column) {
        return Arrays.stream(rows).mapToDouble(row -> row[column]).toArray();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static void append(StringBuilder line, double[] summary) {
        line.append(String.format(Locale.ROOT, ",%.3f,%.3f,%.3f,%.3f,%.3f,%.0f", summary[0], summary[1], summary[2], summary[3], summary[4], summary[5]));
    }
}
