package org.equirepro.cli;

import org.equirepro.evaluation.probes.KnnProbe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro knn}: classes by the nearest training pictures. */
@Command(name = "knn", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Measures classification by a weighted vote of the nearest training pictures.")
final class KnnCommand implements Runnable {

    @Mixin
    private FeatureMixin options;

    @Override
    public void run() {
        options.run(KnnProbe::run, KnnProbe.class);
    }
}
