package org.equirepro.cli;

import org.equirepro.evaluation.probes.VideoProbe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code equirepro video}: how far a frozen encoder's features carry the labels of a video's first frame. */
@Command(name = "video", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Carries the labels of each video's first frame through the others and scores them (J and F, or mIoU).")
final class VideoCommand implements Runnable {

    @Mixin
    private ProbeMixin options;

    @Override
    public void run() {
        options.run(VideoProbe::run, VideoProbe.class);
    }
}
