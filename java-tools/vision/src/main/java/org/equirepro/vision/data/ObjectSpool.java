package org.equirepro.vision.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Objects by picture, kept in a temporary file: an annotation file lists them in any order and would fill the memory. What
 * stays in memory is 16 bytes an object.
 */
final class ObjectSpool implements AutoCloseable {

    private final Path file;
    private final OutputStream out;
    private int[] pictures = new int[1024];
    private int[] lengths = new int[1024];
    private int size;
    private int[] first; // [pictures + 1]: where each picture's objects begin in order
    private long[] offsets; // [objects], by picture
    private int[] sortedLengths;
    private FileChannel channel;

    ObjectSpool(Path file) throws IOException {
        this.file = file;
        this.out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    }

    /** Appends an object's JSON to a picture. */
    void add(int picture, byte[] json) throws IOException {
        if (size == pictures.length) {
            pictures = Arrays.copyOf(pictures, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
        pictures[size] = picture;
        lengths[size++] = json.length;
        out.write(json);
    }

    int size() {
        return size;
    }

    /** Ends the writing; the objects of each picture keep their order. */
    void finish(int pictureCount) throws IOException {
        out.close();
        first = new int[pictureCount + 1];
        for (int i = 0; i < size; i++) {
            first[pictures[i] + 1]++;
        }
        for (int p = 0; p < pictureCount; p++) {
            first[p + 1] += first[p];
        }
        int[] next = Arrays.copyOf(first, pictureCount);
        offsets = new long[size];
        sortedLengths = new int[size];
        long offset = 0;
        for (int i = 0; i < size; i++) {
            int place = next[pictures[i]]++;
            offsets[place] = offset;
            sortedLengths[place] = lengths[i];
            offset += lengths[i];
        }
        pictures = null;
        lengths = null;
        channel = FileChannel.open(file, StandardOpenOption.READ);
    }

    /** The picture's objects as a JSON list. Any thread may call it. */
    String list(int picture) throws IOException {
        StringBuilder list = new StringBuilder("[");
        for (int i = first[picture]; i < first[picture + 1]; i++) {
            ByteBuffer bytes = ByteBuffer.allocate(sortedLengths[i]);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offsets[i] + bytes.position()) < 0) {
                    throw new IOException(file + " ends early");
                }
            }
            list.append(i > first[picture] ? "," : "").append(new String(bytes.array(), StandardCharsets.UTF_8));
        }
        return list.append(']').toString();
    }

    @Override
    public void close() throws IOException {
        out.close();
        if (channel != null) {
            channel.close();
        }
        Files.deleteIfExists(file);
    }
}
