package org.equirepro.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.equirepro.base.ProcessMeter;
import org.equirepro.base.Settings;
import org.equirepro.pretraining.TimedStep;
import org.equirepro.tensor.Torch;

/** A measured process: a training step of a recipe for each line {@code step} on stdin, in the words of {@link StepProcess}. */
final class RecipeStep {

    private RecipeStep() {}

    /** @param words the recipe as JSON, and the number of threads */
    public static void main(String[] words) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Torch torch = Torch.start(Integer.parseInt(words[1]))) {
            TimedStep step = new TimedStep(torch, Settings.parseJson("recipe", words[0]));
            System.out.println("libtorch " + System.getenv("PYTORCH_VERSION"));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(line.equals("peak") ? Long.toString(ProcessMeter.peakMemory()) : run(step));
            }
        }
    }

    private static String run(TimedStep step) {
        long cpu = cpu();
        double[] seconds = step.run();
        return String.format(Locale.ROOT, "%.6f %.6f %.6f %.6f", seconds[0], seconds[1], seconds[2], (cpu() - cpu) / 1e9);
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
