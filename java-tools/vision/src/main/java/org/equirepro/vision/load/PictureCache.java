package org.equirepro.vision.load;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.equirepro.base.UserError;
import org.equirepro.vision.data.Split;
import org.equirepro.vision.image.Picture;

/** Decoded pictures of a split, kept while they fit into a share of the heap; others are decoded each time. */
public final class PictureCache {

    private static final double HEAP_SHARE = 0.4;

    private final Split split;
    private final AtomicReferenceArray<Picture> decoded;
    private final long limit = (long) (Runtime.getRuntime().maxMemory() * HEAP_SHARE);
    private long kept;

    public PictureCache(Split split) {
        this.split = split;
        this.decoded = new AtomicReferenceArray<>(split.size());
    }

    /** What the pictures are, for errors. */
    public String name() {
        return "split " + split.name();
    }

    /** Number of pictures. */
    public int size() {
        return split.size();
    }

    /**
     * Picture {@code i} of the split.
     *
     * @throws UserError (bad data) if it cannot be decoded
     */
    public Picture get(int i) {
        Picture picture = decoded.get(i);
        if (picture == null) {
            picture = split.picture(i);
            keep(i, picture);
        }
        return picture;
    }

    private synchronized void keep(int i, Picture picture) {
        if (kept + picture.rgb().length <= limit && decoded.compareAndSet(i, null, picture)) {
            kept += picture.rgb().length;
        }
    }
}
