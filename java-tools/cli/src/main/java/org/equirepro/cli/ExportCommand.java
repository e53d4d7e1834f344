package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.UserError;
import org.equirepro.models.EncoderExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro export}: a backbone for timm. */
@Command(name = "export", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Writes an encoder's backbone as timm's model names it, with a JSON file of the model's arguments.")
final class ExportCommand implements Runnable {

    @Option(names = "--encoder", required = true, paramLabel = "DIR", description = "Folder that pretrain or import wrote.")
    private Path encoder;

    @Option(names = "--layout", paramLabel = "NAME", defaultValue = "timm", description = "timm. Default: ${DEFAULT-VALUE}.")
    private String layout;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "File to write, ending in .safetensors.")
    private Path out;

    @Override
    public void run() {
        if (!layout.equals("timm")) {
            throw UserError.usage("--layout must be timm, found " + layout);
        }
        EncoderExport.run(encoder, out);
    }
}
