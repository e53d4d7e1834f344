package org.equirepro.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Bytes {@code offset} to {@code offset + length} of a file, mapped a window at a time.
 *
 * @param order of the numbers in it
 */
record FileRegion(Path file, long offset, long length, ByteOrder order) implements Content {

    /** A multiple of every element's size; small enough that other work finds address space. */
    private static final long WINDOW = 1L << 26;

    /** Little endian, as safetensors has it. */
    FileRegion(Path file, long offset, long length) {
        this(file, offset, length, ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void writeTo(Sink sink) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long at = 0; at < length; at += WINDOW) {
                sink.accept(map(channel, at, Math.min(WINDOW, length - at)));
            }
        } catch (InternalError e) { // the JVM's answer to a page that is no longer there
            throw new IOException("the file was cut while it was read", e);
        }
    }

    /** Bytes {@code at} to {@code at + count} of the region. */
    ByteBuffer map(long at, long count) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return map(channel, at, count);
        }
    }

    private ByteBuffer map(FileChannel channel, long at, long count) throws IOException {
        if (offset + at + count > channel.size()) {
            throw new IOException("the file was cut after it was opened");
        }
        return channel.map(FileChannel.MapMode.READ_ONLY, offset + at, count).order(order);
    }
}
