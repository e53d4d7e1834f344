package org.equirepro.cli;

import org.equirepro.evaluation.keypoints.KeypointsTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro keypoints}: keypoints from the top down. */
@Command(name = "keypoints", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Fine-tunes a heat-map head on an encoder and scores keypoints as COCO and MPII do.")
final class KeypointsCommand implements Runnable {

    @Mixin
    private FineTuneMixin options;

    @Override
    public void run() {
        options.run(KeypointsTask::run, KeypointsTask.class);
    }
}
