package org.equirepro.vision.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.equirepro.base.UserError;

/**
 * A zip archive, read in place entry by entry; what {@link TarTree} refuses is refused here too, and so are encrypted entries.
 * An entry must have the size and the CRC-32 that the archive says.
 */
final class ZipTree implements SourceTree {

    private final Path archive;
    private final ZipFile zip;
    private final String sha256;
    private final Path temporary;
    private final Map<String, ZipArchiveEntry> entries = new HashMap<>();
    private final List<String> files;

    private ZipTree(Path archive, ZipFile zip, long packedSize, String sha256, Path temporary, ArchiveLimits limits) {
        this.archive = archive;
        this.zip = zip;
        this.sha256 = sha256;
        this.temporary = temporary;
        index(packedSize, limits);
        this.files = entries.keySet().stream().sorted().toList();
    }

    /** {@code shown} is how errors name it, {@code temporary} a file to remove on closing, or null. */
    static ZipTree open(Path shown, Path file, String sha256, Path temporary, ArchiveLimits limits) throws IOException {
        ZipFile zip;
        try {
            zip = ZipFile.builder().setPath(file).get();
        } catch (IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new IOException("damaged directory: " + e.getMessage(), e); // a parser's surprise at damaged bytes
        }
        boolean opened = false;
        try {
            ZipTree tree = new ZipTree(shown, zip, Math.max(Files.size(file), 1), sha256, temporary, limits);
            opened = true;
            return tree;
        } finally {
            if (!opened) {
                zip.close();
            }
        }
    }

    private void index(long packedSize, ArchiveLimits limits) {
        long bytes = 0;
        long count = 0;
        for (Enumeration<ZipArchiveEntry> all = zip.getEntries(); all.hasMoreElements(); ) {
            ZipArchiveEntry entry = all.nextElement();
            String shown = EntryNames.shown(entry.getName());
            bytes += Math.max(entry.getSize(), 0);
            limits.require(archive, ++count, bytes);
            limits.requireRatio(archive, bytes, packedSize);
            int kind = entry.getUnixMode() & 0170000; // 0 where the archive was not made on Unix
            if (entry.isUnixSymlink() || kind != 0 && kind != 0100000 && kind != 0040000) {
                throw UserError.badData(archive, "entry " + shown + " is a link or a device; refused");
            }
            if (entry.getSize() < 0 || !zip.canReadEntryData(entry)) {
                throw UserError.badData(archive, "entry " + shown + " is encrypted or packed in a way that is not read");
            }
            String name = EntryNames.safe(archive, entry.getName(), entry.isDirectory());
            if (!entry.isDirectory() && entries.put(name, entry) != null) {
                throw UserError.badData(archive, "entry " + name + " appears twice; refused");
            }
        }
    }

    @Override
    public List<String> files() {
        return files;
    }

    private ZipArchiveEntry entry(String file) throws IOException {
        ZipArchiveEntry entry = entries.get(file);
        if (entry == null) {
            throw new IOException("no entry " + file);
        }
        return entry;
    }

    @Override
    public byte[] read(String file) throws IOException {
        ZipArchiveEntry entry = entry(file);
        Archives.requireArray(path(file), entry.getSize());
        try (InputStream in = stream(file)) {
            byte[] bytes = Archives.exactly(in, entry.getSize());
            in.read(); // the end is where the checksum is compared
            return bytes;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("damaged entry: " + e.getMessage(), e);
        }
    }

    @Override
    public InputStream stream(String file) throws IOException {
        ZipArchiveEntry entry = entry(file);
        return new Checked(zip.getInputStream(entry), entry);
    }

    /** Ends with an error if the bytes are not as many as the entry says, or have another checksum. */
    private static final class Checked extends FilterInputStream {
        private final ZipArchiveEntry entry;
        private final CRC32 crc = new CRC32();
        private long count;

        Checked(InputStream in, ZipArchiveEntry entry) {
            super(in);
            this.entry = entry;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = super.read(into, offset, length);
            if (n > 0) {
                crc.update(into, offset, n);
                count += n;
            }
            if (count > entry.getSize() || n < 0 && (count < entry.getSize() || crc.getValue() != entry.getCrc())) {
                throw new ZipException("its size or checksum is not what the archive says; fetch it again");
            }
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            byte[] passed = new byte[(int) Math.min(Math.max(n, 0), 1 << 13)]; // nothing may pass unchecked
            return Math.max(read(passed, 0, passed.length), 0);
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    @Override
    public SourceTree nested(String file, Spool spool, Published published) throws IOException {
        entry(file);
        return Archives.copied(path(file), () -> stream(file), spool);
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
        zip.close();
        if (temporary != null) {
            Files.deleteIfExists(temporary);
        }
    }
}
