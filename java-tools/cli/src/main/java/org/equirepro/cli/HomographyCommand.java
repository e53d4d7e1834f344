package org.equirepro.cli;

import org.equirepro.evaluation.homography.HomographyEstimation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro homography}: how patches of a picture are related. */
@Command(name = "homography", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Fine-tunes an encoder to find the homography between patches of a picture.")
final class HomographyCommand implements Runnable {

    @Mixin
    private FineTuneMixin options;

    @Override
    public void run() {
        options.run(HomographyEstimation::run, HomographyEstimation.class);
    }
}
