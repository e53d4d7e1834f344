package org.equirepro.vision.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.equirepro.base.Hashes;
import org.equirepro.base.UserError;

/**
 * A tar archive, read in place: nothing is unpacked to files of its own, so no entry can write outside of a folder. A
 * compressed archive is first unpacked to one temporary tar, which {@link #close} removes. Absolute and climbing paths, links,
 * devices, sparse files, names that appear twice, archives that end early and bombs are refused.
 */
final class TarTree implements SourceTree {

    private static final int BLOCK = 512;
    private static final long RATIO_FROM = 64L << 20;

    private record Place(long offset, long length) {}

    private final Path archive;
    private final Path temporary;
    private final FileChannel channel;
    private final String sha256;
    private final Map<String, Place> places = new HashMap<>();
    private final List<String> files;

    private TarTree(Path archive, Path tar, Path temporary, String sha256, ArchiveLimits limits) throws IOException {
        this.archive = archive;
        this.temporary = temporary;
        this.sha256 = sha256;
        index(tar, limits);
        this.files = places.keySet().stream().sorted().toList();
        this.channel = FileChannel.open(tar, StandardOpenOption.READ);
    }

    static TarTree open(Path archive, Path spool, ArchiveLimits limits) {
        boolean packed = !archive.getFileName().toString().toLowerCase(java.util.Locale.ROOT).endsWith(".tar");
        Path temporary = packed ? spool.resolve(".unpacked.tar") : null;
        boolean opened = false;
        try {
            String sha256 = packed ? unpack(archive, temporary, limits) : Hashes.sha256(archive);
            TarTree tree = new TarTree(archive, packed ? temporary : archive, temporary, sha256, limits);
            opened = true;
            return tree;
        } catch (EOFException e) {
            throw UserError.badData(archive, "truncated archive (it ends in the middle); fetch it again", e);
        } catch (ZipException e) {
            throw UserError.badData(archive, "damaged or not a gzip file (" + e.getMessage() + "); fetch it again", e);
        } catch (IOException e) {
            throw UserError.badData(archive, "damaged or truncated archive (" + e.getMessage() + "); fetch it again", e);
        } finally {
            if (!opened && packed) {
                deleteQuietly(temporary);
            }
        }
    }

    /** Returns the SHA-256 of the packed file. */
    private static String unpack(Path archive, Path tar, ArchiveLimits limits) throws IOException {
        long packedSize = Math.max(Files.size(archive), 1);
        MessageDigest digest = Hashes.sha256();
        byte[] buffer = new byte[1 << 16];
        try (InputStream raw = new DigestInputStream(Files.newInputStream(archive), digest);
                InputStream in = new GZIPInputStream(raw, 1 << 16);
                OutputStream out = Files.newOutputStream(tar)) {
            long total = 0;
            for (int n; (n = in.read(buffer)) >= 0; ) {
                total += n;
                if (total > limits.bytes()) {
                    throw UserError.badData(archive, "unpacks to more than " + limits.bytes() + " bytes; refused as a bomb");
                }
                if (total > RATIO_FROM && total > limits.ratio() * packedSize) {
                    throw UserError.badData(archive, "unpacks to more than " + limits.ratio()
                            + " times its size; refused as a bomb");
                }
                out.write(buffer, 0, n);
            }
            while (raw.read(buffer) >= 0) {
                // what follows the gzip members counts for the digest
            }
        }
        return Hashes.hex(digest);
    }

    private void index(Path tar, ArchiveLimits limits) throws IOException {
        long size = Files.size(tar);
        requireEnd(tar, size);
        long entries = 0;
        long bytes = 0;
        try (TarArchiveInputStream in = new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(tar), 1 << 16))) {
            for (TarArchiveEntry entry; (entry = in.getNextEntry()) != null; ) {
                bytes += Math.max(entry.getSize(), 0);
                if (++entries > limits.entries() || bytes > limits.bytes()) {
                    throw UserError.badData(archive, "has more than " + limits.entries() + " entries or " + limits.bytes()
                            + " bytes; refused as a bomb");
                }
                String name = safeName(entry);
                if (entry.isDirectory()) {
                    continue;
                }
                long offset = in.getBytesRead();
                if (offset + entry.getSize() > size) {
                    throw new EOFException();
                }
                if (places.put(name, new Place(offset, entry.getSize())) != null) {
                    throw UserError.badData(archive, "entry " + name + " appears twice; refused");
                }
            }
        } catch (IllegalArgumentException e) {
            throw UserError.badData(archive, "damaged archive (" + e.getMessage() + "); fetch it again", e);
        }
    }

    /** A whole archive ends with zero blocks; without them it was cut between two entries, or is no tar. */
    private static void requireEnd(Path tar, long size) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(BLOCK);
        if (size >= BLOCK) {
            try (FileChannel channel = FileChannel.open(tar, StandardOpenOption.READ)) {
                readFully(channel, last, size - BLOCK);
            }
        }
        if (last.hasRemaining()) {
            throw new EOFException();
        }
        for (byte b : last.array()) {
            if (b != 0) {
                throw new EOFException();
            }
        }
    }

    private String safeName(TarArchiveEntry entry) {
        String name = entry.getName();
        String shown = EntryNames.shown(name);
        if (entry.isSymbolicLink() || entry.isLink()) {
            throw UserError.badData(archive, "entry " + shown + " is a link to " + entry.getLinkName() + "; refused");
        }
        if (!entry.isDirectory() && (!entry.isFile() || entry.isFIFO() || entry.isCharacterDevice() || entry.isBlockDevice())) {
            throw UserError.badData(archive, "entry " + shown + " is neither a file nor a folder; refused");
        }
        if (entry.isSparse()) {
            throw UserError.badData(archive, "entry " + shown + " is a sparse file, which is not read");
        }
        return EntryNames.safe(archive, name, entry.isDirectory());
    }

    @Override
    public List<String> files() {
        return files;
    }

    @Override
    public byte[] read(String file) throws IOException {
        Place place = places.get(file);
        if (place == null) {
            throw new IOException("no entry " + file);
        }
        if (place.length > Integer.MAX_VALUE - 8) {
            throw UserError.badData(path(file), "has " + place.length + " bytes; files of 2 GiB and more are not read");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) place.length);
        readFully(channel, bytes, place.offset);
        if (bytes.hasRemaining()) {
            throw new EOFException("ends early");
        }
        return bytes.array();
    }

    @Override
    public InputStream stream(String file) throws IOException {
        Place place = places.get(file);
        if (place == null) {
            throw new IOException("no entry " + file);
        }
        return new BufferedInputStream(new Stretch(place.offset, place.length), 1 << 16);
    }

    /** Bytes of the tar from one place on, so many. */
    private final class Stretch extends InputStream {
        private long at;
        private final long end;

        Stretch(long from, long length) {
            this.at = from;
            this.end = from + length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (at >= end) {
                return -1;
            }
            int n = channel.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, end - at)), at);
            if (n < 0) {
                throw new EOFException("ends early");
            }
            at += n;
            return n;
        }
    }

    private static void readFully(FileChannel from, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int n = from.read(into, at);
            if (n < 0) {
                return;
            }
            at += n;
        }
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
        channel.close();
        if (temporary != null) {
            Files.deleteIfExists(temporary);
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException leftBehind) {
            // it lies in the unfinished output folder, which is removed as a whole
        }
    }
}
