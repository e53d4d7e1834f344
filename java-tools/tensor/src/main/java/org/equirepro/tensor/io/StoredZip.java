package org.equirepro.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.equirepro.base.UserError;

/**
 * Where the entries of a zip archive lie in the file (APPNOTE.TXT 4.3, with zip64). Entries must be stored, not compressed, as
 * PyTorch writes them, so that an entry is a region of the file and can never be larger than it.
 */
final class StoredZip {

    private static final int END = 0x06054b50;
    private static final int END64_LOCATOR = 0x07064b50;
    private static final int END64 = 0x06064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int MAX_COMMENT = 0xFFFF;
    private static final long MAX_DIRECTORY = 1L << 28;

    /** An entry's place and the CRC-32 that the archive states for it. */
    record Entry(FileRegion region, int crc) {}

    private final Path file;
    private final long size;
    private final Map<String, Entry> entries = new HashMap<>();

    private StoredZip(Path file, long size) {
        this.file = file;
        this.size = size;
    }

    static Map<String, Entry> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            StoredZip zip = new StoredZip(file, channel.size());
            zip.directory(channel);
            return zip.entries;
        }
    }

    private void directory(FileChannel channel) throws IOException {
        int tail = (int) Math.min(size, 22 + MAX_COMMENT);
        ByteBuffer b = bytes(channel, size - tail, tail);
        int at = tail - 22;
        while (at >= 0 && b.getInt(at) != END) {
            at--;
        }
        if (at < 0) {
            throw corrupt("the zip archive has no end record");
        }
        long count = b.getShort(at + 10) & 0xFFFF;
        long length = b.getInt(at + 12) & 0xFFFFFFFFL;
        long offset = b.getInt(at + 16) & 0xFFFFFFFFL;
        if (at >= 20 && b.getInt(at - 20) == END64_LOCATOR) {
            ByteBuffer end = bytes(channel, b.getLong(at - 20 + 8), 56);
            if (end.getInt(0) != END64) {
                throw corrupt("the zip64 end record is not where the locator says");
            }
            count = end.getLong(32);
            length = end.getLong(40);
            offset = end.getLong(48);
        }
        if (length < 0 || length > MAX_DIRECTORY) {
            throw corrupt("a zip directory of " + length + " bytes");
        }
        ByteBuffer directory = bytes(channel, offset, (int) length);
        for (long i = 0; i < count; i++) {
            entry(channel, directory);
        }
    }

    private void entry(FileChannel channel, ByteBuffer d) throws IOException {
        int at = d.position();
        if (d.remaining() < 46 || d.getInt(at) != CENTRAL) {
            throw corrupt("the zip directory is cut");
        }
        int flags = d.getShort(at + 8);
        int method = d.getShort(at + 10);
        int nameLength = d.getShort(at + 28) & 0xFFFF;
        int extraLength = d.getShort(at + 30) & 0xFFFF;
        int commentLength = d.getShort(at + 32) & 0xFFFF;
        if (d.remaining() < 46L + nameLength + extraLength + commentLength) {
            throw corrupt("the zip directory is cut");
        }
        byte[] name = new byte[nameLength];
        d.get(at + 46, name);
        String text = new String(name, StandardCharsets.UTF_8);
        long[] wide = {d.getInt(at + 24) & 0xFFFFFFFFL, d.getInt(at + 20) & 0xFFFFFFFFL, d.getInt(at + 42) & 0xFFFFFFFFL};
        widen(d, at + 46 + nameLength, extraLength, wide);
        d.position(at + 46 + nameLength + extraLength + commentLength);
        if ((flags & 1) != 0 || method != 0 || wide[0] != wide[1]) {
            throw corrupt("zip entry " + text + " is compressed or encrypted; PyTorch stores entries as they are");
        }
        ByteBuffer local = bytes(channel, wide[2], 30);
        long start = wide[2] + 30 + (local.getShort(26) & 0xFFFF) + (local.getShort(28) & 0xFFFF);
        if (local.getInt(0) != LOCAL || wide[0] < 0 || start > size - wide[0]) {
            throw corrupt("zip entry " + text + " lies outside of the file");
        }
        if (entries.put(text, new Entry(new FileRegion(file, start, wide[0]), d.getInt(at + 16))) != null) {
            throw corrupt("two zip entries " + text);
        }
    }

    /** Sizes and offset that do not fit into 32 bits stand in the extra field, in this order. */
    private static void widen(ByteBuffer d, int from, int length, long[] wide) {
        for (int at = from; at + 4 <= from + length; ) {
            int tag = d.getShort(at) & 0xFFFF;
            int end = Math.min(at + 4 + (d.getShort(at + 2) & 0xFFFF), from + length);
            if (tag == 1) {
                int p = at + 4;
                for (int i = 0; i < wide.length; i++) {
                    if (wide[i] == 0xFFFFFFFFL && p + 8 <= end) {
                        wide[i] = d.getLong(p);
                        p += 8;
                    }
                }
            }
            at = end;
        }
    }

    private ByteBuffer bytes(FileChannel channel, long offset, int count) throws IOException {
        if (offset < 0 || offset > size - count) {
            throw corrupt("the zip archive points outside of the file");
        }
        ByteBuffer b = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = offset; b.hasRemaining(); ) {
            int n = channel.read(b, at);
            if (n < 0) {
                throw corrupt("the file was cut while it was read");
            }
            at += n;
        }
        return b.flip();
    }

    private UserError corrupt(String problem) {
        return UserError.badData(file, "corrupt or truncated: " + problem);
    }
}
