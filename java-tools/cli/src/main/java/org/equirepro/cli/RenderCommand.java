package org.equirepro.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.render.ScenePlan;
import org.equirepro.vision.render.SceneWriter;
import org.equirepro.vision.render.TreeWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code equirepro render}: draws a data set of 3-D objects or of scenes. */
@Command(name = "render", mixinStandardHelpOptions = true, version = "equirepro " + Equirepro.VERSION,
        description = {"Draws a data set into a folder, for use elsewhere.",
            "render-3d: as 3DIEBench has it, CLASS/OBJECT/image_N.jpg and latent_N.npy.",
            "render-scenes: as COCO, ADE20K or MPII are published."})
final class RenderCommand implements Runnable {

    /** The annotations of every layout that scenes are written in. */
    private static final Map<String, String> LAYOUTS = Map.of("ade20k", "segmentation", "coco", "instances", "mpii", "mpii");

    @Option(names = "--config", required = true, paramLabel = "FILE",
            description = "Settings of a data set of kind render-3d or render-scenes, as JSON or YAML.")
    private Path config;

    @Option(names = "--layout", paramLabel = "LAYOUT", description = "For render-scenes: coco (instances and person "
            + "keypoints), ade20k or mpii. By the key annotations if left out.")
    private String layout;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for the tree.")
    private Path out;

    @Override
    public void run() {
        Settings settings = Settings.read(config);
        if (settings.text("kind").equals(ScenePlan.KIND)) {
            SceneWriter.write(layout == null ? settings : inLayout(settings), out);
        } else if (layout == null) {
            TreeWriter.write(settings, out);
        } else {
            throw UserError.usage("--layout is for kind " + ScenePlan.KIND + ", " + config + " has " + settings.text("kind"));
        }
    }

    /** The same scenes with the annotations of the layout. */
    private Settings inLayout(Settings settings) {
        if (!LAYOUTS.containsKey(layout)) {
            throw UserError.usage("--layout must be coco, ade20k or mpii, found " + layout);
        }
        ObjectNode node = settings.node().deepCopy();
        return Settings.of(settings.source(), node.put("annotations", LAYOUTS.get(layout)));
    }
}
