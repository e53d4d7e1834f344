package org.equirepro.vision.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Writes a rendered data set to disk as 3DIEBench is laid out: {@code SYNSET/OBJECT/image_N.jpg} with {@code latent_N.npy} (seven
 * float64), and beside the synsets {@code train_images.npy}, {@code train_labels.npy}, {@code val_images.npy},
 * {@code val_labels.npy} (texts {@code /SYNSET/OBJECT/} and int64 labels, one for each object). {@code classes.csv} names the
 * classes, whose ids are ours. The objects of split {@code test} are listed as {@code val}, as in 3DIEBench.
 */
public final class TreeWriter {

    private TreeWriter() {}

    /** Writes the folder whole or not at all; it must not exist. {@code settings}: kind {@code render-3d}. */
    public static void write(Settings settings, Path folder) {
        RenderPlan plan = RenderPlan.of(settings);
        if (plan.pictures()) {
            throw UserError.usage(settings.source() + ": kind must be " + RenderPlan.KIND_3D + " for a 3DIEBench tree");
        }
        AtomicFiles.writeFolder(folder, root -> {
            RenderPool pool = new RenderPool(() -> new Renderer(plan.size(), plan.samples()));
            lists(root, plan, "train", "train");
            lists(root, plan, "test", "val");
            StringBuilder names = new StringBuilder("synset,name\n");
            for (int c = 0; c < plan.classes(); c++) {
                names.append(SolidClass.values()[c].synset()).append(',').append(SolidClass.values()[c].words()).append('\n');
            }
            Files.write(root.resolve("classes.csv"), names.toString().getBytes(StandardCharsets.UTF_8));
            List<SolidObject> objects = new ArrayList<>(plan.objects("train"));
            objects.addAll(plan.objects("test"));
            try {
                objects.parallelStream().forEach(object -> object(root, plan, pool, object));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        });
    }

    private static void lists(Path root, RenderPlan plan, String split, String name) throws IOException {
        List<SolidObject> objects = plan.objects(split);
        List<String> folders = objects.stream().map(object -> "/" + object.solid().synset() + "/" + object.id() + "/").toList();
        Files.write(root.resolve(name + "_images.npy"), NpyBytes.ofTexts(folders));
        Files.write(root.resolve(name + "_labels.npy"),
                NpyBytes.ofLongs(objects.stream().mapToLong(object -> object.solid().ordinal()).toArray()));
    }

    private static void object(Path root, RenderPlan plan, RenderPool pool, SolidObject object) {
        try {
            Path folder = Files.createDirectories(root.resolve(object.solid().synset()).resolve(object.id()));
            for (int view = 0; view < plan.views(); view++) {
                Files.write(folder.resolve("image_" + view + ".jpg"), pool.jpeg(object.scene(view)));
                Files.write(folder.resolve("latent_" + view + ".npy"), NpyBytes.ofDoubles(object.latents(view).values()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
