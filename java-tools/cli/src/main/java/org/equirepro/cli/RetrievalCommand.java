package org.equirepro.cli;

import org.equirepro.evaluation.probes.RetrievalProbe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro retrieval}: how well SIE's predictor finds an object's views. */
@Command(name = "retrieval", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Measures the ranks at which SIE's predictor finds views of 3DIEBench's objects (MRR, H@1, H@5).")
final class RetrievalCommand implements Runnable {

    @Mixin
    private FeatureMixin options;

    @Override
    public void run() {
        options.run(RetrievalProbe::run, RetrievalProbe.class);
    }
}
