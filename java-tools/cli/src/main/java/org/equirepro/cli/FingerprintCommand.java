package org.equirepro.cli;

import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.UserError;
import org.equirepro.study.ClassPath;
import org.equirepro.study.Fingerprint;
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
        String libtorch = System.getenv().getOrDefault("PYTORCH_VERSION", "not set");
        Fingerprint fingerprint = new Fingerprint(ClassPath.current(), libtorch);
        if (command == null) {
            roots().forEach((name, root) -> System.out.println(name + "=" + fingerprint.of(root)));
            return;
        }
        if (!roots().containsKey(command)) {
            throw UserError.usage("--parts must be one of " + String.join(", ", roots().keySet()) + ", found " + command);
        }
        fingerprint.parts(roots().get(command)).forEach((name, part) -> System.out.println(name + " " + part));
    }

    /** The class of the library behind each command whose result the pipeline keeps. */
    static Map<String, String> roots() {
        return new TreeMap<>(Map.of(
                "plan", "org.equirepro.study.Plan",
                "prepare", "org.equirepro.vision.data.Preparation",
                "pretrain", "org.equirepro.pretraining.Pretraining",
                "r2-image", "org.equirepro.evaluation.probes.R2ImageProbe",
                "r2-3diebench", "org.equirepro.evaluation.probes.R2ThreeDieProbe",
                "linear-probe", "org.equirepro.evaluation.probes.LinearProbe",
                "tables", "org.equirepro.reporting.tables.Tables",
                "report", "org.equirepro.reporting.report.Report"));
    }
}
