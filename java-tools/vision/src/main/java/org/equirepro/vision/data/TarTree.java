package org.equirepro.vision.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.equirepro.base.UserError;

/**
 * A tar archive, or one within it, read in place: nothing is unpacked to files of its own, so no entry can write outside of a
 * folder. Absolute and climbing paths, links, devices, sparse files, names that appear twice, archives that end early and bombs
 * are refused.
 */
final class TarTree implements SourceTree {

    private static final int BLOCK = 512;
    /** Pictures are larger: reading on to the next header must not read them. */
    private static final int BUFFER = 8192;

    private record Place(long offset, long length) {}

    /** What closing does. */
    @FunctionalInterface
    interface Closing {
        void close() throws IOException;
    }

    private final Path archive;
    private final FileChannel channel;
    private final String sha256;
    private final ArchiveLimits limits;
    private final Closing closing;
    private final Map<String, Place> places = new HashMap<>();
    private final List<String> files;

    /**
     * Indexes the archive that lies at {@code offset} of a file.
     *
     * @param archive how errors name it
     */
    TarTree(Path archive, FileChannel channel, long offset, long size, String sha256, ArchiveLimits limits, Closing closing)
            throws IOException {
        this.archive = archive;
        this.channel = channel;
        this.sha256 = sha256;
        this.limits = limits;
        this.closing = closing;
        index(offset, size);
        this.files = places.keySet().stream().sorted().toList();
    }

    private void index(long start, long size) throws IOException {
        requireEnd(start, size);
        long entries = 0;
        long bytes = 0;
        try (TarArchiveInputStream in = new TarArchiveInputStream(
                new BufferedInputStream(new ChannelSlice(channel, start, size), BUFFER))) {
            for (TarArchiveEntry entry; (entry = in.getNextEntry()) != null; ) {
                bytes += Math.max(entry.getSize(), 0);
                limits.require(archive, ++entries, bytes);
                String name = safeName(entry);
                if (entry.isDirectory()) {
                    continue;
                }
                long offset = in.getBytesRead();
                if (offset + entry.getSize() > size) {
                    throw new EOFException();
                }
                if (places.put(name, new Place(start + offset, entry.getSize())) != null) {
                    throw UserError.badData(archive, "entry " + name + " appears twice; refused");
                }
            }
        } catch (IllegalArgumentException e) {
            throw UserError.badData(archive, "damaged archive (" + e.getMessage() + "); fetch it again", e);
        }
    }

    /** A whole archive ends with zero blocks; without them it was cut between two entries, or is no tar. */
    private void requireEnd(long start, long size) throws IOException {
        if (size < BLOCK) {
            throw new EOFException();
        }
        for (byte b : Archives.exactly(new ChannelSlice(channel, start + size - BLOCK, BLOCK), BLOCK)) {
            if (b != 0) {
                throw new EOFException();
            }
        }
    }

    private String safeName(TarArchiveEntry entry) {
        String shown = EntryNames.shown(entry.getName());
        if (entry.isSymbolicLink() || entry.isLink()) {
            throw UserError.badData(archive, "entry " + shown + " is a link to " + entry.getLinkName() + "; refused");
        }
        if (!entry.isDirectory() && (!entry.isFile() || entry.isFIFO() || entry.isCharacterDevice() || entry.isBlockDevice())) {
            throw UserError.badData(archive, "entry " + shown + " is neither a file nor a folder; refused");
        }
        if (entry.isSparse()) {
            throw UserError.badData(archive, "entry " + shown + " is a sparse file, which is not read");
        }
        return EntryNames.safe(archive, entry.getName(), entry.isDirectory());
    }

    @Override
    public List<String> files() {
        return files;
    }

    private Place place(String file) throws IOException {
        Place place = places.get(file);
        if (place == null) {
            throw new IOException("no entry " + file);
        }
        return place;
    }

    @Override
    public byte[] read(String file) throws IOException {
        Place place = place(file);
        Archives.requireArray(path(file), place.length);
        return Archives.exactly(slice(place), place.length);
    }

    private ChannelSlice slice(Place place) {
        return new ChannelSlice(channel, place.offset, place.length);
    }

    @Override
    public InputStream stream(String file) throws IOException {
        return new BufferedInputStream(slice(place(file)), 1 << 16);
    }

    @Override
    public SourceTree nested(String file, Spool spool, Published published) throws IOException {
        Place place = place(file);
        if (file.endsWith(".tar")) {
            return Archives.naming(path(file), () -> new TarTree(path(file), channel, place.offset, place.length, sha256,
                    spool.limits(), () -> { }));
        }
        return Archives.copied(path(file), () -> slice(place), spool);
    }

    @Override
    public Path path(String file) {
        return archive.resolve(file);
    }

    @Override
    public Map<String, String> provenance() {
        return Map.of("form", "archive", "name", archive.getFileName().toString(), "sha256", sha256);
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }
}
