package org.equirepro.tensor.io;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Hashes;
import org.equirepro.base.UserError;

/**
 * Reads and writes the safetensors format: 8 bytes length of the header (little endian), a JSON header, then the tensors'
 * bytes without holes or overlaps. Files and tensors may have any size: reading maps a window at a time, writing takes the
 * bytes from where they lie, and neither goes through the heap.
 *
 * <p>What is written here carries the SHA-256 of its data as metadata {@code sha256}; {@link #verify} compares it.
 */
public final class SafeTensors {

    /** Metadata key of the checksum; not among {@link #metadata()}. */
    static final String CHECKSUM = "sha256";

    /** As in the reference implementation. */
    private static final long MAX_HEADER = 100_000_000;

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

        public boolean isFloat() {
            return this == F16 || this == BF16 || this == F32 || this == F64;
        }

        /** The next element. */
        double read(ByteBuffer b) {
            return switch (this) {
                case BF16 -> Float.intBitsToFloat(b.getShort() << 16);
                case F16 -> half(b.getShort());
                case F32 -> b.getFloat();
                case F64 -> b.getDouble();
                default -> readWhole(b);
            };
        }

        /** The next element of an integer tensor. */
        long readWhole(ByteBuffer b) {
            return switch (this) {
                case BOOL, U8 -> b.get() & 0xFF;
                case I8 -> b.get();
                case I16 -> b.getShort();
                case I32 -> b.getInt();
                case I64 -> b.getLong();
                default -> (long) read(b);
            };
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
    }

    /**
     * Where a tensor lies.
     *
     * @param shape may be empty for a scalar
     * @param offset of the first byte from the start of the file
     */
    public record Entry(Type type, long[] shape, long offset, long length) {}

    /** A tensor to be written. */
    public record Tensor(Type type, long[] shape, Content content) {

        /** A float32 tensor. */
        public static Tensor of(float[] values, long... shape) {
            ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return new Tensor(Type.F32, shape, Content.of(bytes));
        }

        /** A float64 tensor. */
        public static Tensor of(double[] values, long... shape) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, 8)).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asDoubleBuffer().put(values);
            return new Tensor(Type.F64, shape, Content.of(bytes));
        }

        /** The values that a contiguous float32 array will have when the tensor is written; the array must live until then. */
        public static Tensor of(NDArray array) {
            return new Tensor(Type.F32, array.getShape().getShape(), NativeMemory.of(array));
        }
    }

    private final Path file;
    private final SortedMap<String, Entry> entries;
    private final SortedMap<String, String> metadata;
    private final long start;

    private SafeTensors(Path file, SafeTensorsHeader header, long start) {
        this.file = file;
        this.entries = header.entries();
        this.metadata = header.metadata();
        this.start = start;
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
            if (length < 2 || length > MAX_HEADER || length > size - 8) {
                throw UserError.badData(file, "corrupt or truncated: header of " + length + " bytes in a file of " + size);
            }
            ByteBuffer json = ByteBuffer.allocate((int) length);
            readFully(channel, json, 8);
            long start = 8 + length;
            return new SafeTensors(file, SafeTensorsHeader.parse(file, json.array(), start, size - start), start);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    public Set<String> names() {
        return entries.keySet();
    }

    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /** The texts that were given to {@link #write}. */
    public SortedMap<String, String> metadata() {
        SortedMap<String, String> given = new TreeMap<>(metadata);
        given.remove(CHECKSUM);
        return Collections.unmodifiableSortedMap(given);
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

    /**
     * Reads all data and compares its checksum.
     *
     * @return false if the file carries none
     * @throws UserError if the data is not what was written
     */
    public boolean verify() {
        String expected = metadata.get(CHECKSUM);
        if (expected == null) {
            return false;
        }
        MessageDigest digest = Hashes.sha256();
        try {
            new FileRegion(file, start, Files.size(file) - start).writeTo(digest::update);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        String found = Hashes.hex(digest);
        if (!found.equals(expected)) {
            throw UserError.badData(file, "corrupt: its data has SHA-256 " + found + ", written was " + expected + "; make it again");
        }
        return true;
    }

    /** The tensor's bytes, mapped read-only, little endian; at most 2 GiB a tensor. */
    public ByteBuffer bytes(String name) {
        Entry entry = entry(name);
        if (entry.length > Integer.MAX_VALUE) {
            throw UserError.badData(file, "tensor " + name + " has more than 2 GiB");
        }
        try {
            return new FileRegion(file, entry.offset, entry.length).map(0, entry.length);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** The tensor as it lies in the file, of any size. */
    public Tensor tensor(String name) {
        Entry entry = entry(name);
        return new Tensor(entry.type, entry.shape, new FileRegion(file, entry.offset, entry.length));
    }

    /** Overwrites a contiguous float32 array by a tensor of as many elements, without a copy in between. */
    public void readInto(NDArray array, String name) {
        Entry entry = entry(name);
        if (entry.type != Type.F32 || entry.length != 4 * array.size()) {
            throw UserError.badData(file, "tensor " + name + " must be F32 " + array.getShape() + ", is " + entry.type + " of "
                    + entry.length + " bytes");
        }
        try {
            NativeMemory.fill(array, tensor(name).content());
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Elements as double, from any of the types. */
    public double[] doubles(String name) {
        double[] values = new double[count(name)];
        Type type = entry(name).type;
        forEach(name, (i, bytes) -> values[i] = type.read(bytes));
        return values;
    }

    /** Elements as float; float64 is rounded. */
    public float[] floats(String name) {
        float[] values = new float[count(name)];
        Type type = entry(name).type;
        forEach(name, (i, bytes) -> values[i] = (float) type.read(bytes));
        return values;
    }

    /** Elements of an integer tensor. */
    public long[] longs(String name) {
        long[] values = new long[count(name)];
        Type type = entry(name).type;
        forEach(name, (i, bytes) -> values[i] = type.readWhole(bytes));
        return values;
    }

    private interface Element {
        void take(int index, ByteBuffer bytes);
    }

    private void forEach(String name, Element element) {
        int[] index = {0};
        try {
            tensor(name).content().writeTo(chunk -> {
                while (chunk.hasRemaining()) {
                    element.take(index[0]++, chunk);
                }
            });
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private int count(String name) {
        Entry entry = entry(name);
        long count = entry.length / entry.type.bytes;
        if (count > Integer.MAX_VALUE - 8) {
            throw UserError.badData(file, "tensor " + name + " has " + count + " elements, too many for an array");
        }
        return (int) count;
    }

    /** Bytes of a tensor; an ArithmeticException if a long cannot count them. */
    static long bytes(Type type, long[] shape) {
        long bytes = type.bytes;
        for (long d : shape) {
            bytes = Math.multiplyExact(bytes, d);
        }
        return bytes;
    }

    private static UserError unreadable(Path file, IOException e) {
        return UserError.badData(file, "cannot be read: " + e.getMessage(), e);
    }

    /** Writes the tensors in the order of their names; equal contents give equal files. */
    public static void write(Path file, SortedMap<String, Tensor> tensors, SortedMap<String, String> metadata) {
        SafeTensorsWriter.write(file, tensors, metadata);
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
