package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Draws;
import org.equirepro.base.Settings;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.batch.Family;
import org.equirepro.vision.data.ShardSet;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;
import org.equirepro.vision.load.ViewSource;

/**
 * A sheet of rebuilt intermediates: a row a picture, columns u, then for each k the target and its reconstruction, then g(u).
 * The pictures are drawn from the training split with a seed; they are views of an epoch that was not trained on.
 */
final class ReconstructionPictures {

    private static final int ROWS = 8;
    private static final int GAP = 2;
    private static final int UNSEEN_EPOCH = Integer.MAX_VALUE;

    private ReconstructionPictures() {}

    /** Writes {@code reconstruction.png} and its caption; nothing for a model without reconstruction. */
    static void write(NDManager scope, Torch torch, PretrainingModel model, Settings config, ShardSet data, Path folder) throws IOException {
        Settings recipe = config.at("recipe");
        if (!recipe.has("reconstruction")) {
            return;
        }
        ViewSource source = ViewSource.of(recipe.at("views"), data.split("train"));
        Family family = model.family().orElseThrow();
        long seed = config.integer("seed");
        int side = source.sides()[0];
        int rows = Math.min(ROWS, source.size());
        int[] order = Draws.at(seed, UNSEEN_EPOCH, 0, 0, "pictures").permutation(source.size());
        ByteBuffer first = ByteBuffer.allocateDirect(rows * side * side * 3);
        ByteBuffer second = ByteBuffer.allocateDirect(rows * side * side * 3);
        double[][] theta = new double[rows][];
        byte[][] pair = new byte[2][side * side * 3];
        for (int i = 0; i < rows; i++) {
            source.views(seed, UNSEEN_EPOCH, order[i], pair);
            first.put(pair[0]);
            second.put(pair[1]);
            theta[i] = family.draw(Draws.at(seed, UNSEEN_EPOCH, order[i], 1, "g"), model.ranges());
        }
        NDArray u = torch.ops().pictures().fromBytes(Torch.bytes(scope, second.flip(), DataType.UINT8, rows, side, side, 3));
        PretrainingModel.Views views = model.views(
                torch.ops().pictures().fromBytes(Torch.bytes(scope, first.flip(), DataType.UINT8, rows, side, side, 3)), u, theta);
        List<NDArray> rebuilt = model.reconstruct(views);
        List<NDArray> columns = new ArrayList<>();
        columns.add(u);
        for (int k = 0; k < rebuilt.size(); k++) {
            columns.add(model.normalisation().invert(views.targets().get(k)));
            columns.add(model.normalisation().invert(rebuilt.get(k)));
        }
        columns.add(model.normalisation().invert(views.second()));
        Files.createDirectories(folder);
        byte[] png = PictureDecoder.png(sheet(columns, rows, side));
        AtomicFiles.write(folder.resolve("reconstruction.png"), out -> out.write(png));
        AtomicFiles.writeText(folder.resolve("reconstruction.txt"), caption(config, family, rebuilt.size()));
    }

    private static String caption(Settings config, Family family, int count) {
        StringBuilder text = new StringBuilder(config.text("encoder")).append(", seed ").append(config.integer("seed"))
                .append(": view u");
        for (int k = 1; k <= count; k++) {
            text.append("; target and reconstruction at ").append(k).append("/").append(count + 1);
        }
        return text.append("; g(u), family ").append(family.word()).append("\n").toString();
    }

    /** Columns of [rows, 3, side, side] in 0 .. 1 side by side on white. */
    private static Picture sheet(List<NDArray> columns, int rows, int side) {
        int width = columns.size() * (side + GAP) - GAP;
        int height = rows * (side + GAP) - GAP;
        byte[] rgb = new byte[3 * width * height];
        java.util.Arrays.fill(rgb, (byte) 255);
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
