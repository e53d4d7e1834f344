package org.equirepro.vision.render;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One-dimensional arrays as .npy files of format 1.0 (numpy, "A simple file format for NumPy arrays"), little endian. */
final class NpyBytes {

    private NpyBytes() {}

    static byte[] ofDoubles(double[] values) {
        ByteBuffer file = start("<f8", values.length, 8);
        for (double value : values) {
            file.putDouble(value);
        }
        return file.array();
    }

    static byte[] ofLongs(long[] values) {
        ByteBuffer file = start("<i8", values.length, 8);
        for (long value : values) {
            file.putLong(value);
        }
        return file.array();
    }

    /** Texts as UTF-32, padded with zeros to the longest. */
    static byte[] ofTexts(List<String> values) {
        int longest = 1;
        for (String value : values) {
            longest = Math.max(longest, value.codePointCount(0, value.length()));
        }
        ByteBuffer file = start("<U" + longest, values.size(), 4 * longest);
        for (String value : values) {
            int next = file.position() + 4 * longest;
            value.codePoints().forEach(file::putInt);
            file.position(next);
        }
        return file.array();
    }

    private static ByteBuffer start(String type, int count, int itemBytes) {
        StringBuilder header = new StringBuilder("{'descr': '" + type + "', 'fortran_order': False, ")
                .append("'shape': (" + count + ",), }");
        while ((10 + header.length() + 1) % 64 != 0) {
            header.append(' ');
        }
        header.append('\n');
        ByteBuffer file = ByteBuffer.allocate(Math.addExact(10 + header.length(), Math.multiplyExact(count, itemBytes)));
        file.order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        file.putShort((short) header.length()).put(header.toString().getBytes(StandardCharsets.US_ASCII));
        return file;
    }
}
