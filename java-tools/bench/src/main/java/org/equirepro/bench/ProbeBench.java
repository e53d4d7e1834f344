package org.equirepro.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.data.Preparation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * iBOT's sweep of 45 learning rates on kept features of CIFAR-10: one probe with all rates beside probes with a single one, each in a
 * process of its own, in turn. The features are those of an untrained ViT with 3 layers of width 96, the encoder of the study
 * {@code mini}.
 */
@Command(name = "probe", mixinStandardHelpOptions = true,
        description = "A linear probe with 45 learning rates beside 45 probes with one, on kept features of CIFAR-10.")
final class ProbeBench implements Callable<Integer> {

    private static final String ENCODER = "{\"backbone\": {\"name\": \"vit\", \"image\": 32, \"patch\": 8, \"dim\": 96, \"depth\": 3, "
            + "\"heads\": 3}, \"split\": {\"dim\": 128, \"equivariant\": 0}, "
            + "\"normalise\": {\"mean\": [0.4914, 0.4822, 0.4465], \"std\": [0.2470, 0.2435, 0.2616]}}";

    @Option(names = "--cifar10", required = true, paramLabel = "FILE", description = "A tar.gz of folders of CIFAR-10's pictures.")
    private Path source;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "20", description = "Of each probe (${DEFAULT-VALUE}).")
    private int epochs;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1024", description = "Pictures a step (${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds; medians are printed (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--singles", paramLabel = "N", defaultValue = "3", description = "Single rates a round (${DEFAULT-VALUE}).")
    private int singles;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "Threads of libtorch (${DEFAULT-VALUE}).")
    private int threads;

    private Path work;
    private int probes;

    /** Seconds of a process, and of the probe in it: wall and processor. */
    private record Took(double process, double wall, double cpu) {}

    @Override
    public Integer call() throws IOException {
        work = Files.createTempDirectory("bench");
        try {
            Settings data = Settings.parseJson("bench", "{\"dataset\": \"cifar10\", \"kind\": \"imagefolder\"}");
            Preparation.run(data, source, work.resolve("shards"));
            Files.createDirectories(work.resolve("encoder"));
            try (Torch torch = Torch.start(1)) {
                Encoder.create(torch, Settings.parseJson("bench", ENCODER), 0).save(work.resolve("encoder").resolve(Encoder.FILE));
            }
            double[] rates = IntStream.range(0, 45).mapToDouble(i -> (i % 9 + 1) * Math.pow(10, i / 9 - 4)).toArray();
            probe(rates[0]); // computes the features
            List<Took> together = new ArrayList<>();
            List<Took> alone = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                together.add(probe(rates));
                for (int s = 0; s < singles; s++) {
                    alone.add(probe(rates[(round * singles + s) * 7 % rates.length]));
                }
            }
            System.out.println("what,together_s,one_s,times_as_fast");
            row("process", together.stream().mapToDouble(Took::process).toArray(), alone.stream().mapToDouble(Took::process).toArray());
            row("probe", together.stream().mapToDouble(Took::wall).toArray(), alone.stream().mapToDouble(Took::wall).toArray());
            row("probe_cpu", together.stream().mapToDouble(Took::cpu).toArray(), alone.stream().mapToDouble(Took::cpu).toArray());
        } finally {
            AtomicFiles.deleteTree(work);
        }
        return 0;
    }

    private static void row(String what, double[] together, double[] alone) {
        System.out.printf(Locale.ROOT, "%s,%.2f,%.2f,%.1f%n", what, median(together), median(alone), 45 * median(alone) / median(together));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private Took probe(double... rates) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ProbeRun.class.getName()));
        for (Path path : List.of(work.resolve("shards"), work.resolve("encoder"), work.resolve("features"), work.resolve("out" + probes++))) {
            command.add(path.toString());
        }
        command.addAll(List.of(Integer.toString(threads), Integer.toString(epochs), Integer.toString(batch)));
        for (double rate : rates) {
            command.add(Double.toString(rate));
        }
        long begin = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!printed.contains("{")) {
            throw UserError.failure("the measured process ended: " + String.join(" ", command), null);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        Settings meter = Settings.parseJson("bench", printed.substring(printed.indexOf('{')));
        return new Took(seconds, meter.real("seconds"), meter.real("cpu_seconds"));
    }
}
