package org.equirepro.tensor.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Reads and writes the safetensors format: 8 bytes length of the header (little endian), a JSON header, then the tensors'
 * bytes without holes or overlaps. Reading maps one tensor at a time; nothing but what is asked for enters memory.
 */
public final class SafeTensors {

    private static final long MAX_HEADER = 100L << 20;

    /** Element types by their name in the header. */
    public enum Type {
        BOOL(1), U8(1), I8(1), I16(2), I32(4), I64(8), F16(2), BF16(2), F32(4), F64(8);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        public int bytes() {
            return bytes;
        }
    }

    /**
     * Where a tensor lies.
     *
     * @param shape may be empty for a scalar
     * @param offset of the first byte from the start of the file
     */
    public record Entry(Type type, long[] shape, long offset, long length) {}

    /** A tensor to be written; the buffer's remaining bytes are its little-endian elements. */
    public record Tensor(Type type, long[] shape, ByteBuffer bytes) {

        /** A float32 tensor. */
        public static Tensor of(float[] values, long... shape) {
            ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return new Tensor(Type.F32, shape, bytes);
        }
    }

    private final Path file;
    private final SortedMap<String, Entry> entries;
    private final Map<String, String> metadata;

    private SafeTensors(Path file, SortedMap<String, Entry> entries, Map<String, String> metadata) {
        this.file = file;
        this.entries = entries;
        this.metadata = metadata;
    }

    /**
     * Reads and checks the header.
     *
     * @throws UserError if the file is missing, cut short, or its header has holes, overlaps or bounds outside of the file
     */
    public static SafeTensors open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw UserError.missing(file, "no such safetensors file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            readFully(channel, head, 0);
            long length = head.flip().remaining() == 8 ? head.getLong() : -1;
            if (length < 2 || length > MAX_HEADER || 8 + length > size) {
                throw UserError.badData(file, "corrupt or truncated: header of " + length + " bytes in a file of " + size);
            }
            ByteBuffer json = ByteBuffer.allocate((int) length);
            readFully(channel, json, 8);
            Settings header = Settings.parseJson(file.toString(), new String(json.array(), StandardCharsets.UTF_8));
            return parse(file, header.node(), 8 + length, size);
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static SafeTensors parse(Path file, JsonNode header, long start, long size) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        Map<String, String> metadata = new TreeMap<>();
        for (var fields = header.fields(); fields.hasNext(); ) {
            var field = fields.next();
            if (field.getKey().equals("__metadata__")) {
                field.getValue().fields().forEachRemaining(m -> metadata.put(m.getKey(), m.getValue().asText()));
            } else {
                entries.put(field.getKey(), entry(file, field.getKey(), field.getValue(), start));
            }
        }
        List<Map.Entry<String, Entry>> byOffset = new ArrayList<>(entries.entrySet());
        byOffset.sort(Comparator.<Map.Entry<String, Entry>>comparingLong(e -> e.getValue().offset)
                .thenComparingLong(e -> e.getValue().length));
        long expected = start;
        for (Map.Entry<String, Entry> e : byOffset) {
            if (e.getValue().offset != expected) {
                throw UserError.badData(file, "corrupt: hole or overlap before tensor " + e.getKey());
            }
            expected += e.getValue().length;
        }
        if (expected != size) {
            throw UserError.badData(file, "corrupt or truncated: tensors end at byte " + expected + ", file has " + size);
        }
        return new SafeTensors(file, entries, metadata);
    }

    private static Entry entry(Path file, String name, JsonNode node, long start) {
        try {
            Type type = Type.valueOf(node.get("dtype").asText());
            JsonNode dims = node.get("shape");
            long[] shape = new long[dims.size()];
            long count = 1;
            for (int i = 0; i < shape.length; i++) {
                shape[i] = dims.get(i).longValue();
                count = Math.multiplyExact(count, shape[i]);
            }
            long from = node.get("data_offsets").get(0).longValue();
            long to = node.get("data_offsets").get(1).longValue();
            if (from < 0 || count < 0 || to - from != Math.multiplyExact(count, (long) type.bytes)) {
                throw UserError.badData(file, "corrupt: bytes of tensor " + name + " do not fit its shape");
            }
            return new Entry(type, shape, start + from, to - from);
        } catch (IllegalArgumentException | NullPointerException | ArithmeticException e) {
            throw UserError.badData(file, "corrupt header entry for tensor " + name + ": " + node, e);
        }
    }

