package org.equirepro.vision;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.equirepro.base.Draws;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/** Writers of small pictures, arrays and archives. */
public final class TestData {

    private TestData() {}

    /** Random pixels, fixed by the seed. */
    public static Picture noise(int width, int height, long seed) {
        Draws draws = Draws.at(seed, "noise");
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) draws.below(256);
        }
        return new Picture(width, height, rgb);
    }

    public static byte[] png(long seed) {
        return PictureDecoder.png(noise(8, 6, seed));
    }

    /** A file in a folder; makes the folders above. */
    public static void put(Path root, String name, byte[] bytes) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    /** A .npy file; {@code type} such as {@code <f8}. */
    public static byte[] npy(String type, String shape, byte[] data) {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
        header += " ".repeat((64 - (10 + header.length() + 1) % 64) % 64) + "\n";
        ByteBuffer out = ByteBuffer.allocate(10 + header.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        out.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII)).put(data);
        return out.array();
    }

    public static byte[] npy(double... values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double v : values) {
            data.putDouble(v);
        }
        return npy("<f8", "(" + values.length + ",)", data.array());
    }

    public static byte[] npy(float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : values) {
            data.putFloat(v);
        }
        return npy("<f4", "(" + values.length + ",)", data.array());
    }

    public static byte[] npy(String... values) {
        int width = 0;
        for (String v : values) {
            width = Math.max(width, v.length());
        }
        ByteBuffer data = ByteBuffer.allocate(4 * width * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            for (int k = 0; k < values[i].length(); k++) {
                data.putInt(4 * (i * width + k), values[i].charAt(k));
            }
        }
        return npy("<U" + width, "(" + values.length + ",)", data.array());
    }

    /** Adds entries of any kind to an archive. */
    @FunctionalInterface
    public interface Entries {
        void add(TarArchiveOutputStream tar) throws IOException;
    }

    public static byte[] tar(Entries entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            entries.add(tar);
        }
        return bytes.toByteArray();
    }

    public static byte[] tar(Map<String, byte[]> files) throws IOException {
        return tar(tar -> {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                entry(tar, file.getKey(), file.getValue());
            }
        });
    }

    /** One file; the name is written as it is. */
    public static void entry(TarArchiveOutputStream tar, String name, byte[] bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(bytes.length);
        entry.setModTime(0); // equal files, equal archives
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    public static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }
}
