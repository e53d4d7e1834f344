package org.equirepro.vision.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.equirepro.base.Hashes;

/** Writes one shard: a POSIX ustar archive with owner, times and modes fixed, so that equal pictures give equal files. */
final class TarShard implements Closeable {

    private static final int BLOCK = 512;
    private static final int NAME = 100;
    /** Room for the longer names of members. */
    private static final int MEMBER_ENDING = 6;

    private final MessageDigest digest = Hashes.sha256();
    private final OutputStream out;
    private final String file;
    private long position;
    private int pictures;
    private String picture = "";

    TarShard(Path path) throws IOException {
        this.file = path.getFileName().toString();
        this.out = new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(path), 1 << 18), digest);
    }

    /** Offset of the first byte of the member behind the one that begins at {@code offset}. */
    static long next(long offset, int length) {
        return (offset + length + BLOCK - 1) / BLOCK * BLOCK + BLOCK;
    }

    String file() {
        return file;
    }

    /** Bytes written so far. */
    long position() {
        return position;
    }

    /**
     * Appends a picture; returns the offset of its first byte. The member's name is the key, with an ending if it has none; a key
     * that ustar cannot hold is replaced by a number.
     */
    long add(String key, byte[] bytes) throws IOException {
        picture = memberName(key, bytes);
        pictures++;
        return write(picture, bytes);
    }

    /**
     * Appends what belongs to the last picture, under the picture's name with the ending {@code kind}, as WebDataset has it; a
     * PNG beside a PNG is called {@code NAME.label.png}.
     */
    void addMember(String kind, byte[] bytes) throws IOException {
        String stem = picture.substring(0, picture.lastIndexOf('.') + 1);
        String name = stem + kind;
        write(name.equalsIgnoreCase(picture) ? stem + "label." + kind : name, bytes);
    }

    /** Returns the offset of the first byte. */
    private long write(String name, byte[] bytes) throws IOException {
        out.write(header(name, bytes.length));
        long offset = position + BLOCK;
        out.write(bytes);
        int padding = (BLOCK - bytes.length % BLOCK) % BLOCK;
        out.write(new byte[padding]);
        position = offset + bytes.length + padding;
        return offset;
    }

    private String memberName(String key, byte[] bytes) {
        String ending = key.matches("(?s).*\\.[A-Za-z0-9]{1,5}") ? ""
                : bytes.length > 0 && bytes[0] == (byte) 0x89 ? ".png" : ".jpg";
        String name = key + ending;
        boolean plain = name.length() <= NAME - MEMBER_ENDING && name.chars().allMatch(c -> c < 128) && !name.startsWith("/");
        return plain ? name : String.format("%08d%s", pictures, name.substring(name.lastIndexOf('.')));
    }

    private static byte[] header(String name, long size) {
        byte[] h = new byte[BLOCK];
        put(h, 0, name);
        put(h, 100, "0000644");
        put(h, 108, "0000000");
        put(h, 116, "0000000");
        put(h, 124, String.format("%011o", size));
        put(h, 136, "00000000000");
        put(h, 148, "        "); // the checksum is taken over blanks in its own place
        h[156] = '0';
        put(h, 257, "ustar\0" + "00");
        int sum = 0;
        for (byte b : h) {
            sum += b & 0xFF;
        }
        put(h, 148, String.format("%06o\0 ", sum));
        return h;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    /** Ends the archive and closes the file. */
    @Override
    public void close() throws IOException {
        try (out) {
            out.write(new byte[2 * BLOCK]);
            position += 2 * BLOCK;
        }
    }

    /** SHA-256 of the whole file; after {@link #close} only. */
    String sha256() {
        return Hashes.hex(digest);
    }
}
