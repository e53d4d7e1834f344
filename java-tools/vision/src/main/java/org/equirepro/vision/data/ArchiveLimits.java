package org.equirepro.vision.data;

/**
 * What an archive may unpack to before it is taken for a bomb.
 *
 * @param entries members, folders included
 * @param bytes unpacked size in bytes
 * @param ratio unpacked to packed size, looked at once more than 64 MiB have been unpacked
 */
public record ArchiveLimits(long entries, long bytes, double ratio) {

    /** Room for every public data set in use here; the largest, ImageNet, has 1.4 million files and 160 GB. */
    public static final ArchiveLimits DEFAULT = new ArchiveLimits(20_000_000, 4L << 40, 200);
}
