package org.equirepro.vision.data;

import java.nio.file.Path;
import org.equirepro.base.UserError;

/**
 * What an archive may unpack to before it is taken for a bomb.
 *
 * @param entries members, folders included
 * @param bytes unpacked size in bytes
 * @param ratio unpacked to packed size, looked at once more than 64 MiB have been unpacked
 */
public record ArchiveLimits(long entries, long bytes, double ratio) {

    private static final long RATIO_FROM = 64L << 20;

    /** Room for every public data set in use here; the largest, ImageNet, has 1.4 million files and 160 GB. */
    public static final ArchiveLimits DEFAULT = new ArchiveLimits(20_000_000, 4L << 40, 200);

    /** Refuses an archive whose entries so far are too many or too large. */
    void require(Path archive, long entriesSoFar, long bytesSoFar) {
        if (entriesSoFar > entries || bytesSoFar > bytes) {
            throw UserError.badData(archive, "has more than " + entries + " entries or " + bytes + " bytes; refused as a bomb");
        }
    }

    /** Refuses an archive that unpacks to too many times its size. */
    void requireRatio(Path archive, long unpackedSoFar, long packedSize) {
        if (unpackedSoFar > RATIO_FROM && unpackedSoFar > ratio * packedSize) {
            throw UserError.badData(archive, "unpacks to more than " + ratio + " times its size; refused as a bomb");
        }
    }
}
