package org.equirepro.cli;

import org.equirepro.evaluation.depth.DepthEstimation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro depth}: how far away every pixel is. */
@Command(name = "depth", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Fine-tunes an encoder to find the depth of every pixel.")
final class DepthCommand implements Runnable {

    @Mixin
    private FineTuneMixin options;

    @Override
    public void run() {
        options.run(DepthEstimation::run, DepthEstimation.class);
    }
}
