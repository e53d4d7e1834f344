package org.equirepro.cli;

import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.vision.render.TreeWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro render}: draws a data set of 3-D objects. */
@Command(name = "render", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = "Draws 3-D objects into a folder tree as 3DIEBench has it: CLASS/OBJECT/image_N.jpg and latent_N.npy.")
final class RenderCommand implements Runnable {

    @Option(names = "--config", required = true, paramLabel = "FILE",
            description = "Settings of a data set of kind render-3d, as JSON or YAML.")
    private Path config;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for the tree.")
    private Path out;

    @Override
    public void run() {
        TreeWriter.write(Settings.read(config), out);
    }
}
