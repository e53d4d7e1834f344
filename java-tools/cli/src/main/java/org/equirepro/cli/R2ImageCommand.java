package org.equirepro.cli;

import org.equirepro.evaluation.probes.R2ImageProbe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro r2-image}: how well a transformation can be read from features. */
@Command(name = "r2-image", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Measures R2 of a transformation's parameters, estimated from the features of two pictures.")
final class R2ImageCommand implements Runnable {

    @Mixin
    private FeatureMixin options;

    @Override
    public void run() {
        options.run(R2ImageProbe::run, R2ImageProbe.class);
    }
}
