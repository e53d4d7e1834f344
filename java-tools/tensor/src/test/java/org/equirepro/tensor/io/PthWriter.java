package org.equirepro.tensor.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes checkpoints as {@code torch.save} does, byte by byte, so that the tests need no Python. */
final class PthWriter {

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final Map<String, byte[]> storages = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    PthWriter() {
        op(0x80, 2);
    }

    PthWriter op(int... bytes) {
        for (int b : bytes) {
            pickle.write(b);
        }
        return this;
    }

    PthWriter text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        op('X').pickle.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
        pickle.writeBytes(bytes);
        return this;
    }

    PthWriter number(int value) {
        op('J').pickle.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        return this;
    }

    PthWriter global(String module, String name) {
        pickle.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    PthWriter tuple(int... values) {
        op('(');
        for (int v : values) {
            number(v);
        }
        return op('t');
    }

    PthWriter storage(String key, byte[] bytes, int count) {
        storages.put(key, bytes);
        counts.put(key, count);
        return this;
    }

    static byte[] floats(float... values) {
        ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        b.asFloatBuffer().put(values);
        return b.array();
    }

    /** A call of _rebuild_tensor_v2 on a storage that was given before. */
    PthWriter tensor(String storageClass, String key, int offset, int[] shape, int[] stride) {
        global("torch._utils", "_rebuild_tensor_v2").op('(', '(').text("storage").global("torch", storageClass).text(key).text("cpu")
                .number(counts.get(key)).op('t', 'Q').number(offset).tuple(shape).tuple(stride).op(0x89);
        return global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    byte[] pickle() {
        return op('.').pickle.toByteArray();
    }

    void zip(Path file) throws IOException {
        zip(file, pickle(), storages);
    }

    static void zip(Path file, byte[] pickle, Map<String, byte[]> storages) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(zip, "archive/data.pkl", pickle);
            for (var e : storages.entrySet()) {
                entry(zip, "archive/data/" + e.getKey(), e.getValue());
            }
            entry(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    Map<String, byte[]> storages() {
        return storages;
    }

    private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
    }

    /** The format before PyTorch 1.6. */
    void stream(Path file) throws IOException {
        byte[] object = pickle();
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8,
                0x50, 0x19, '.', (byte) 0x80, 2, 'M', (byte) 0xe9, 3, '.', (byte) 0x80, 2, '}', '.'});
            out.write(object);
            PthWriter keys = new PthWriter().op(']', '(');
            storages.keySet().forEach(keys::text);
            out.write(keys.op('e').pickle());
            for (var e : storages.entrySet()) {
                out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(counts.get(e.getKey())).array());
                out.write(e.getValue());
            }
        }
    }
}
