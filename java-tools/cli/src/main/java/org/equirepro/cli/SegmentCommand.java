package org.equirepro.cli;

import org.equirepro.evaluation.segmentation.Segmentation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro segment}: classes of pixels by UPerNet. */
@Command(name = "segment", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Fine-tunes UPerNet on an encoder and scores the classes of pixels.")
final class SegmentCommand implements Runnable {

    @Mixin
    private FineTuneMixin options;

    @Override
    public void run() {
        options.run(Segmentation::run, Segmentation.class);
    }
}
