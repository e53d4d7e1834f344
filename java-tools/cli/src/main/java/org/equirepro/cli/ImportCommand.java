package org.equirepro.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.CheckpointLayout;
import org.equirepro.models.EncoderImport;
import org.equirepro.tensor.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro import}: an encoder from published weights. */
@Command(name = "import", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Makes an encoder's folder from a checkpoint of iBOT, DINOv2, timm or MAE. Executes nothing in it.")
final class ImportCommand implements Runnable {

    @Option(names = "--from", required = true, paramLabel = "FILE", description = "Checkpoint: .pth, .pt or .safetensors.")
    private Path from;

    @Option(names = "--layout", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, ibot, dinov2, timm or mae. Default: ${DEFAULT-VALUE}.")
    private String layout;

    @Option(names = "--key", paramLabel = "NAME",
            description = "Section that holds the weights, such as teacher. Default: the usual places.")
    private String key;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Sections backbone, split, normalise that replace what is inferred, as YAML or JSON.")
    private Path config;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for the encoder.")
    private Path out;

    @Override
    public void run() {
        CheckpointLayout chosen = layout();
        Settings settings = config == null ? null : Settings.read(config);
        try (Torch torch = Torch.start(1)) {
            EncoderImport.run(torch, from, chosen, key, settings, out, System.err::println);
        }
    }

    private CheckpointLayout layout() {
        if (layout.equals("auto")) {
            return null;
        }
        return Arrays.stream(CheckpointLayout.values()).filter(l -> l.name().toLowerCase(Locale.ROOT).equals(layout)).findFirst()
                .orElseThrow(() -> UserError.usage("--layout must be auto, ibot, dinov2, timm or mae, found " + layout));
    }
}
