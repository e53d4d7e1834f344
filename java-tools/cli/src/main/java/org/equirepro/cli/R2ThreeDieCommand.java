package org.equirepro.cli;

import org.equirepro.evaluation.probes.R2ThreeDieProbe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro r2-3diebench}: class, rotation and hue from features of objects. */
@Command(name = "r2-3diebench", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Measures class, relative rotation and hue differences of 3DIEBench's objects.")
final class R2ThreeDieCommand implements Runnable {

    @Mixin
    private FeatureMixin options;

    @Override
    public void run() {
        options.run(R2ThreeDieProbe::run, R2ThreeDieProbe.class);
    }
}
