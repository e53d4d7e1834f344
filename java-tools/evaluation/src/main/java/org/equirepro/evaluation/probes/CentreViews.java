package org.equirepro.evaluation.probes;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import org.equirepro.tensor.Torch;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.Geometry;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;

/**
 * Chosen pictures of a split at the encoder's size, without random parts. A picture that has that size is taken as it is;
 * others are resized (Pillow's bicubic) so that the kept share of their shorter side fits, and cropped at the centre.
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
        byte[][] views = new byte[to - from][];
        IntStream pictures = IntStream.range(from, to);
        (parallel ? pictures.parallel() : pictures).forEach(i -> views[i - from] = view(i));
        ByteBuffer bytes = ByteBuffer.allocateDirect(3 * size * size * views.length);
        for (byte[] view : views) {
            bytes.put(view);
        }
        return torch.ops().pictures().fromBytes(Torch.bytes(scope, bytes.flip(), DataType.UINT8, views.length, size, size, 3));
    }

    private byte[] view(int i) {
        if (kept != null && kept[i] != null) {
            return kept[i];
        }
        Picture picture = split.picture(chosen[i]);
        if (picture.width() != size || picture.height() != size) {
            Picture resized = Geometry.resizeShort(picture, (int) Math.round(size / share), Resampling.BICUBIC);
            picture = Geometry.centreCrop(resized, size, size);
        }
        if (kept != null) {
            kept[i] = picture.rgb();
        }
        return picture.rgb();
    }
}
