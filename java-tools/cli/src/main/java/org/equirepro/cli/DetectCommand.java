package org.equirepro.cli;

import org.equirepro.evaluation.detection.DetectTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro detect}: boxes, masks and keypoints by Mask R-CNN. */
@Command(name = "detect", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Fine-tunes Mask R-CNN on an encoder and scores boxes, masks and keypoints as COCO does.")
final class DetectCommand implements Runnable {

    @Mixin
    private FineTuneMixin options;

    @Override
    public void run() {
        options.run(DetectTask::run, DetectTask.class);
    }
}
