package org.equirepro.vision.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;

/**
 * Writes a data set of scenes to disk as COCO, ADE20K or MPII are published, by its {@code annotations}, for use elsewhere. The
 * readers of these sets (with {@code subset: true}) give what {@link SceneReader} gives directly. Depth maps, if the settings ask
 * for them, lie in {@code depth/} under the names of the pictures, as PNGs of 16 bits in millimetres.
 */
public final class SceneWriter {

    /** Pictures that are drawn side by side before they are listed. */
    private static final int CHUNK = 256;

    private SceneWriter() {}

    /** Writes the folder whole or not at all; it must not exist. {@code settings}: kind {@code render-scenes}. */
    public static void write(Settings settings, Path folder) {
        ScenePlan plan = ScenePlan.of(settings);
        AtomicFiles.writeFolder(folder, root -> {
            SceneLayout<?> layout = switch (plan.annotations()) {
                case INSTANCES, PERSON_KEYPOINTS -> new CocoLayout(plan, root);
                case SEGMENTATION -> new AdeLayout(plan, root);
                case MPII -> new MpiiLayout(plan, root);
            };
            write(plan, root, layout);
        });
    }

    private static <R> void write(ScenePlan plan, Path root, SceneLayout<R> layout) throws IOException {
        RenderPool pool = plan.pool();
        for (String split : List.of("train", "test")) {
            for (int first = 0; first < plan.pictures(split); first += CHUNK) {
                int start = first;
                List<R> rows = drawn(plan, root, layout, pool, split, start, Math.min(plan.pictures(split), start + CHUNK));
                for (int i = 0; i < rows.size(); i++) {
                    layout.list(split, start + i, rows.get(i));
                }
            }
        }
        layout.finish();
    }

    private static <R> List<R> drawn(ScenePlan plan, Path root, SceneLayout<R> layout, RenderPool pool, String split, int first,
            int end) throws IOException {
        try {
            return IntStream.range(first, end).parallel().mapToObj(index -> {
                try {
                    return pool.lend((renderer, writer) -> {
                        DrawnScene scene = DrawnScene.of(StagedScene.of(plan, split, index), renderer);
                        if (plan.depth()) {
                            String name = SceneReader.key(plan.annotations(), split, index).replace(".jpg", ".png");
                            SceneLayout.write(root.resolve("depth").resolve(name), scene.depthMap().png());
                        }
                        return layout.files(split, index, scene, writer.encode(scene.picture()));
                    });
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
