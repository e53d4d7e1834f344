package org.equirepro.vision.data;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.equirepro.base.Hashes;
import org.equirepro.base.UserError;

/**
 * A zip archive, read in place. Absolute and climbing paths, names that appear twice, encrypted entries and bombs are refused;
 * what is read has the size and the checksum that the archive says, or is refused. An entry that is a link is read as a file.
 */
final class ZipTree implements SourceTree {

    private static final long RATIO_FROM = 64L << 20;

    private final Path archive;
    private final ZipFile zip;
    private final Map<String, ZipEntry> entries;
    private final List<String> files;

    private ZipTree(Path archive, ZipFile zip, Map<String, ZipEntry> entries) {
        this.archive = archive;
        this.zip = zip;
        this.entries = entries;
        this.files = entries.keySet().stream().sorted().toList();
    }

    static ZipTree open(Path archive, ArchiveLimits limits) {
        ZipFile zip = null;
        ZipTree tree = null;
        try {
            zip = new ZipFile(archive.toFile());
            tree = new ZipTree(archive, zip, index(archive, zip, limits));
            return tree;
        } catch (IOException | IllegalArgumentException e) {
            throw UserError.badData(archive, "damaged or truncated archive (" + e.getMessage() + "); fetch it again", e);
        } finally {
            if (tree == null && zip != null) {
                closeQuietly(zip);
            }
        }
    }

    private static Map<String, ZipEntry> index(Path archive, ZipFile zip, ArchiveLimits limits) {
        Map<String, ZipEntry> entries = new HashMap<>();
        long count = 0;
        long bytes = 0;
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            String name = EntryNames.safe(archive, entry.getName(), entry.isDirectory());
            long size = Math.max(entry.getSize(), 0);
            bytes += size;
            if (++count > limits.entries() || bytes > limits.bytes() || bytes < 0) {
                throw UserError.badData(archive, "has more than " + limits.entries() + " entries or " + limits.bytes()
                        + " bytes; refused as a bomb");
            }
            if (size > RATIO_FROM && size > limits.ratio() * Math.max(entry.getCompressedSize(), 1)) {
                throw UserError.badData(archive, "entry " + EntryNames.shown(name) + " unpacks to more than " + limits.ratio()
                        + " times its size; refused as a bomb");
            }
            if (!entry.isDirectory() && entries.put(name, entry) != null) {
                throw UserError.badData(archive, "entry " + EntryNames.shown(name) + " appears twice; refused");
            }
        }
        return entries;
    }

    @Override
    public List<String> files() {
        return files;
    }

    @Override
    public byte[] read(String file) throws IOException {
        try (InputStream in = stream(file)) {
            long size = entries.get(file).getSize();
            if (size > Integer.MAX_VALUE - 8) {
                throw UserError.badData(path(file), "has " + size + " bytes; files of 2 GiB and more are not read");
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) Math.min(size, 1 << 20)); // a false size costs nothing
            in.transferTo(bytes);
            return bytes.toByteArray();
        }
    }

    @Override
    public InputStream stream(String file) throws IOException {
        ZipEntry entry = entries.get(file);
        if (entry == null) {
            throw new IOException("no entry " + file);
        }
        InputStream in = zip.getInputStream(entry);
        if (in == null || entry.getSize() < 0) {
            throw new ZipException("no entry " + file);
        }
        return new Checked(in, entry);
    }

    /** Ends with an error if the bytes are not as many as the entry says, or have another checksum. */
    private static final class Checked extends FilterInputStream {
        private final ZipEntry entry;
        private final CRC32 crc = new CRC32();
        private long count;

        Checked(InputStream in, ZipEntry entry) {
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
    public Path path(String file) {
        return archive.resolve(file);
    }

    @Override
    public Map<String, String> provenance() {
        try {
            return Map.of("form", "archive", "name", archive.getFileName().toString(), "sha256", Hashes.sha256(archive));
        } catch (IOException e) {
            throw UserError.badData(archive, "cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private static void closeQuietly(ZipFile zip) {
        try {
            zip.close();
        } catch (IOException ignored) {
            // the error that led here says more
        }
    }
}
