package org.equirepro.cli;

import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.UserError;
import org.equirepro.evaluation.depth.DepthEstimation;
import org.equirepro.evaluation.detection.DetectTask;
import org.equirepro.evaluation.homography.HomographyEstimation;
import org.equirepro.evaluation.keypoints.KeypointsTask;
import org.equirepro.evaluation.probes.KnnProbe;
import org.equirepro.evaluation.probes.LinearProbe;
import org.equirepro.evaluation.probes.LogisticProbe;
import org.equirepro.evaluation.probes.R2ImageProbe;
import org.equirepro.evaluation.probes.R2ThreeDieProbe;
import org.equirepro.evaluation.probes.RetrievalProbe;
import org.equirepro.evaluation.probes.VideoProbe;
import org.equirepro.evaluation.segmentation.Segmentation;
import org.equirepro.pretraining.Pretraining;
import org.equirepro.reporting.runs.ReportFolder;
import org.equirepro.reporting.runs.SummaryFolder;
import org.equirepro.study.ClassPath;
import org.equirepro.study.Fingerprint;
import org.equirepro.study.costs.PlanPage;
import org.equirepro.vision.data.Preparation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro fingerprint}: which program each command would run, as a content hash. */
@Command(name = "fingerprint", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Prints a content hash of the program behind each command, one NAME=SHA256 a line.")
final class FingerprintCommand implements Runnable {

    @Option(names = "--parts", paramLabel = "COMMAND", description = "Print what the hash of this command is made of.")
    private String command;

    @Override
    public void run() {
        Fingerprint fingerprint = fingerprint();
        if (command == null) {
            roots().forEach((name, root) -> System.out.println(name + "=" + fingerprint.of(root.getName())));
            return;
        }
        if (!roots().containsKey(command)) {
            throw UserError.usage("--parts must be one of " + String.join(", ", roots().keySet()) + ", found " + command);
        }
        fingerprint.parts(roots().get(command).getName()).forEach((name, part) -> System.out.println(name + " " + part));
    }

    /** Of the classes that run here. */
    static Fingerprint fingerprint() {
        return new Fingerprint(ClassPath.current(), System.getenv().getOrDefault("PYTORCH_VERSION", "not set") + " "
                + System.getenv().getOrDefault("PYTORCH_FLAVOR", "not set"));
    }

    /** The class of the library behind each command whose result the pipeline keeps. */
    static Map<String, Class<?>> roots() {
        Map<String, Class<?>> roots = new TreeMap<>();
        roots.put("plan", PlanPage.class);
        roots.put("prepare", Preparation.class);
        roots.put("pretrain", Pretraining.class);
        roots.put("r2-image", R2ImageProbe.class);
        roots.put("r2-3diebench", R2ThreeDieProbe.class);
        roots.put("retrieval", RetrievalProbe.class);
        roots.put("linear-probe", LinearProbe.class);
        roots.put("knn", KnnProbe.class);
        roots.put("logreg", LogisticProbe.class);
        roots.put("segment", Segmentation.class);
        roots.put("homography", HomographyEstimation.class);
        roots.put("detect", DetectTask.class);
        roots.put("keypoints", KeypointsTask.class);
        roots.put("depth", DepthEstimation.class);
        roots.put("video", VideoProbe.class);
        roots.put("tables", SummaryFolder.class);
        roots.put("report", ReportFolder.class);
        return roots;
    }
}
