package org.equirepro.tensor.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Hashes;
import org.equirepro.base.Settings;

/** Writes in one pass: the checksum's place in the header is kept free and filled in when the last byte is known. */
final class SafeTensorsWriter {

    private static final String NO_CHECKSUM_YET = "0".repeat(64);

    private SafeTensorsWriter() {}

    static void write(Path file, SortedMap<String, SafeTensors.Tensor> tensors, SortedMap<String, String> metadata) {
        byte[] header = header(tensors, metadata, NO_CHECKSUM_YET);
        AtomicFiles.writeChannel(file, channel -> {
            channel.position(header.length);
            MessageDigest digest = Hashes.sha256();
            for (Map.Entry<String, SafeTensors.Tensor> e : tensors.entrySet()) {
                write(channel, digest, e.getKey(), e.getValue());
            }
            ByteBuffer checked = ByteBuffer.wrap(header(tensors, metadata, HexFormat.of().formatHex(digest.digest())));
            for (long at = 0; checked.hasRemaining(); ) {
                at += channel.write(checked, at);
            }
        });
    }

    private static void write(FileChannel channel, MessageDigest digest, String name, SafeTensors.Tensor tensor) throws IOException {
        long begin = channel.position();
        tensor.content().writeTo(chunk -> {
            digest.update(chunk.duplicate());
            while (chunk.hasRemaining()) {
                // a slice: the JDK copies a heap buffer into a native one of its size, and keeps that
                ByteBuffer slice = chunk.slice(chunk.position(), Math.min(chunk.remaining(), chunk.isDirect() ? Integer.MAX_VALUE
                        : Content.CHUNK));
                chunk.position(chunk.position() + channel.write(slice));
            }
        });
        long written = channel.position() - begin;
        if (written != SafeTensors.bytes(tensor.type(), tensor.shape())) {
            throw new IllegalArgumentException("tensor " + name + " gave " + written + " bytes for " + tensor.type() + " "
                    + Arrays.toString(tensor.shape()));
        }
    }

    /** Length and JSON, padded by spaces so that the data begins at a multiple of 8. */
    private static byte[] header(SortedMap<String, SafeTensors.Tensor> tensors, SortedMap<String, String> metadata, String checksum) {
        ObjectNode header = Settings.object();
        ObjectNode texts = header.putObject("__metadata__");
        metadata.forEach(texts::put);
        texts.put(SafeTensors.CHECKSUM, checksum);
        long offset = 0;
        for (Map.Entry<String, SafeTensors.Tensor> e : tensors.entrySet()) {
            SafeTensors.Tensor tensor = e.getValue();
            ObjectNode node = header.putObject(e.getKey());
            node.put("dtype", tensor.type().name());
            var shape = node.putArray("shape");
            for (long d : tensor.shape()) {
                shape.add(d);
            }
            long end = Math.addExact(offset, SafeTensors.bytes(tensor.type(), tensor.shape()));
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8;
        byte[] all = new byte[8 + padded];
        Arrays.fill(all, (byte) ' ');
        ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
        return all;
    }
}
