package org.equirepro.cli;

import org.equirepro.evaluation.probes.LogisticProbe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro logreg}: classes by logistic regression. */
@Command(name = "logreg", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Measures classification by logistic regression, its penalty chosen on a part of train.")
final class LogregCommand implements Runnable {

    @Mixin
    private FeatureMixin options;

    @Override
    public void run() {
        options.run(LogisticProbe::run, LogisticProbe.class);
    }
}
