package org.equirepro.base;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Scalars as a TensorBoard event file: records of TensorFlow's TFRecord framing, each an {@code Event} message of protocol
 * buffers. The time of an event is its step in seconds after the epoch, so that the same curves give the same bytes.
 */
public final class EventFile {

    /** TensorBoard takes any name that holds {@code tfevents}. */
    public static final String NAME = "events.out.tfevents.0.equirepro";

    /** A point of a curve; {@code tag} names the curve, a slash groups. */
    public record Scalar(String tag, long step, double value) {}

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private EventFile() {}

    /** Writes all at once; a reader never sees half a record. */
    public static void write(Path file, List<Scalar> scalars) {
        AtomicFiles.write(file, out -> {
            record(out, new Message().real(1, 0).text(3, "brain.Event:2").bytes());
            for (Scalar s : scalars) {
                Message value = new Message().text(1, s.tag).single(2, (float) s.value);
                Message summary = new Message().message(1, value);
                record(out, new Message().real(1, s.step).number(2, s.step).message(5, summary).bytes());
            }
        });
    }

    private static void record(OutputStream out, byte[] data) throws IOException {
        byte[] length = little(8).putLong(data.length).array();
        out.write(length);
        out.write(little(4).putInt(maskedChecksum(length)).array());
        out.write(data);
        out.write(little(4).putInt(maskedChecksum(data)).array());
    }

    /** CRC-32C, rotated and shifted so that a checksum of data that holds checksums stays a good one. */
    private static int maskedChecksum(byte[] data) {
        CRC32C checksum = new CRC32C();
        checksum.update(data);
        return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A protocol buffers message being written, field by field. */
    private static final class Message {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private Message key(int field, int type) {
            return varint((long) field << 3 | type);
        }

        private Message varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f) | 0x80);
                rest >>>= 7;
            }
            out.write((int) rest);
            return this;
        }

        private Message raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Message number(int field, long value) {
            return key(field, VARINT).varint(value);
        }

        Message real(int field, double value) {
            return key(field, FIXED64).raw(little(8).putDouble(value).array());
        }

        Message single(int field, float value) {
            return key(field, FIXED32).raw(little(4).putFloat(value).array());
        }

        Message text(int field, String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            return key(field, BYTES).varint(bytes.length).raw(bytes);
        }

        Message message(int field, Message inner) {
            byte[] bytes = inner.bytes();
            return key(field, BYTES).varint(bytes.length).raw(bytes);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
