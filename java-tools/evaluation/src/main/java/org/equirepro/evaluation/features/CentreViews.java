package org.equirepro.evaluation.features;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.equirepro.base.Hashes;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.Geometry;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;
import org.equirepro.vision.load.ViewSource;

/**
 * Chosen pictures of a split at the encoder's size, without random parts. A picture that has that size is taken as it is;
 * others are resized (Pillow's bicubic) so that the kept share of their shorter side fits, and cropped at the centre.
 * Those that are read again are kept as bytes where all fit into 1 GiB.
 */
public final class CentreViews implements ViewSource {

    /** The usual 224 of 256 pixels. */
    public static final double PICTURES = 224.0 / 256;
    /** Nothing is cut off but what is not square. */
    public static final double RENDERS = 1;

    private static final long KEEP_BYTES = 1L << 30;

    private final Split split;
    private final int[] chosen;
    private final int size;
    private final double share;
    private final AtomicReferenceArray<byte[]> kept;

    /** {@code share}: how much of the shorter side is kept; {@code again}: pictures are asked for more than once. */
    public CentreViews(Split split, int[] chosen, int size, double share, boolean again) {
        this.split = split;
        this.chosen = chosen;
        this.size = size;
        this.share = share;
        this.kept = again && 3L * size * size * chosen.length <= KEEP_BYTES ? new AtomicReferenceArray<>(chosen.length) : null;
    }

    /** What the views depend on, besides the data set. */
    String identity() {
        ByteBuffer numbers = ByteBuffer.allocate(4 * chosen.length);
        numbers.asIntBuffer().put(chosen);
        return "split " + split.name() + " pictures " + Hashes.sha256(numbers.array()) + " side " + size + " share " + share;
    }

    /** Where the pictures are. */
    public Split split() {
        return split;
    }

    /** Number in the split of the {@code i}-th chosen picture. */
    public int picture(int i) {
        return chosen[i];
    }

    @Override
    public String name() {
        return "split " + split.name();
    }

    @Override
    public int size() {
        return chosen.length;
    }

    @Override
    public int[] sides() {
        return new int[] {size};
    }

    @Override
    public void views(long seed, int epoch, int member, byte[][] out) {
        byte[] view = kept == null ? null : kept.get(member);
        if (view == null) {
            view = view(split.picture(chosen[member]));
            if (kept != null) {
                kept.set(member, view);
            }
        }
        System.arraycopy(view, 0, out[0], 0, view.length);
    }

    private byte[] view(Picture picture) {
        if (picture.width() == size && picture.height() == size) {
            return picture.rgb();
        }
        Picture resized = Geometry.resizeShort(picture, (int) Math.round(size / share), Resampling.BICUBIC);
        return Geometry.centreCrop(resized, size, size).rgb();
    }
}
