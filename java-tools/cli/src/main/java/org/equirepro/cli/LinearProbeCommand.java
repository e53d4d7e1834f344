package org.equirepro.cli;

import org.equirepro.evaluation.probes.LinearProbe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro linear-probe}: classes by a linear layer. */
@Command(name = "linear-probe", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Measures classification by a linear layer, its rate chosen on a part of train.")
final class LinearProbeCommand implements Runnable {

    @Mixin
    private FeatureMixin options;

    @Override
    public void run() {
        options.run(LinearProbe::run, LinearProbe.class);
    }
}
