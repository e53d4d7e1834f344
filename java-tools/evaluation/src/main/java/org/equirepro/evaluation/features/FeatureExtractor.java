package org.equirepro.evaluation.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.equirepro.base.UserError;
import org.equirepro.models.Encoder;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.load.Loader;
import org.equirepro.vision.load.ViewSource;

/** Features of a frozen encoder, batch after batch in a fixed order, without gradients; pictures are made ahead by threads. */
public final class FeatureExtractor {

    static final int BATCH = 128;

    /** From pictures to what the encoder reads. */
    @FunctionalInterface
    public interface Preparation {

        /**
         * @param pictures the samples {@code from} to {@code to} (exclusive), [B, 3, side, side] in 0 .. 1
         * @return normalised, on the manager of {@code pictures}
         */
        NDArray apply(NDArray pictures, int from, int to);
    }

    private final Torch torch;
    private final Encoder encoder;
    private final int threads;

    public FeatureExtractor(Torch torch, Encoder encoder, int threads) {
        this.torch = torch;
        this.encoder = encoder;
        this.threads = threads;
    }

    /**
     * The features of all members of a source, in memory.
     *
     * @param seed for what the source draws, with {@code epoch}
     */
    public Map<FeatureKind, FeatureMatrix> extract(ViewSource source, long seed, int epoch, List<FeatureKind> kinds,
            Preparation preparation) {
        try (Loader<ViewSource.Views> loader = loader(source, seed, epoch, 0, source.size())) {
            return rows(loader, 0, source.size(), kinds, preparation);
        }
    }

    /** Features of normalised pictures [B, 3, side, side], each [B, d], on the pictures' device and manager. Gradient mode must be off. */
    public Map<FeatureKind, NDArray> of(NDArray pictures, List<FeatureKind> kinds) {
        EncoderPass pass = new EncoderPass(encoder, pictures);
        Map<FeatureKind, NDArray> features = new EnumMap<>(FeatureKind.class);
        kinds.forEach(kind -> features.put(kind, kind.of(pass)));
        return features;
    }

    /** Columns of each kind. */
    public Map<FeatureKind, Integer> columns(List<FeatureKind> kinds) {
        Map<FeatureKind, Integer> columns = new EnumMap<>(FeatureKind.class);
        try (NDManager scope = torch.scope()) {
            NDArray blank = scope.zeros(new Shape(1, 3, encoder.image(), encoder.image()));
            of(blank, kinds).forEach((kind, features) -> columns.put(kind, (int) features.getShape().get(1)));
        }
        return columns;
    }

    /** Gives the members {@code from} (a multiple of the batch) to {@code to} of a source. */
    Loader<ViewSource.Views> loader(ViewSource source, long seed, int epoch, int from, int to) {
        return Loader.ascending(source, seed, epoch, BATCH, from / BATCH, (to + BATCH - 1) / BATCH, threads);
    }

    /**
     * The features of the next members of a loader.
     *
     * @param from the loader's next member; {@code to} is where a batch or the source ends
     */
    Map<FeatureKind, FeatureMatrix> rows(Loader<ViewSource.Views> loader, int from, int to, List<FeatureKind> kinds, Preparation preparation) {
        int rows = to - from;
        Map<FeatureKind, float[]> values = new EnumMap<>(FeatureKind.class);
        try (GradMode off = GradMode.off()) {
            for (int at = from; at < to; ) {
                Loader.Batch<ViewSource.Views> batch = loader.next();
                int count = batch.members().length;
                try (NDManager scope = torch.scope()) {
                    int first = at - from;
                    of(preparation.apply(pictures(scope, batch), at, at + count), kinds).forEach((kind, features) -> {
                        float[] some = features.toFloatArray();
                        int columns = some.length / count;
                        float[] all = values.computeIfAbsent(kind, k -> new float[Math.multiplyExact(rows, columns)]);
                        System.arraycopy(some, 0, all, first * columns, some.length);
                    });
                }
                at += count;
            }
        }
        Map<FeatureKind, FeatureMatrix> matrices = new EnumMap<>(FeatureKind.class);
        values.forEach((kind, all) -> {
            requireFinite(kind, all);
            matrices.put(kind, new FeatureMatrix(rows, all.length / rows, all));
        });
        return matrices;
    }

    private NDArray pictures(NDManager scope, Loader.Batch<ViewSource.Views> batch) {
        int count = batch.members().length;
        int side = (int) Math.round(Math.sqrt(batch.samples().pixels()[0].capacity() / (3.0 * count)));
        return torch.ops().pictures().fromBytes(Torch.bytes(scope, batch.samples().pixels()[0], DataType.UINT8, count, side, side, 3));
    }

    private static void requireFinite(FeatureKind kind, float[] values) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                throw UserError.failure("the encoder gives features " + kind.word()
                        + " that are not finite: its pretraining diverged", null);
            }
        }
    }
}
