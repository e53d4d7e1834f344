package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.dist.ProcessGroup;
import org.equirepro.training.Observer;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;
import org.equirepro.vision.load.Loader;
import org.equirepro.vision.load.ViewSource;

/**
 * Sheets of rebuilt pictures: a row a picture, columns u, then for each k the target and its reconstruction, then g(u); where
 * the views themselves are rebuilt, view 2 and view 1, each before its reconstruction. The pictures are drawn from the training
 * split with a seed; they are views of an epoch that was not trained on.
 */
final class ReconstructionPictures {

    private static final int ROWS = 8;
    private static final int GAP = 2;
    private static final int UNSEEN_EPOCH = Integer.MAX_VALUE;

    private final Torch torch;
    private final Objective objective;
    private final Settings config;
    private final ShardSet data;

    /** Of an objective, by the configuration of its task. */
    ReconstructionPictures(Torch torch, Objective objective, Settings config, ShardSet data) {
        this.torch = torch;
        this.objective = objective;
        this.config = config;
        this.data = data;
    }

    /** Writes {@code folder/name.png} and its caption; nothing for an objective without reconstruction. Layers act as in evaluation. */
    void write(Path folder, String name) {
        Settings recipe = config.at("recipe");
        if (!recipe.has("reconstruction")) {
            return;
        }
        try (NDManager scope = torch.scope()) {
            ViewSource source = ViewSource.of(recipe.at("views"), data.split("train"));
            Objective.Rebuilt rebuilt = objective.rebuild(views(scope, source, config.integer("seed"))).orElseThrow();
            List<NDArray> columns = columns(rebuilt, objective.encoder().normalisation(scope));
            byte[] png = PictureDecoder.png(sheet(columns, (int) columns.get(0).getShape().get(0), source.sides()[0]));
            AtomicFiles.write(folder.resolve(name + ".png"), out -> out.write(png));
            AtomicFiles.writeText(folder.resolve(name + ".txt"), caption(rebuilt));
        }
    }

    /**
     * Writes {@code folder/step-N.png} after every so many steps of a training; rank 0 does it while the others wait.
     *
     * @param steps 0 for never
     */
    Observer every(int steps, Path folder, ProcessGroup group) {
        return new Observer() {
            @Override
            public void after(long step) {
                if (steps > 0 && step % steps == 0) {
                    group.onRankZero(() -> {
                        objective.train(false);
                        write(folder, String.format("step-%08d", step));
                        objective.train(true);
                    });
                }
            }
        };
    }

    private static List<NDArray> columns(Objective.Rebuilt rebuilt, Normalisation normalisation) {
        List<NDArray> columns = new ArrayList<>();
        if (rebuilt.way() != null) {
            columns.add(rebuilt.way().u());
        }
        for (int k = 0; k < rebuilt.rebuilt().size(); k++) {
            columns.add(normalisation.invert(rebuilt.targets().get(k)));
            columns.add(normalisation.invert(rebuilt.rebuilt().get(k)));
        }
        if (rebuilt.way() != null) {
            columns.add(normalisation.invert(rebuilt.way().moved()));
        }
        return columns;
    }

    /** The first members of an epoch's order that no training reaches. */
    private Objective.Views views(NDManager scope, ViewSource source, long seed) {
        int[] order = Draws.at(seed, UNSEEN_EPOCH, 0, 0, "pictures").permutation(source.size());
        int[] members = Arrays.copyOf(order, Math.min(ROWS, order.length));
        ViewSource.Views room = source.room(members.length);
        var maker = source.maker();
        for (int i = 0; i < members.length; i++) {
            maker.make(seed, UNSEEN_EPOCH, members[i], room, i);
        }
        return ViewBatches.views(torch, scope, new Loader.Batch<>(0, UNSEEN_EPOCH, members, room), source.sides());
    }

    private String caption(Objective.Rebuilt rebuilt) {
        StringBuilder text = new StringBuilder(config.text("encoder")).append(", seed ").append(config.integer("seed"));
        if (rebuilt.way() == null) {
            return text.append(": view 2 and its reconstruction; view 1 and its reconstruction\n").toString();
        }
        text.append(": view u");
        int parts = rebuilt.way().count() + 1;
        for (int k = 1; k <= rebuilt.rebuilt().size(); k++) {
            text.append("; target and reconstruction at ").append(k).append("/").append(parts);
        }
        return text.append("; g(u), family ").append(rebuilt.way().family()).append("\n").toString();
    }

    /** Columns of [rows, 3, side, side] in 0 .. 1 side by side on white. */
    private static Picture sheet(List<NDArray> columns, int rows, int side) {
        int width = columns.size() * (side + GAP) - GAP;
        int height = rows * (side + GAP) - GAP;
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, (byte) 255);
        for (int c = 0; c < columns.size(); c++) {
            float[] values = columns.get(c).toFloatArray();
            for (int row = 0; row < rows; row++) {
                for (int channel = 0; channel < 3; channel++) {
                    for (int y = 0; y < side; y++) {
                        for (int x = 0; x < side; x++) {
                            float value = values[((row * 3 + channel) * side + y) * side + x];
                            int at = ((row * (side + GAP) + y) * width + c * (side + GAP) + x) * 3 + channel;
                            rgb[at] = (byte) Math.round(255 * value);
                        }
                    }
                }
            }
        }
        return new Picture(width, height, rgb);
    }
}
