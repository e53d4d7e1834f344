package org.equirepro.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.equirepro.base.ProcessMeter;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.features.FeatureStore;
import org.equirepro.evaluation.probes.LinearProbe;
import org.equirepro.evaluation.probes.Stores;

/**
 * One linear probe in a process of its own, as a user would start it: {@code SHARDS ENCODER FEATURES OUT THREADS EPOCHS BATCH RATE...}.
 * Prints the seconds from the probe's begin to its end, of wall and of processor.
 */
final class ProbeRun {

    private static final int FIRST_RATE = 7;

    private ProbeRun() {}

    public static void main(String[] words) {
        String rates = Arrays.stream(words).skip(FIRST_RATE).collect(Collectors.joining(", "));
        String config = "{\"study\": \"bench\", \"encoder\": \"vit\", \"seed\": 0, \"dataset\": \"cifar10\", \"recipe_name\": \"bench\", "
                + "\"recipe\": {\"kind\": \"linear_probe\", \"features\": [\"backbone_mean\"], \"augment\": \"none\", \"lrs\": [" + rates
                + "], \"epochs\": " + words[5] + ", \"batch\": " + words[6] + ", \"selection_fraction\": 0.05}}";
        ProcessMeter meter = ProcessMeter.start();
        int threads = Integer.parseInt(words[4]);
        LinearProbe.run(Settings.parseJson("bench", config), Path.of(words[0]), Path.of(words[1]),
                new Stores(null, new FeatureStore(Path.of(words[2]), "")), Path.of(words[3]), RunOptions.unlimited(threads));
        meter.stop(threads);
        System.out.println(meter.node());
    }
}
