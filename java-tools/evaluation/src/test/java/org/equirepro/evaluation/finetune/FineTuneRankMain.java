package org.equirepro.evaluation.finetune;

import java.nio.file.Path;
import org.equirepro.base.RunOptions;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.depth.DepthEstimation;
import org.equirepro.evaluation.detection.DetectTask;
import org.equirepro.evaluation.homography.HomographyEstimation;
import org.equirepro.evaluation.keypoints.KeypointsTask;
import org.equirepro.evaluation.segmentation.Segmentation;
import org.equirepro.tensor.dist.GroupSettings;
import org.equirepro.tensor.dist.Ranks;

/** A rank of a test: {@code CONFIG SHARDS ENCODER STORE OUT}. Ends as the command line does. */
final class FineTuneRankMain {

    private FineTuneRankMain() {}

    public static void main(String[] words) {
        Settings config = Settings.read(Path.of(words[0]));
        FineTuning.Call call = new FineTuning.Call(config, Path.of(words[1]), Path.of(words[2]), Path.of(words[3]), Path.of(words[4]),
                RunOptions.unlimited(1), Ranks.of(System.getenv()), new GroupSettings(60, 40_000));
        try {
            switch (config.at("recipe").text("kind")) {
                case "segment" -> Segmentation.run(call);
                case "homography" -> HomographyEstimation.run(call);
                case "detect" -> DetectTask.run(call);
                case "depth" -> DepthEstimation.run(call);
                default -> KeypointsTask.run(call);
            }
        } catch (UserError e) {
            System.err.println(e.getMessage());
            System.exit(e.exitCode().code());
        }
        System.exit(0);
    }
}
