package org.equirepro.vision.render;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A MATLAB file of version 5 with one array of doubles, little endian and not packed (MathWorks, "MAT-File Format"). */
final class MatBytes {

    private static final int HEADER = 128;
    private static final int INT8 = 1;
    private static final int INT32 = 5;
    private static final int UINT32 = 6;
    private static final int DOUBLE = 9;
    private static final int MATRIX = 14;
    private static final int DOUBLE_CLASS = 6;

    private MatBytes() {}

    /** {@code values} by column. */
    static byte[] of(String name, double[] values, int... shape) {
        ByteArrayOutputStream matrix = new ByteArrayOutputStream();
        matrix.writeBytes(element(UINT32, ints(DOUBLE_CLASS, 0)));
        matrix.writeBytes(element(INT32, ints(shape)));
        matrix.writeBytes(element(INT8, name.getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer data = buffer(8 * values.length);
        for (double value : values) {
            data.putDouble(value);
        }
        matrix.writeBytes(element(DOUBLE, data.array()));
        byte[] array = element(MATRIX, matrix.toByteArray());
        ByteBuffer file = buffer(HEADER + array.length);
        file.put("MATLAB 5.0 MAT-file".getBytes(StandardCharsets.US_ASCII));
        file.putShort(HEADER - 4, (short) 0x100).putShort(HEADER - 2, (short) ('M' << 8 | 'I'));
        return file.position(HEADER).put(array).array();
    }

    private static byte[] ints(int... values) {
        ByteBuffer data = buffer(4 * values.length);
        for (int value : values) {
            data.putInt(value);
        }
        return data.array();
    }

    /** Type, length and data, filled up to a multiple of 8 bytes. */
    private static byte[] element(int type, byte[] data) {
        return buffer(8 + (data.length + 7) / 8 * 8).putInt(type).putInt(data.length).put(data).array();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
