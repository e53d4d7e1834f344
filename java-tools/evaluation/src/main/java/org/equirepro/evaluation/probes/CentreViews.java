package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.Picture;

/**
 * Chosen pictures of a split at the encoder's size, without random parts. A picture that has that size is taken as it is;
 * others are resized (bicubic, antialias) so that the kept share of their shorter side fits, and cropped at the centre.
 * Those that are read again are kept as bytes where all fit into 1 GiB.
 */
final class CentreViews {

    /** The usual 224 of 256 pixels. */
    static final double PICTURES = 224.0 / 256;
    /** Nothing is cut off but what is not square. */
    static final double RENDERS = 1;

    private static final long KEEP_BYTES = 1L << 30;

    private final Torch torch;
    private final Split split;
    private final int[] chosen;
    private final int size;
    private final double share;
    private final boolean parallel;
    private final byte[][] kept;

    /** {@code share}: how much of the shorter side is kept; {@code again}: batches are asked for more than once. */
    CentreViews(Torch torch, Split split, int[] chosen, int size, double share, boolean again, int threads) {
        this.torch = torch;
        this.split = split;
        this.chosen = chosen;
        this.size = size;
        this.share = share;
        this.parallel = threads > 1;
        this.kept = again && 3L * size * size * chosen.length <= KEEP_BYTES ? new byte[chosen.length][] : null;
    }

    int count() {
        return chosen.length;
    }

    /** Pictures {@code from} to {@code to} (exclusive) of the chosen: [B, 3, size, size] in 0 .. 1. */
    NDArray batch(NDManager scope, int from, int to) {
        Picture[] decoded = new Picture[to - from];
        IntStream missing = IntStream.range(from, to).filter(i -> kept == null || kept[i] == null);
        (parallel ? missing.parallel() : missing).forEach(i -> decoded[i - from] = split.picture(chosen[i]));
        ByteBuffer bytes = ByteBuffer.allocateDirect(3 * size * size * (to - from));
        for (int i = from; i < to; i++) {
            byte[] view = decoded[i - from] == null ? kept[i] : view(scope, decoded[i - from]);
            if (kept != null) {
                kept[i] = view;
            }
            bytes.put(view);
        }
        NDArray hwc = Torch.bytes(scope, bytes.flip(), DataType.UINT8, to - from, size, size, 3);
        return torch.ops().fromBytes(hwc);
    }

    private byte[] view(NDManager scope, Picture picture) {
        if (picture.width() == size && picture.height() == size) {
            return picture.rgb();
        }
        double scale = size / share / Math.min(picture.width(), picture.height());
        int width = Math.max(size, (int) Math.round(picture.width() * scale));
        int height = Math.max(size, (int) Math.round(picture.height() * scale));
        int left = (width - size) / 2;
        int top = (height - size) / 2;
        try (NDManager step = scope.newSubManager()) {
            NDArray hwc = Torch.bytes(step, ByteBuffer.wrap(picture.rgb()), DataType.UINT8, 1, picture.height(), picture.width(), 3);
            NDArray resized = torch.ops().resizeBicubicAntialias(torch.ops().fromBytes(hwc), height, width);
            String window = String.format(":, :, %d:%d, %d:%d", top, top + size, left, left + size);
            return resized.get(window).clip(0, 1).mul(255).round().toType(DataType.UINT8, false).transpose(0, 2, 3, 1).toByteArray();
        }
    }
}