    public Set<String> names() {
        return entries.keySet();
    }

    public boolean has(String name) {
        return entries.containsKey(name);
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    public Path file() {
        return file;
    }

    /** Type and shape of a tensor that must be there. */
    public Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw UserError.badData(file, "has no tensor " + name);
        }
        return entry;
    }

    public long[] shape(String name) {
        return entry(name).shape;
    }

    /** The tensor's bytes, mapped read-only, little endian; at most 2 GiB a tensor. */
    public ByteBuffer bytes(String name) {
        Entry entry = entry(name);
        if (entry.length > Integer.MAX_VALUE) {
            throw UserError.badData(file, "tensor " + name + " has more than 2 GiB");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, entry.offset, entry.length).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Elements as double, from any of the types. */
    public double[] doubles(String name) {
        Entry entry = entry(name);
        ByteBuffer b = bytes(name);
        double[] values = new double[(int) (entry.length / entry.type.bytes)];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (entry.type) {
                case BOOL, U8 -> b.get() & 0xFF;
                case I8 -> b.get();
                case I16 -> b.getShort();
                case I32 -> b.getInt();
                case I64 -> b.getLong();
                case BF16 -> Float.intBitsToFloat(b.getShort() << 16);
                case F16 -> half(b.getShort());
                case F32 -> b.getFloat();
                case F64 -> b.getDouble();
            };
        }
        return values;
    }

    /** Elements as float; float64 is rounded. */
    public float[] floats(String name) {
        double[] wide = doubles(name);
        float[] values = new float[wide.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) wide[i];
        }
        return values;
    }

    /** Elements of an integer tensor. */
    public long[] longs(String name) {
        double[] wide = doubles(name);
        long[] values = new long[wide.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) wide[i];
        }
        return values;
    }

    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1F;
        int fraction = bits & 0x3FF;
        if (exponent == 0) {
            return Math.copySign(fraction * 0x1p-24f, Float.intBitsToFloat(sign | 0x3F800000));
        }
        int wide = exponent == 31 ? 255 : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }

    /** Writes the tensors in the order of their names; equal contents give equal files. */
    public static void write(Path file, SortedMap<String, Tensor> tensors, SortedMap<String, String> metadata) {
        ObjectNode header = Settings.object();
        if (!metadata.isEmpty()) {
            ObjectNode meta = header.putObject("__metadata__");
            metadata.forEach(meta::put);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            Tensor tensor = e.getValue();
            ObjectNode node = header.putObject(e.getKey());
            node.put("dtype", tensor.type.name());
            var shape = node.putArray("shape");
            for (long d : tensor.shape) {
                shape.add(d);
            }
            node.putArray("data_offsets").add(offset).add(offset + tensor.bytes.remaining());
            offset += tensor.bytes.remaining();
        }
        String text = header.toString();
        byte[] json = (text + " ".repeat((8 - text.getBytes(StandardCharsets.UTF_8).length % 8) % 8)).getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(file, out -> {
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
            out.write(json);
            for (Tensor tensor : tensors.values()) {
                copy(tensor.bytes.duplicate(), out);
            }
        });
    }

    private static void copy(ByteBuffer bytes, OutputStream out) throws IOException {
        byte[] chunk = new byte[1 << 16];
        while (bytes.hasRemaining()) {
            int n = Math.min(chunk.length, bytes.remaining());
            bytes.get(chunk, 0, n);
            out.write(chunk, 0, n);
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int n = channel.read(into, at);
            if (n < 0) {
                return;
            }
            at += n;
        }
    }
}
