package org.equirepro.vision.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;

/** Writes MATLAB files of version 5: arrays as MATLAB's documentation of the format lays them out. */
final class MatWriter {

    private final ByteOrder order;
    private final boolean compressed;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    MatWriter(ByteOrder order, boolean compressed) {
        this.order = order;
        this.compressed = compressed;
        byte[] header = new byte[128];
        byte[] text = "MATLAB 5.0 MAT-file".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, header, 0, text.length);
        ByteBuffer.wrap(header).order(order).putShort(124, (short) 0x100).putShort(126, (short) ('M' << 8 | 'I'));
        out.writeBytes(header);
    }

    /** A whole file with one variable. */
    static byte[] file(String name, Object value) {
        return new MatWriter(ByteOrder.LITTLE_ENDIAN, true).put(name, value).bytes();
    }

    /**
     * Adds a variable: a {@code double[]}, {@code int[]} (kept as uint16) or {@code byte[]} (kept as uint8) is a row of numbers, a
     * String a text, a {@code List} a cell array, a {@code Map[]} a struct array.
     */
    MatWriter put(String name, Object value) {
        byte[] element = element(14, array(name, value));
        if (!compressed) {
            out.writeBytes(element);
            return this;
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream deflate = new DeflaterOutputStream(packed)) {
            deflate.write(element);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        out.writeBytes(tag(15, packed.size()));
        out.writeBytes(packed.toByteArray());
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(order);
    }

    private byte[] tag(int type, int length) {
        return buffer(8).putInt(type).putInt(length).array();
    }

    /** In the small form where it fits, as MATLAB does. */
    private byte[] element(int type, byte[] data) {
        if (data.length > 0 && data.length <= 4) {
            return buffer(8).putInt(data.length << 16 | type).put(data).array();
        }
        return buffer(8 + (data.length + 7) / 8 * 8).put(tag(type, data.length)).put(data).array();
    }

    private byte[] array(String name, Object value) {
        if (value instanceof double[] numbers) {
            ByteBuffer data = buffer(8 * numbers.length);
            for (double v : numbers) {
                data.putDouble(v);
            }
            return array(6, name, numbers.length, element(9, data.array()));
        }
        if (value instanceof int[] numbers) {
            ByteBuffer data = buffer(2 * numbers.length);
            for (int v : numbers) {
                data.putShort((short) v);
            }
            return array(6, name, numbers.length, element(4, data.array())); // doubles, packed to what holds them
        }
        if (value instanceof byte[] numbers) {
            return array(9, name, numbers.length, element(2, numbers));
        }
        if (value instanceof String text) {
            return array(4, name, text.length(), element(16, text.getBytes(StandardCharsets.UTF_8)));
        }
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        if (value instanceof List<?> cells) {
            cells.forEach(cell -> parts.writeBytes(element(14, array("", cell))));
            return array(1, name, cells.size(), parts.toByteArray());
        }
        Map<?, ?>[] structs = (Map<?, ?>[]) value;
        List<String> fields = structs[0].keySet().stream().map(Object::toString).toList();
        parts.writeBytes(element(5, buffer(4).putInt(32).array()));
        ByteBuffer names = buffer(32 * fields.size());
        for (int i = 0; i < fields.size(); i++) {
            names.position(32 * i).put(fields.get(i).getBytes(StandardCharsets.US_ASCII));
        }
        parts.writeBytes(element(1, names.array()));
        for (Map<?, ?> struct : structs) {
            fields.forEach(field -> parts.writeBytes(element(14, array("", struct.get(field)))));
        }
        return array(2, name, structs.length, parts.toByteArray());
    }

    private byte[] array(int kind, String name, int count, byte[] contents) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(element(6, buffer(8).putInt(kind).putInt(0).array()));
        all.writeBytes(element(5, buffer(8).putInt(1).putInt(count).array()));
        all.writeBytes(element(1, name.getBytes(StandardCharsets.US_ASCII)));
        all.writeBytes(contents);
        return all.toByteArray();
    }
}
